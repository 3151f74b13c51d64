from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sync.records import (
    Attendance,
    CalendarRecord,
    CostCategory,
    CostRecord,
    DowntimeRecord,
    EquipmentRecord,
    Kind,
    LabourRecord,
    Leave,
    OperationRecord,
    PartRecord,
    PartUseRecord,
    PlantRecord,
    ProductionRecord,
    Record,
    Ref,
    RunRecord,
    StockRecord,
    TechnicianRecord,
)
from sync.validation import violations

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
MACHINE = Ref(kind=Kind.EQUIPMENT, key="m/1")
ORDER = Ref(kind=Kind.WORK_ORDER, key="o/1")


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def stop(start: datetime, end: datetime | None) -> Record:
    return DowntimeRecord(
        external_key="s/1", equipment=MACHINE, reason=Ref(kind=Kind.REASON), start=start, end=end
    )


def count(**values: Any) -> Record:
    given: dict[str, Any] = {"start": ago(hours=2), "end": ago(hours=1), "quantity": 10.0, "scrap": 1.0}
    return ProductionRecord(
        external_key="c/1",
        equipment=MACHINE,
        product=None,
        operation=None,
        order_number="",
        **{**given, **values},
    )


def cost(**values: Any) -> Record:
    given: dict[str, Any] = {"category": CostCategory.OTHER, "amount": 12.5, "work_order": ORDER}
    return CostRecord(external_key="k/1", **{**given, **values})


def stock(**values: Any) -> Record:
    given: dict[str, Any] = {
        "product": Ref(kind=Kind.PRODUCT, key="g/1"),
        "location": "Shelf",
        "quantity": 4.0,
    }
    return StockRecord(external_key="g/1.2", **{**given, **values})


def part_use(**values: Any) -> Record:
    given: dict[str, Any] = {"part": Ref(kind=Kind.PART, key="p/1"), "quantity": 2.0}
    return PartUseRecord(external_key="u/1", work_order=ORDER, **{**given, **values})


def calendar(*attendances: Attendance, leaves: tuple[Leave, ...] = (), zone: str = "UTC") -> Record:
    return CalendarRecord(external_key="w/1", name="W", timezone=zone, attendances=attendances, leaves=leaves)


@pytest.mark.parametrize(
    "record",
    [
        stop(ago(hours=1), None),
        stop(ago(hours=1), ago(hours=1)),
        stop(NOW + timedelta(minutes=9), None),
        stop(ago(days=91), NOW),
        count(),
        count(quantity=0.0, scrap=3.0, end=ago(hours=2)),
        count(end=None),
        calendar(Attendance(0, 0, 24), Attendance(6, 22, 24)),
        PlantRecord(external_key="p/1", name="P"),
        PlantRecord(external_key="p/1", name="P", currency="INR"),
        EquipmentRecord(external_key="m/1", name="M", replacement_value=0.0, in_service_on=date(2030, 1, 1)),
        cost(currency="USD", at=NOW),
        cost(amount=-12.5, day=date(2026, 5, 5)),
        stock(quantity=-3.0, unit_value=0.0, at=NOW),
        part_use(returned=True),
    ],
)
def test_what_can_be_true_passes(record: Record) -> None:
    assert violations(record, NOW) == []


