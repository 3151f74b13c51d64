"""The whole engine over a source in memory. A process of its own, so that its memory is its own.

``python -m tests.bench.syncing ROWS`` prints JSON: what the first sync and one without changes take, and the
peak of resident memory in MiB.
"""

import json
import resource
import sys

import django

django.setup()

from sync.models import Stream, SyncRun  # noqa: E402 models need the set-up
from sync.run import run_stream  # noqa: E402
from tests.bench import plant, rows  # noqa: E402
from tests.bench.clock import as_json, spent  # noqa: E402

KIB = 1024


def main(count: int) -> None:
    plant.afresh(count)
    first, again = (as_json(spent(lambda: sync(count))) for _ in range(2))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB
    print(json.dumps({"first": first, "again": again, "peak_mib": peak}))


def sync(count: int) -> SyncRun:
    """Sync the source of ``plant``; all its rows must have been read, and none be held."""
    run = run_stream(Stream.objects.get(source__name=rows.SOURCE).pk)
    assert run is not None
    assert (run.status, run.read, run.held) == (SyncRun.Status.DONE, count, 0), run.error
    return run


if __name__ == "__main__":
    main(int(sys.argv[1]))
