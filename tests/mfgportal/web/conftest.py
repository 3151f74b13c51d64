"""A floor of two plants with a history that can be reckoned by hand, at a fixed time, and counted queries."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kpis.models import (
    CostEntry,
    Downtime,
    Equipment,
    Labour,
    Line,
    Part,
    PartUse,
    Plant,
    Technician,
    WorkOrder,
)
from kpis.rollup import rebuild
from mfgportal.accounts.models import Role, User
from sync.models import HeldRecord, RawRecord, Source, Stream, SyncException
from tests.factories import make_machine, make_plant, output, run, stop, work_order

# Tuesday, 11:00 in Lyon and 15:30 in Pune.
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
EVIL = "<script>alert(1)</script>"
COUNTS = Path(__file__).parents[2] / "query_counts.json"


@dataclass
class Floor:
    """``failure`` is a stop of the press on Monday's early shift, with its source row and a work order."""

    lyon: Plant
    pune: Plant
    line: Line
    press: Equipment
    compressor: Equipment
    lathe: Equipment
    failure: Downtime
    order: WorkOrder
    foreign: Downtime
    source: Source
    exception: SyncException


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026 in UTC; Lyon is an hour ahead."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def floor(db: None) -> Iterator[Floor]:
    with time_machine.travel(NOW, tick=False):
        found = make_floor()
        rebuild(NOW)
        yield found


def make_floor() -> Floor:
    """The rows, before their components are computed."""
    lyon, pune = make_plant("Lyon"), make_plant("Pune", "Asia/Kolkata")
    line = Line.objects.create(plant=lyon, name="Line A")
    press = make_machine(lyon, "Press 1", line=line)
    lathe = make_machine(pune, "Lathe 1")
    source = Source.objects.create(name="odoo", title="Odoo", connector="odoo", url="https://odoo.example")
    stream = Stream.objects.create(source=source, name="productivity", title="Productivity", read_through=NOW)
    failure = _monday(press, stream)
    return Floor(
        lyon=lyon,
        pune=pune,
        line=line,
        press=press,
        compressor=make_machine(lyon, "Compressor", work_unit=False),
        lathe=lathe,
        failure=failure,
        order=_order(press),
        foreign=stop(lathe, at(23, 6), 30),
        source=source,
        exception=_held(stream, lyon, press),
    )


def _monday(press: Equipment, stream: Stream) -> Downtime:
    """Early shift, half an hour's break: 450 min planned, 60 down, 390 run; 700 made, 14 scrap, 30 s each."""
    for start, minutes in ((at(23, 5), 240), (at(23, 9, 30), 120), (at(23, 12, 30), 30)):
        run(press, start, minutes)
    output(press, at(23, 5), 480, 700, scrap=14)
    stop(press, at(24, 8), None, "material-availability")
    trace = uuid4()
    key = "mrp.workcenter.productivity/7"
    RawRecord.objects.create(
        stream=stream,
        external_key=key,
        digest=b"0" * 16,
        payload={"id": 7, "description": EVIL},
        trace_id=trace,
    )
    return stop(press, at(23, 11, 30), 60, external_key=key, trace_id=trace, note=EVIL)


def _order(press: Equipment) -> WorkOrder:
    order = work_order(press, at(23, 11, 35), 90, title="Change the seal", source="atlas")
    natural: dict[str, Any] = {"source": "atlas", "work_order": order}
    who = Technician.objects.create(name="Jo Fitter")
    Labour.objects.create(technician=who, seconds=5400, hourly_rate=41, external_key="labour/1", **natural)
    seal = Part.objects.create(name="Seal", code="S-1")
    PartUse.objects.create(part=seal, quantity=2, unit_cost=19.5, external_key="part/1", **natural)
    crane = {"category": "contractor", "label": "Crane", "amount": 240, "day": at(23, 12).date()}
    CostEntry.objects.create(external_key="cost/1", **crane, **natural)
    elsewhere = {**natural, "source": "odoo", "counts": False}
    CostEntry.objects.create(external_key="cost/2", **{**crane, "label": "Crane by ERP"}, **elsewhere)
    return order


def _held(stream: Stream, plant: Plant, press: Equipment) -> SyncException:
    """One row of Monday that waits, beside the loaded ones."""
    raw = RawRecord.objects.create(
        stream=stream, external_key="x/9", digest=b"9" * 16, payload={}, trace_id=uuid4()
    )
    found = SyncException.objects.create(
        kind="unmapped_key",
        fingerprint="x",
        title="Unknown reason: Tea",
        message="",
        source=stream.source,
        plant=plant,
    )
    HeldRecord.objects.create(
        exception=found,
        raw=raw,
        kind="downtime",
        start=at(23, 6),
        end=at(23, 7),
        plant=plant,
        equipment=press,
    )
    return found


@pytest.fixture
def everyone(floor: Floor) -> Client:
    """Logged in as one who sees all plants."""
    client = Client()
    client.force_login(User.objects.create_user("boss", role=Role.EXECUTIVE))
    return client


@pytest.fixture
def of_lyon(floor: Floor) -> Client:
    """Logged in as the manager of Lyon alone."""
    manager = User.objects.create_user("lyonnais", role=Role.PLANT_MANAGER)
    manager.plants.add(floor.lyon)
    client = Client()
    client.force_login(manager)
    return client


Counted = Callable[[str, Client, str], int]


@pytest.fixture
def counted() -> Counted:
    """Holds a page to its recorded number of queries; ``UPDATE_QUERY_COUNTS=1`` records what it is now."""

    def check(name: str, client: Client, url: str) -> int:
        client.get(url)  # the session and content types are known then
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        known: dict[str, int] = json.loads(COUNTS.read_text())
        if "UPDATE_QUERY_COUNTS" in os.environ:
            known[name] = len(queries)
            COUNTS.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
        assert len(queries) == known.get(name), "\n".join(query["sql"][:200] for query in queries)
        return len(queries)

    return check