@pytest.mark.parametrize(
    ("record", "field", "wanted"),
    [
        (stop(ago(hours=1), ago(hours=2)), "end", "must not be before the start"),
        (stop(NOW + timedelta(hours=2), None), "start", "must not be in the future"),
        (stop(ago(days=200), ago(days=1)), "end", "at most 92 days"),
        (stop(datetime(1970, 1, 1, tzinfo=UTC), ago(days=1)), "start", "after 1990"),
        (count(quantity=-1.0, scrap=0.0), "quantity", "must not be negative"),
        (count(scrap=-1.0), "scrap", "must not be negative"),
        (count(scrap=11.0), "scrap", "must not exceed the total of 10"),
        (count(end=ago(hours=3)), "end", "must not be before"),
        (
            RunRecord(external_key="r/1", equipment=MACHINE, start=ago(days=40), end=ago(days=1)),
            "end",
            "31 days",
        ),
        (
            LabourRecord(external_key="l/1", work_order=ORDER, technician=None, start=None, seconds=9e6),
            "seconds",
            "at most 7 days",
        ),
        (part_use(quantity=-2.0), "quantity", "must not be negative"),
        (part_use(unit_cost=-0.5), "unit_cost", "must not be negative, but is -0.5"),
        (part_use(used_at=NOW + timedelta(hours=1)), "used_at", "must not be in the future"),
        (cost(currency="euro"), "currency", "ISO 4217 such as EUR, but is “euro”"),
        (cost(at=NOW + timedelta(hours=1)), "at", "must not be in the future"),
        (cost(day=date(2026, 5, 6)), "day", "must not be in the future, but is 2026-05-06"),
        (cost(day=date(1970, 1, 1)), "day", "after 1990"),
        (stock(unit_value=-1.0), "unit_value", "must not be negative"),
        (stock(at=NOW + timedelta(days=1)), "at", "must not be in the future"),
        (PartRecord(external_key="p/1", name="Seal", unit_cost=-1.0), "unit_cost", "must not be negative"),
        (TechnicianRecord(external_key="t/1", name="T", hourly_rate=-1.0), "hourly_rate", "not be negative"),
        (
            EquipmentRecord(external_key="m/1", name="M", replacement_value=-1.0),
            "replacement_value",
            "must not be negative",
        ),
        (PlantRecord(external_key="p/1", name="P", currency="XYZ"), "currency", "ISO 4217"),
        (
            OperationRecord(external_key="o/1", name="O", equipment=MACHINE, ideal_cycle_s=0.0),
            "ideal_cycle_s",
            "must be above 0",
        ),
        (PlantRecord(external_key="p/1", name="P", timezone="Mars/Olympus"), "timezone", "IANA"),
        (calendar(Attendance(0, 9, 8)), "attendances", "0 to 24"),
        (calendar(Attendance(7, 8, 9)), "attendances", "weekday 0 to 6"),
        (calendar(zone="../etc"), "timezone", "IANA"),
        (calendar(leaves=(Leave(NOW, ago(days=1)),)), "leaves", "must not end before"),
    ],
)
def test_what_cannot_be_true_is_named_with_what_was_wanted(record: Record, field: str, wanted: str) -> None:
    found = violations(record, NOW)
    assert found[0].field == field
    assert wanted in found[0].message


def run_of(start: datetime, end: datetime | None) -> Record:
    return RunRecord(external_key="r/1", equipment=MACHINE, start=start, end=end)


@pytest.mark.parametrize("make", [stop, run_of])
def test_nothing_is_written_down_before_it_happens_however_long_ago(
    make: Callable[[datetime, datetime | None], Record],
) -> None:
    written = ago(days=40)
    zone = timedelta(hours=5, minutes=30)
    found = violations(make(written + zone, written + 2 * zone), NOW, written=written)
    assert [violation.field for violation in found] == ["start", "end"]
    assert "lies 5 h 30 min after it was written" in found[0].message
    assert "probably local time stored as UTC" in found[0].message
    assert "lies 11 h after" in found[1].message
    assert violations(make(written - zone, None), NOW, written=written) == []
    assert violations(make(written, written + timedelta(minutes=9)), NOW, written=written) == []
    (only_end,) = violations(make(written, written + timedelta(days=1, minutes=1)), NOW, written=written)
    assert (only_end.field, "1 day 1 min" in only_end.message) == ("end", True)


def test_what_a_person_has_set_may_be_later_than_the_row_but_not_in_the_future() -> None:
    written, later = ago(hours=3), NOW + timedelta(hours=1)
    assert violations(stop(written, ago(hours=1)), NOW, written=written, corrected={"end"}) == []
    (found,) = violations(stop(written, later), NOW, written=written, corrected={"end"})
    assert "must not be in the future" in found.message


def test_a_time_ahead_of_writing_and_of_now_is_told_once() -> None:
    found = violations(stop(NOW + timedelta(hours=2), None), NOW, written=NOW)
    assert len(found) == 1


def test_planned_times_of_counts_are_not_those_of_events() -> None:
    assert violations(count(start=ago(hours=2), end=ago(hours=1)), NOW, written=ago(hours=3)) == []
