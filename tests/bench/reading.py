"""What the engine adds to reading the source: the stand-in Odoo over HTTP, its lines of productivity.

``python -m tests.bench.reading URL`` prints JSON: what reading alone and the first sync take, and rows;
from the stand-in as fast as it answers, and at the pace of a real server.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import django

django.setup()

from django.core.management import call_command  # noqa: E402 models need the set-up

from kpis.models import Downtime, Run  # noqa: E402
from sync.connectors.base import Payload  # noqa: E402
from sync.connectors.odoo.api import OdooApi  # noqa: E402
from sync.models import RawRecord, Source, Stream  # noqa: E402
from sync.run import run_stream  # noqa: E402
from sync.sources import add_source, connect  # noqa: E402
from tests.bench.clock import Spent, as_json  # noqa: E402
from tests.factories import standard_reasons  # noqa: E402

STREAM = "productivity"
REAL_CALL_S = 0.08
"""Waited before each call, on top of the stand-in's own 20 ms or more: real servers took 80-200 ms a call."""


def main(url: str) -> None:
    call_command("flush", interactive=False, verbosity=0)
    standard_reasons()
    source = _source(url)
    stream = source.streams.get(name=STREAM)
    for other in source.streams.filter(rank__lt=stream.rank).order_by("rank"):
        run_stream(other.pk)
    fast = _compare(source, stream)
    with patch.object(OdooApi, "rows", _paced(OdooApi.rows)):
        paced = _compare(source, stream)
    print(json.dumps({"fast": fast, "paced": paced}))


def _source(url: str) -> Source:
    return add_source(
        name="odoo",
        title="Odoo",
        connector="odoo",
        url=url,
        database="mfg",
        username="mfgportal",
        password="mfgportal",
    )


def _paced(rows: Callable[..., list[Payload]]) -> Callable[..., list[Payload]]:
    def slow(*arguments: Any) -> list[Payload]:
        time.sleep(REAL_CALL_S)
        return rows(*arguments)

    return slow


def _compare(source: Source, stream: Stream) -> dict[str, Any]:
    """Reading alone, and the first sync of the stream."""
    alone, rows = _read_alone(source, stream)
    RawRecord.objects.filter(stream=stream).delete()
    Downtime.objects.all().delete()
    Run.objects.all().delete()
    Stream.objects.filter(pk=stream.pk).update(cursor={}, read_through=None)
    whole = Spent()
    with whole.theirs(), whole.ours():
        run = run_stream(stream.pk)
    assert run is not None
    assert run.read >= rows, run.error  # the stand-in goes on producing
    return {"alone": as_json(alone), "whole": as_json(whole), "rows": rows}


def _read_alone(source: Source, stream: Stream) -> tuple[Spent, int]:
    connector = connect(source)
    found = Spent()
    with found.ours():
        rows = sum(len(page.rows) for page in connector.read(stream.name, {}))
    connector.close()
    return found, rows


if __name__ == "__main__":
    main(sys.argv[1])
