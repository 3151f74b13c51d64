"""The demo database with what other companies' databases hold."""

from collections.abc import Callable
from datetime import date

import pytest

from kpis.models import Downtime, Equipment, Plant, ShiftComponents, WorkOrder
from kpis.rollup import rebuild
from sync.models import SyncException
from tests.sync.connectors.odoo.conftest import Connect, open_titles, read_due
from tests.sync.connectors.odoo.demo import NOW, Row, recorded, served

LINE = "mrp.workcenter.productivity"
TUESDAY = date(2026, 11, 17)
Change = Callable[[dict[str, list[Row]]], None]


def first(rows: dict[str, list[Row]], model: str, **values: object) -> Row:
    return next(row for row in rows[model] if all(row[name] == value for name, value in values.items()))


@pytest.fixture
def changed(connect: Connect) -> Callable[[Change], None]:
    """Reads the recording with some rows changed."""

    def read(change: Change) -> None:
        rows = recorded()
        change(rows)
        with served(rows) as demo:
            connect(demo)
            runs = read_due()
        assert {name: run.error for name, run in runs.items() if run.error} == {}

    return read


def test_equipment_of_no_company_is_asked_for_with_its_requests(
    changed: Callable[[Change], None],
) -> None:
    def change(rows: dict[str, list[Row]]) -> None:
        first(rows, "maintenance.equipment", serial_no="HP-101-2021")["company_id"] = False
        first(rows, "maintenance.request", name="P-102 scrapped ram")["equipment_id"] = False

    changed(change)
    assert "Unknown plant: machines without a place" in open_titles()
    exception = SyncException.objects.get(kind="unmapped_key", status="open")
    assert exception.held_records.count() == 1 + 4  # the press and its four requests
    assert WorkOrder.objects.get(title="P-102 scrapped ram").equipment is None


def test_long_names_and_unicode_are_kept_as_far_as_they_fit(changed: Callable[[Change], None]) -> None:
    long = "Größe – 数控 🏭 " * 30

    def change(rows: dict[str, list[Row]]) -> None:
        for model in ("product.product", "mrp.workcenter", "res.company", "resource.calendar"):
            rows[model][0]["name"] = long
        rows["product.product"][0]["uom_id"] = [1, long]
        rows["product.product"][1]["default_code"] = rows["product.product"][2]["barcode"] = "X" * 300
        first(rows, "maintenance.equipment", serial_no="L-9").update(category_id=[6, long], serial_no=long)
        first(rows, LINE, id=8)["description"] = f"<p>{long}</p><br/>\x00"

    changed(change)
    assert open_titles() == {
        "Stop of Press Line 1, 17 Nov 2026, 10:00: end rejected",
        "Overlapping stops on Press Line 1",
    }
    assert Downtime.objects.get(external_key=f"{LINE}/8").note.startswith("<p>Größe – 数控 🏭")


def test_a_calendar_without_a_zone_is_told_with_what_waits(changed: Callable[[Change], None]) -> None:
    def change(rows: dict[str, list[Row]]) -> None:
        first(rows, "resource.calendar", id=7)["tz"] = False

    changed(change)
    told = SyncException.objects.get(external_key="resource.calendar/7", status="open")
    assert told.kind == "rejected_value"
    assert "time zone must be an IANA name" in told.message
    assert Plant.objects.get(name="My Company (Chicago)").timezone == "UTC"


def test_a_schedule_without_hours_is_round_the_clock(changed: Callable[[Change], None]) -> None:
    def change(rows: dict[str, list[Row]]) -> None:
        rows["resource.calendar.attendance"] = [
            row for row in rows["resource.calendar.attendance"] if row["calendar_id"][0] != 1
        ]

    changed(change)
    rebuild(NOW)
    press = Equipment.objects.get(code="PL1")
    assert ShiftComponents.objects.get(equipment=press, day=TUESDAY, shift=1).planned_s == 86400


def test_two_week_schedules_are_planned_by_their_weeks(changed: Callable[[Change], None]) -> None:
    def change(rows: dict[str, list[Row]]) -> None:
        for row in rows["resource.calendar.attendance"]:
            row["week_type"] = "0" if row["calendar_id"][0] == 1 else False
        section = dict(rows["resource.calendar.attendance"][0], id=900, name="Even week")
        rows["resource.calendar.attendance"].append(section | {"display_type": "line_section"})

    changed(change)
    rebuild(NOW)
    press = Equipment.objects.get(code="PL1")
    rows = ShiftComponents.objects.filter(equipment=press).order_by("planned_s")
    planned = dict(rows.values_list("day", "planned_s"))
    # Odoo itself called the week of the recording, from 23 November on, its first one.
    assert (planned[date(2026, 11, 18)], planned[date(2026, 11, 23)]) == (0, 8 * 3600)
