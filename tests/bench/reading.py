"""What the engine adds to reading the source: the stand-in Odoo over HTTP, its lines of productivity.

``python -m tests.bench.reading URL`` prints JSON: seconds of reading alone and of the first sync, rows.
"""

import json
import sys
import time

import django

django.setup()

from django.core.management import call_command  # noqa: E402 models need the set-up

from sync.models import Source, Stream  # noqa: E402
from sync.run import run_stream  # noqa: E402
from sync.sources import add_source, connect  # noqa: E402
from tests.factories import standard_reasons  # noqa: E402

STREAM = "productivity"


def main(url: str) -> None:
    call_command("flush", interactive=False, verbosity=0)
    standard_reasons()
    source = add_source(
        name="odoo",
        title="Odoo",
        connector="odoo",
        url=url,
        database="mfg",
        username="mfgportal",
        password="mfgportal",
    )
    stream = source.streams.get(name=STREAM)
    for other in source.streams.filter(rank__lt=stream.rank).order_by("rank"):
        run_stream(other.pk)
    alone, rows = _read_alone(source, stream)
    began = time.perf_counter()
    run = run_stream(stream.pk)
    whole = time.perf_counter() - began
    assert run is not None
    assert run.read == rows, run.error
    print(json.dumps({"alone": alone, "whole": whole, "rows": rows}))


def _read_alone(source: Source, stream: Stream) -> tuple[float, int]:
    connector = connect(source)
    began = time.perf_counter()
    rows = sum(len(page.rows) for page in connector.read(stream.name, {}))
    seconds = time.perf_counter() - began
    connector.close()
    return seconds, rows


if __name__ == "__main__":
    main(sys.argv[1])
