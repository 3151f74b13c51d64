"""What a record must hold to be true, by type. Each violation names the field and says what was wanted."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sync.currencies import CODES
from sync.records import (
    CalendarRecord,
    CostRecord,
    DowntimeRecord,
    EquipmentRecord,
    LabourRecord,
    OperationRecord,
    PartRecord,
    PartUseRecord,
    PlantRecord,
    ProductionRecord,
    Record,
    RunRecord,
    StockRecord,
    TechnicianRecord,
)

CLOCK_TOLERANCE = timedelta(minutes=10)
DAY_TOLERANCE = timedelta(days=1)  # it may be tomorrow already where the source is
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LONGEST_STOP = timedelta(days=92)
LONGEST_RUN = timedelta(days=31)
LONGEST_LABOUR = timedelta(days=7)
HOURS_OF_A_DAY = 24.0
WRITTEN_AFTER = (DowntimeRecord, RunRecord)


@dataclass(frozen=True, slots=True)
class Violation:
    """A field at fault, and what was wanted and found."""

    field: str
    message: str


def violations(
    record: Record, now: datetime, *, written: datetime | None = None, corrected: Collection[str] = ()
) -> list[Violation]:
    """Everything that cannot be true in a record; empty when it is fine.

    Args:
        written: when the source wrote it; None when it does not say.
        corrected: fields a person has set since.
    """
    check = _CHECKS.get(type(record))
    found = list(check(record, now)) if check else []
    ahead = list(_ahead(record, written, corrected)) if written and isinstance(record, WRITTEN_AFTER) else []
    if not ahead:
        return found
    told = {violation.field for violation in ahead}
    return [*ahead, *(violation for violation in found if violation.field not in told)]


def _ahead(
    record: DowntimeRecord | RunRecord, written: datetime, corrected: Collection[str]
) -> Iterator[Violation]:
    """Nobody writes down a stop or a run before it happens, however long ago that was."""
    for field, moment in (("start", record.start), ("end", record.end)):
        if field not in corrected and moment is not None and moment > written + CLOCK_TOLERANCE:
            yield Violation(
                field,
                f"The {field} ({_text(moment)}) lies {_hours(moment - written)} after it was written "
                f"({_text(written)}): probably local time stored as UTC.",
            )


def _span(record: Any, now: datetime, longest: timedelta, what: str) -> Iterator[Violation]:
    start, end = record.start, record.end
    yield from _moment("start", start, now)
    if end is None:
        return
    if end < start:
        yield Violation("end", f"The end must not be before the start ({_text(start)}), but is {_text(end)}.")
    elif end - start > longest:
        yield Violation(
            "end", f"A {what} lasts at most {longest.days} days, but this one {_length(end - start)}."
        )
    yield from _moment("end", end, now)


def _moment(field: str, moment: datetime, now: datetime) -> Iterator[Violation]:
    if moment > now + CLOCK_TOLERANCE:
        yield Violation(field, f"The {field} must not be in the future, but is {_text(moment)}.")
    elif moment < EARLIEST:
        yield Violation(field, f"The {field} must be after 1990, but is {_text(moment)}.")


def _day(field: str, day: date, now: datetime) -> Iterator[Violation]:
    if day > (now + DAY_TOLERANCE).date():
        yield Violation(field, f"The {field} must not be in the future, but is {day:%Y-%m-%d}.")
    elif day < EARLIEST.date():
        yield Violation(field, f"The {field} must be after 1990, but is {day:%Y-%m-%d}.")


def _currency(code: str) -> Iterator[Violation]:
    if code and code not in CODES:
        yield Violation("currency", f"The currency must be a code of ISO 4217 such as EUR, but is “{code}”.")


def _not_negative(record: Any, field: str) -> Iterator[Violation]:
    value = getattr(record, field)
    if value is not None and value < 0:
        yield Violation(field, f"The {field.replace('_', ' ')} must not be negative, but is {value:g}.")


def _downtime(record: DowntimeRecord, now: datetime) -> Iterator[Violation]:
    return _span(record, now, LONGEST_STOP, "stop")


def _run(record: RunRecord, now: datetime) -> Iterator[Violation]:
    return _span(record, now, LONGEST_RUN, "run")


def _production(record: ProductionRecord, now: datetime) -> Iterator[Violation]:
    yield from _moment("start", record.start, now)
    if record.end is not None and record.end < record.start:
        yield Violation(
            "end",
            f"The end must not be before the start ({_text(record.start)}), but is {_text(record.end)}.",
        )
    yield from _not_negative(record, "quantity")
    yield from _not_negative(record, "scrap")
    # A scrap booking is a record of its own with quantity 0, so only a counted total can be exceeded.
    if 0 < record.quantity < record.scrap:
        yield Violation(
            "scrap", f"The scrap must not exceed the total of {record.quantity:g}, but is {record.scrap:g}."
        )


def _labour(record: LabourRecord, now: datetime) -> Iterator[Violation]:
    yield from _not_negative(record, "seconds")
    if record.seconds > LONGEST_LABOUR.total_seconds():
        length = _length(timedelta(seconds=record.seconds))
        yield Violation(
            "seconds", f"Logged work lasts at most {LONGEST_LABOUR.days} days, but this {length}."
        )
    yield from _not_negative(record, "hourly_rate")
    if record.start is not None:
        yield from _moment("start", record.start, now)


def _part_use(record: PartUseRecord, now: datetime) -> Iterator[Violation]:
    yield from _not_negative(record, "quantity")
    yield from _not_negative(record, "unit_cost")
    if record.used_at is not None:
        yield from _moment("used_at", record.used_at, now)


def _cost(record: CostRecord, now: datetime) -> Iterator[Violation]:
    """A negative amount is a credit."""
    yield from _currency(record.currency)
    if record.at is not None:
        yield from _moment("at", record.at, now)
    if record.day is not None:
        yield from _day("day", record.day, now)


def _stock(record: StockRecord, now: datetime) -> Iterator[Violation]:
    """A quantity below zero is no error: the books lag behind what was taken."""
    yield from _not_negative(record, "unit_value")
    if record.at is not None:
        yield from _moment("at", record.at, now)


def _equipment(record: EquipmentRecord, now: datetime) -> Iterator[Violation]:
    return _not_negative(record, "replacement_value")


def _part(record: PartRecord, now: datetime) -> Iterator[Violation]:
    return _not_negative(record, "unit_cost")


def _technician(record: TechnicianRecord, now: datetime) -> Iterator[Violation]:
    return _not_negative(record, "hourly_rate")


def _operation(record: OperationRecord, now: datetime) -> Iterator[Violation]:
    if record.ideal_cycle_s is not None and record.ideal_cycle_s <= 0:
        yield Violation(
            "ideal_cycle_s",
            f"The ideal cycle time must be above 0 seconds per unit, but is {record.ideal_cycle_s:g}.",
        )


def _zone(name: str) -> Iterator[Violation]:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        yield Violation(
            "timezone", f"The time zone must be an IANA name such as Europe/Berlin, but is “{name}”."
        )


def _plant(record: PlantRecord, now: datetime) -> Iterator[Violation]:
    yield from _zone(record.timezone or "UTC")
    yield from _currency(record.currency)


def _calendar(record: CalendarRecord, now: datetime) -> Iterator[Violation]:
    yield from _zone(record.timezone)
    for row in record.attendances:
        if not (0 <= row.hour_from <= row.hour_to <= HOURS_OF_A_DAY and 0 <= row.weekday <= 6):
            yield Violation(
                "attendances",
                f"Working hours must run from 0 to 24 on weekday 0 to 6, but “{row.name}” runs from "
                f"{row.hour_from:g} to {row.hour_to:g} on weekday {row.weekday}.",
            )
    for leave in record.leaves:
        if leave.end < leave.start:
            yield Violation(
                "leaves", f"The leave “{leave.name}” must not end before it starts ({_text(leave.start)})."
            )


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _hours(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = ((days, "days" if days > 1 else "day"), (hours, "h"), (minutes, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def _length(span: timedelta) -> str:
    return f"{span.days} days" if span.days else f"{span.total_seconds() / 3600:.1f} hours"


_CHECKS: dict[type[Record], Callable[[Any, datetime], Iterator[Violation]]] = {
    CalendarRecord: _calendar,
    CostRecord: _cost,
    DowntimeRecord: _downtime,
    EquipmentRecord: _equipment,
    LabourRecord: _labour,
    OperationRecord: _operation,
    PartRecord: _part,
    PartUseRecord: _part_use,
    PlantRecord: _plant,
    ProductionRecord: _production,
    RunRecord: _run,
    StockRecord: _stock,
    TechnicianRecord: _technician,
}
