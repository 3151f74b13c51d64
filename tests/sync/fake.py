"""A source in memory, for tests of the engine: its rows, faults and pages are what a test says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sync.connectors.base import (
    Check,
    Connector,
    Cursor,
    KeyPage,
    Page,
    Payload,
    Row,
    SourceConfig,
    StreamSpec,
)
from sync.errors import BadRow
from sync.records import (
    Attendance,
    CalendarRecord,
    DowntimeRecord,
    EquipmentRecord,
    Kind,
    LineRecord,
    OperationRecord,
    PartRecord,
    PlantRecord,
    ProductionRecord,
    ProductRecord,
    ReasonRecord,
    Record,
    Ref,
    RunRecord,
    WorkOrderRecord,
    WorkStatus,
    WorkType,
)

PAGE = 100


@dataclass
class World:
    """What one fake source holds. ``fault`` is called before each page of a stream and may raise.

    ``resumes``: it goes on where a cursor says, and gives keys in pages. ``asked``: from which cursors.
    """

    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    page: int = PAGE
    fault: Callable[[str, int], None] | None = None
    schema_fault: Callable[[str], None] | None = None
    reads: int = 0
    resumes: bool = False
    asked: list[Cursor] = field(default_factory=list)
    closed: int = 0

    def put(self, stream: str, key: str, updated_at: datetime | None = None, /, **payload: Any) -> None:
        self.rows.setdefault(stream, {})[key] = Row(key, {**payload, "key": key}, updated_at)

    def drop(self, stream: str, key: str) -> None:
        del self.rows[stream][key]


WORLDS: dict[str, World] = {}


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def sure(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise BadRow(f"wanted a time, found {text!r}", field="start") from error


def ref(kind: Kind, payload: Payload, name: str) -> Ref | None:
    value = payload.get(name)
    return Ref(kind=kind, key=value) if value else None


def needed(kind: Kind, payload: Payload, name: str) -> Ref:
    return Ref(kind=kind, key=payload[name])


def master(payload: Payload) -> dict[str, Any]:
    return {
        "external_key": payload["key"],
        "name": payload["name"],
        "codes": tuple(payload.get("codes", ())),
        "active": payload.get("active", True),
    }


def plant(payload: Payload) -> Record:
    return PlantRecord(**master(payload), timezone=payload.get("timezone", ""))


def line(payload: Payload) -> Record:
    return LineRecord(**master(payload), plant=needed(Kind.PLANT, payload, "plant"))


def machine(payload: Payload) -> Record:
    return EquipmentRecord(
        **master(payload),
        plant=ref(Kind.PLANT, payload, "plant"),
        line=ref(Kind.LINE, payload, "line"),
        parent=ref(Kind.EQUIPMENT, payload, "parent"),
        calendar=ref(Kind.CALENDAR, payload, "calendar"),
        work_unit=payload.get("work_unit", False),
        down_now=payload.get("down"),
        status=payload.get("state", ""),
    )


def product(payload: Payload) -> Record:
    return ProductRecord(**master(payload), uom=payload.get("uom", ""))


def calendar(payload: Payload) -> Record:
    hours = payload.get("hours", (6.0, 22.0))
    week = tuple(Attendance(day, *hours) for day in range(7))
    return CalendarRecord(**master(payload), timezone="Europe/Berlin", attendances=week)


def part(payload: Payload) -> Record:
    code = payload.get("product")
    return PartRecord(
        **master(payload),
        unit_cost=payload.get("cost"),
        minimum_quantity=payload.get("minimum"),
        product=Ref(kind=Kind.PRODUCT, codes=(code,), label=code) if code else None,
    )


def operation(payload: Payload) -> Record:
    return OperationRecord(
        **master(payload),
        equipment=needed(Kind.EQUIPMENT, payload, "machine"),
        ideal_cycle_s=payload.get("cycle"),
    )


def reason(payload: Payload) -> Record:
    return ReasonRecord(**master(payload), loss_class=payload.get("loss_class", ""))


def stop(payload: Payload) -> Record:
    return DowntimeRecord(
        external_key=payload["key"],
        equipment=needed(Kind.EQUIPMENT, payload, "machine"),
        reason=Ref(kind=Kind.REASON, key=payload.get("reason", ""), codes=tuple(payload.get("codes", ()))),
        start=sure(payload["start"]),
        end=moment(payload.get("end")),
    )


def run(payload: Payload) -> Record:
    return RunRecord(
        external_key=payload["key"],
        equipment=needed(Kind.EQUIPMENT, payload, "machine"),
        start=sure(payload["start"]),
        end=moment(payload.get("end")),
        order_key=payload.get("order", ""),
    )


def count(payload: Payload) -> Record:
    return ProductionRecord(
        external_key=payload["key"],
        equipment=needed(Kind.EQUIPMENT, payload, "machine"),
        product=ref(Kind.PRODUCT, payload, "product"),
        operation=ref(Kind.OPERATION, payload, "operation"),
        order_number=payload.get("number", ""),
        start=sure(payload["start"]),
        end=moment(payload.get("end")),
        quantity=payload.get("quantity", 0.0),
        scrap=payload.get("scrap", 0.0),
        order_key=payload["key"],
    )


def order(payload: Payload) -> Record:
    other = payload.get("counterpart")
    return WorkOrderRecord(
        external_key=payload["key"],
        number=payload.get("number", ""),
        title=payload.get("title", ""),
        equipment=ref(Kind.EQUIPMENT, payload, "machine"),
        work_type=WorkType(payload.get("work_type", "corrective")),
        status=WorkStatus(payload["status"]),
        stage=payload.get("stage", ""),
        stage_key=payload.get("stage_key", ""),
        created_at=moment(payload.get("created")),
        due_at=moment(payload.get("due")),
        scheduled_at=moment(payload.get("scheduled")),
        estimated_s=payload.get("estimated"),
        completed_at=moment(payload.get("completed")),
        completed_on=date.fromisoformat(payload["completed_on"]) if payload.get("completed_on") else None,
        counterpart=Ref(kind=Kind.WORK_ORDER, codes=(other,), label=other) if other else None,
    )


def stop_or_run(payload: Payload) -> Record:
    return run(payload) if payload.get("runs") else stop(payload)


READERS: dict[str, tuple[int, tuple[Kind, ...], Callable[[Payload], Record]]] = {
    "calendars": (1, (Kind.CALENDAR,), calendar),
    "plants": (1, (Kind.PLANT,), plant),
    "lines": (2, (Kind.LINE,), line),
    "machines": (3, (Kind.EQUIPMENT,), machine),
    "products": (4, (Kind.PRODUCT,), product),
    "parts": (5, (Kind.PART,), part),
    "operations": (5, (Kind.OPERATION,), operation),
    "reasons": (5, (Kind.REASON,), reason),
    "orders": (10, (Kind.WORK_ORDER,), order),
    "events": (20, (Kind.DOWNTIME, Kind.RUN), stop_or_run),
    "counts": (20, (Kind.PRODUCTION,), count),
}


class FakeConnector(Connector):
    """Reads the ``World`` whose name is the host of its address. The cursor counts completed reads."""

    name: ClassVar[str] = "fake"
    title: ClassVar[str] = "Fake"
    streams: ClassVar[Mapping[str, StreamSpec]] = {
        name: StreamSpec(name=name, title=name.capitalize(), model=name, kinds=kinds, rank=rank, every_s=60)
        for name, (rank, kinds, _) in READERS.items()
    }

    def __init__(self, config: SourceConfig) -> None:
        super().__init__(config)
        self.world = WORLDS[config.url.rpartition("/")[2]]

    def check(self) -> Check:
        return Check(version="Fake 1", visible={name: len(self.world.rows.get(name, {})) for name in READERS})

    def verify_schema(self, stream: str) -> None:
        if self.world.schema_fault:
            self.world.schema_fault(stream)

    def read(self, stream: str, cursor: Cursor) -> Iterator[Page]:
        self.world.reads += 1
        self.world.asked.append(dict(cursor))
        rows = list(self.world.rows.get(stream, {}).values())
        start = int(cursor.get("rows", 0)) if self.world.resumes else 0
        for number, first in enumerate(range(start, len(rows), self.world.page)):
            if self.world.fault:
                self.world.fault(stream, number)
            batch = rows[first : first + self.world.page]
            yield Page(batch, {"rows": first + len(batch)}, len(rows) - start)

    def read_keys(self, stream: str) -> Iterator[str]:
        return iter(list(self.world.rows.get(stream, {})))

    def read_key_pages(self, stream: str, cursor: Cursor) -> Iterator[KeyPage]:
        if not self.world.resumes:
            yield from super().read_key_pages(stream, cursor)
            return
        keys = list(self.world.rows.get(stream, {}))
        for number, first in enumerate(range(int(cursor.get("keys", 0)), len(keys), self.world.page)):
            if self.world.fault:
                self.world.fault(stream, number)
            batch = keys[first : first + self.world.page]
            yield KeyPage(batch, {"keys": first + len(batch)})

    def cursor_since(self, stream: str, since: datetime) -> Cursor:
        return {"since": since.isoformat()}

    def close(self) -> None:
        self.world.closed += 1

    @classmethod
    def to_records(cls, stream: str, payload: Payload) -> list[Record]:
        if payload.get("poison"):
            raise ZeroDivisionError("poison")
        if payload.get("draft"):
            return []
        return [READERS[stream][2](payload)]

    @classmethod
    def record_url(cls, config: SourceConfig, external_key: str) -> str:
        return f"{config.url}/{external_key}"
