"""Rows of the queue and of the syncs, as the sync writes them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.test import Client

from kpis.models import Equipment, Line, Plant
from mfgportal.accounts.models import Role, User
from sync.models import HeldRecord, RawRecord, Source, Stream, SyncException, SyncRun

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
XSS = "<script>alert(1)</script>"
LogIn = Callable[[User], Client]


@dataclass
class World:
    """``mine`` belongs to the maintenance lead's plant, ``theirs`` to another."""

    lyon: Plant
    porto: Plant
    press: Equipment
    lathe: Equipment
    source: Source
    stream: Stream
    mine: SyncException
    theirs: SyncException
    nobodys: SyncException
    lead: User
    admin: User


def a_plant(name: str = "Lyon", **fields: Any) -> Plant:
    return Plant.objects.create(
        **{"name": name, "code": name[:3].upper(), "timezone": "Europe/Paris"} | fields
    )


def a_machine(plant: Plant, name: str = "Press 1", **fields: Any) -> Equipment:
    given = {"name": name, "code": name.upper().replace(" ", "-"), "work_unit": True} | fields
    return Equipment.objects.create(plant=plant, **given)


def a_line(plant: Plant, name: str = "Line 1") -> Line:
    return Line.objects.create(plant=plant, name=name)


def a_person(username: str, role: Role, *plants: Plant) -> User:
    person = User.objects.create_user(username, password="a long pass phrase", role=role)
    person.plants.set(plants)
    return person


def a_source(name: str = "odoo", **fields: Any) -> Source:
    given = {"title": name.capitalize(), "connector": name, "url": f"https://{name}.example"} | fields
    return Source.objects.create(name=name, **given)


def a_stream(source: Source, name: str = "productivity", **fields: Any) -> Stream:
    return Stream.objects.create(source=source, name=name, **{"title": name.capitalize()} | fields)


def a_run(stream: Stream, **fields: Any) -> SyncRun:
    given = {"status": SyncRun.Status.DONE, "read": 10, "loaded": 8, "held": 2, "ended_at": START}
    return SyncRun.objects.create(stream=stream, **given | fields)


def a_row(stream: Stream, key: str, payload: dict[str, Any] | None = None) -> RawRecord:
    return RawRecord.objects.create(
        stream=stream, external_key=key, digest=b"0" * 16, payload=payload or {"id": key}, trace_id=uuid4()
    )


def an_exception(
    stream: Stream,
    *,
    plant: Plant | None = None,
    holds: int = 0,
    title: str = "Unknown machine: PRS-9",
    **fields: Any,
) -> SyncException:
    """An open exception that holds ``holds`` rows, an hour apart."""
    ref = {"kind": "equipment", "key": "mrp.workcenter/9", "codes": ["PRS-9"], "label": "Press nine"}
    given: dict[str, Any] = {
        "kind": "unmapped_key",
        "severity": "error",
        "message": "No machine is called that.",
    }
    exception = SyncException.objects.create(
        fingerprint=str(uuid4()),
        source=stream.source,
        stream=stream,
        plant=plant,
        title=title,
        **given | {"context": {"ref": ref}} | fields,
    )
    for number in range(holds):
        start = START + timedelta(hours=number)
        row = a_row(stream, f"mrp.workcenter.productivity/{exception.pk}{number:03}")
        HeldRecord.objects.create(
            exception=exception,
            raw=row,
            kind="downtime",
            start=start,
            end=start + timedelta(minutes=20),
            plant=plant,
        )
    return exception


def a_disagreement() -> dict[str, Any]:
    """Context of a status mismatch: completed in Atlas, open in Odoo."""
    same = {"title": "Worn seal", "at": "2026-03-02T08:00:00+01:00"}
    atlas = {"source": "atlas", "source_title": "Atlas", "external_key": "work-order/31"}
    odoo = {"source": "odoo", "source_title": "Odoo", "external_key": "maintenance.request/4"}
    sides = [same | atlas | {"value": "completed"}, same | odoo | {"value": "open"}]
    return {"field": "status", "sides": sides}


def a_world() -> World:
    """Two plants, a maintenance lead who sees one of them, an administrator who sees both."""
    lyon, porto = a_plant("Lyon"), a_plant("Porto", timezone="Europe/Lisbon")
    stream = a_stream(a_source())
    return World(
        lyon=lyon,
        porto=porto,
        press=a_machine(lyon, "Press 1", line=a_line(lyon)),
        lathe=a_machine(porto, "Lathe 1", line=a_line(porto, "Line P")),
        source=stream.source,
        stream=stream,
        mine=an_exception(stream, plant=lyon, holds=3, title="Unknown machine in Lyon"),
        theirs=an_exception(stream, plant=porto, holds=5, title="Unknown machine in Porto"),
        nobodys=an_exception(
            stream,
            kind="source_unavailable",
            title="Odoo does not answer",
            context={"streams": ["productivity"]},
        ),
        lead=a_person("lead", Role.MAINTENANCE_LEAD, lyon),
        admin=a_person("admin", Role.ADMIN),
    )
