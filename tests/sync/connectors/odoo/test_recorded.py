"""Rows of a real Odoo 19 → records."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sync.connectors.base import Payload
from sync.connectors.odoo.api import OdooApi
from sync.connectors.odoo.connector import OdooConnector
from sync.connectors.odoo.reader import StreamReader
from sync.connectors.odoo.streams import STREAMS
from sync.records import (
    CalendarRecord,
    DowntimeRecord,
    Kind,
    OperationRecord,
    PlantRecord,
    ProductionRecord,
    Record,
    RunRecord,
    WorkOrderRecord,
    WorkStatus,
)
from tests.sync.connectors.odoo.recorded import RecordedOdoo


@pytest.fixture
def odoo() -> RecordedOdoo:
    return RecordedOdoo()


def payloads(odoo: RecordedOdoo, stream: str) -> dict[str, Payload]:
    reader = StreamReader(OdooApi(odoo), STREAMS[stream], overlap=timedelta(minutes=30))
    return {row.external_key: row.payload for page in reader.pages({}) for row in page.rows}


def records(odoo: RecordedOdoo, stream: str) -> dict[str, Record]:
    return {
        key: record
        for key, payload in payloads(odoo, stream).items()
        for record in OdooConnector.to_records(stream, payload)
    }


@pytest.mark.parametrize("stream", STREAMS)
def test_all_recorded_rows_can_be_read(odoo: RecordedOdoo, stream: str) -> None:
    rows = payloads(odoo, stream)
    api = OdooApi(odoo)
    assert len(rows) == api.count(STREAMS[stream].spec.model, STREAMS[stream].domain(api)) > 0
    assert all("write_date" not in row for row in rows.values())
    for row in rows.values():
        OdooConnector.to_records(stream, row)


def test_lines_are_runs_or_stops_by_their_loss_type(odoo: RecordedOdoo) -> None:
    found = records(odoo, "productivity")
    stop = found["mrp.workcenter.productivity/3"]
    assert isinstance(stop, DowntimeRecord)
    assert stop.equipment.key == "mrp.workcenter/1"
    assert stop.reason.key == "mrp.workcenter.productivity.loss/2"
    assert stop.start == datetime(2026, 11, 18, 22, 9, 58, tzinfo=UTC)
    assert stop.end == datetime(2026, 11, 18, 23, 9, 58, tzinfo=UTC)  # Odoo's own duration says 0
    running = found["mrp.workcenter.productivity/20"]
    assert isinstance(running, RunRecord)
    assert running.end is None
    assert running.order_key == "mrp.workorder/8"


def test_a_line_that_ends_before_it_starts_comes_through_as_it_is(odoo: RecordedOdoo) -> None:
    found = records(odoo, "productivity")["mrp.workcenter.productivity/15"]
    assert isinstance(found, DowntimeRecord)
    assert found.end is not None
    assert found.end < found.start


def test_only_started_orders_count(odoo: RecordedOdoo) -> None:
    found = records(odoo, "work_orders")
    assert set(found) == {"mrp.workorder/4", "mrp.workorder/5", "mrp.workorder/8"}
    done, going = found["mrp.workorder/4"], found["mrp.workorder/8"]
    assert isinstance(done, ProductionRecord)
    assert isinstance(going, ProductionRecord)
    assert (done.quantity, done.scrap, done.order_number) == (20.0, 0.0, "WH/MO/00009-001")
    assert done.operation is not None
    assert done.operation.key == "mrp.routing.workcenter/6"
    assert going.end is None  # its date_finished is only planned


def test_the_order_names_the_product_where_the_step_does_not(odoo: RecordedOdoo) -> None:
    del odoo.fields["mrp.workorder"]["product_id"]
    found = records(odoo, "work_orders")["mrp.workorder/4"]
    assert isinstance(found, ProductionRecord)
    assert found.product is not None
    assert found.product.key == "product.product/93"


def test_scrapped_components_are_no_quality_loss(odoo: RecordedOdoo) -> None:
    assert odoo.records["stock.scrap"][1]["state"] == "done"
    assert records(odoo, "scrap") == {}


def test_scrap_of_the_product_goes_to_the_last_step(odoo: RecordedOdoo) -> None:
    odoo.records["stock.scrap"][1]["product_id"] = [93, "[PRS-1] Pressed Part"]
    found = records(odoo, "scrap")["stock.scrap/1"]
    assert isinstance(found, ProductionRecord)
    assert (found.quantity, found.scrap) == (0.0, 2.0)
    assert found.order_key == "mrp.workorder/5"
    assert found.equipment.key == "mrp.workcenter/1"
    assert found.start == found.end == datetime(2026, 11, 24, 2, 22, 19, tzinfo=UTC)


def test_scrap_that_is_tagged_goes_to_its_step(odoo: RecordedOdoo) -> None:
    odoo.records["stock.scrap"][1] |= {
        "product_id": [93, ""],
        "workorder_id": [4, ""],
        "production_id": False,
    }
    found = records(odoo, "scrap")["stock.scrap/1"]
    assert isinstance(found, ProductionRecord)
    assert found.order_key == "mrp.workorder/4"
    assert found.order_number == "WH/MO/00009-001"


@pytest.mark.parametrize(
    ("request_id", "status"),
    [(1, WorkStatus.COMPLETED), (2, WorkStatus.OPEN), (3, WorkStatus.COMPLETED), (11, WorkStatus.CANCELLED)],
)
def test_status_of_a_request(odoo: RecordedOdoo, request_id: int, status: WorkStatus) -> None:
    found = records(odoo, "requests")[f"maintenance.request/{request_id}"]
    assert isinstance(found, WorkOrderRecord)
    assert found.status is status
    assert (found.completed_on is not None) is (status is WorkStatus.COMPLETED)


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"kanban_state": "blocked"}, WorkStatus.ON_HOLD), ({"stage_id": [2, ""]}, WorkStatus.IN_PROGRESS)],
)
def test_status_of_an_open_request(odoo: RecordedOdoo, changes: Payload, status: WorkStatus) -> None:
    odoo.records["maintenance.request"][2] |= changes
    found = records(odoo, "requests")["maintenance.request/2"]
    assert isinstance(found, WorkOrderRecord)
    assert found.status is status


@pytest.mark.parametrize(
    ("name", "code"), [("[WO000123] Leak", "WO000123"), ("Leak [A-7]", "A-7"), ("[urgent] Leak", None)]
)
def test_counterpart_is_named_in_brackets(odoo: RecordedOdoo, name: str, code: str | None) -> None:
    odoo.records["maintenance.request"][2]["name"] = name
    found = records(odoo, "requests")["maintenance.request/2"]
    assert isinstance(found, WorkOrderRecord)
    assert (found.counterpart.codes if found.counterpart else None) == ((code,) if code else None)


PLANNING = {
    "company_id": "many2one",
    "maintenance_team_id": "many2one",
    "duration": "float",
    "recurring_maintenance": "boolean",
    "repeat_interval": "integer",
    "repeat_unit": "selection",
}


def planned(odoo: RecordedOdoo) -> None:
    """Have the fields of planning, which the recorded rows do not."""
    odoo.fields["maintenance.request"] |= PLANNING
    for row in odoo.records["maintenance.request"].values():
        row |= dict.fromkeys(PLANNING, False) | row


def test_a_planned_request_tells_when_it_is_to_be_done_and_how_long_it_takes(odoo: RecordedOdoo) -> None:
    planned(odoo)
    odoo.records["maintenance.request"][2] |= {
        "schedule_date": "2026-06-02 06:00:00",
        "duration": 1.5,
        "maintenance_team_id": [1, "Mechanics"],
        "recurring_maintenance": True,
        "repeat_interval": 2,
        "repeat_unit": "month",
    }
    found = records(odoo, "requests")["maintenance.request/2"]
    assert isinstance(found, WorkOrderRecord)
    assert (found.scheduled_at, found.estimated_s) == (datetime(2026, 6, 2, 6, tzinfo=UTC), 5400)
    assert (found.team, found.plan_interval_days) == ("Mechanics", 2 * 365 / 12)


def test_hours_of_a_request_that_nobody_planned_are_no_estimate(odoo: RecordedOdoo) -> None:
    planned(odoo)
    odoo.records["maintenance.request"][2] |= {
        "schedule_date": False,
        "duration": 1.0,
        "recurring_maintenance": False,
        "repeat_interval": 1,
        "repeat_unit": "week",
    }
    found = records(odoo, "requests")["maintenance.request/2"]
    assert isinstance(found, WorkOrderRecord)
    assert (found.scheduled_at, found.estimated_s, found.plan_interval_days) == (None, None, None)


def test_a_request_entered_later_than_asked_for_has_a_day_and_no_time(odoo: RecordedOdoo) -> None:
    row = odoo.records["maintenance.request"][2]
    row |= {"create_date": "2026-06-09 10:00:00", "request_date": "2026-06-01"}
    found = records(odoo, "requests")["maintenance.request/2"]
    assert isinstance(found, WorkOrderRecord)
    assert (found.created_on, found.created_at) == (date(2026, 6, 1), datetime(2026, 6, 1, tzinfo=UTC))
    row |= {"request_date": "2026-06-09"}
    found = records(odoo, "requests")["maintenance.request/2"]
    assert isinstance(found, WorkOrderRecord)
    assert (found.created_on, found.created_at) == (None, datetime(2026, 6, 9, 10, tzinfo=UTC))


def test_a_request_without_equipment_is_its_companys(odoo: RecordedOdoo) -> None:
    planned(odoo)
    odoo.records["maintenance.request"][2] |= {"equipment_id": False, "company_id": [1, "Lyon"]}
    found = records(odoo, "requests")["maintenance.request/2"]
    assert isinstance(found, WorkOrderRecord)
    assert found.plant is not None
    assert found.plant.key == "res.company/1"


def test_a_request_is_assigned_to_the_employee_behind_the_user(odoo: RecordedOdoo) -> None:
    employee = next(iter(odoo.records["hr.employee.public"].values()))
    employee["user_id"] = [2, "Mitchell Admin"]
    found = records(odoo, "requests")["maintenance.request/2"]
    assert isinstance(found, WorkOrderRecord)
    assert found.assigned_to is not None
    assert found.assigned_to.key == f"hr.employee.public/{employee['id']}"


def test_requests_can_be_read_without_the_employees_app(odoo: RecordedOdoo) -> None:
    del odoo.fields["hr.employee.public"]
    found = records(odoo, "requests")["maintenance.request/2"]
    assert isinstance(found, WorkOrderRecord)
    assert found.assigned_to is None


def test_calendar_has_breaks_and_closures_but_no_planned_orders(odoo: RecordedOdoo) -> None:
    found = records(odoo, "calendars")["resource.calendar/1"]
    assert isinstance(found, CalendarRecord)
    assert found.timezone == "Europe/Brussels"
    monday = [one for one in found.attendances if one.weekday == 0]
    assert [(one.hour_from, one.hour_to, one.is_break) for one in monday] in (
        [(8.0, 12.0, False), (12.0, 13.0, True), (13.0, 17.0, False)],
        [],  # the recording holds the newest 50 rows
    )
    assert [(leave.name, leave.resource) for leave in found.leaves] == [
        ("Planned shutdown", "mrp.workcenter/4")
    ]


def test_a_closure_without_calendar_closes_all_of_its_company(odoo: RecordedOdoo) -> None:
    leave = odoo.records["resource.calendar.leaves"][4]
    leave |= {"calendar_id": False, "resource_id": False, "company_id": [3, ""]}
    found = records(odoo, "calendars")
    closed = {key for key, one in found.items() if isinstance(one, CalendarRecord) and one.leaves}
    assert closed == {"resource.calendar/7", "resource.calendar/4", "resource.calendar/6"}


def test_holidays_of_people_close_nothing(odoo: RecordedOdoo) -> None:
    odoo.records["resource.calendar.leaves"][4]["resource_id"] = [3, "Abigail Peterson"]
    found = records(odoo, "calendars")["resource.calendar/1"]
    assert isinstance(found, CalendarRecord)
    assert found.leaves == ()


def test_cycle_time_is_per_unit(odoo: RecordedOdoo) -> None:
    capacity = {"workcenter_id": [4, "Press Line 1"], "product_id": False, "capacity": 2.0}
    odoo.records["mrp.workcenter.capacity"][1] = {"id": 1, **capacity}
    odoo.records["mrp.routing.workcenter"][7]["time_cycle_manual"] = 0.0
    found = records(odoo, "operations")
    cycles = {key: one.ideal_cycle_s for key, one in found.items() if isinstance(one, OperationRecord)}
    assert cycles["mrp.routing.workcenter/6"] == pytest.approx(90)  # 3 minutes for 2
    assert cycles["mrp.routing.workcenter/2"] == pytest.approx(7200)
    assert cycles["mrp.routing.workcenter/7"] is None


@pytest.mark.parametrize("field", ["default_capacity", "capacity"])
def test_cycle_time_until_odoo_18(odoo: RecordedOdoo, field: str) -> None:
    odoo.fields["mrp.workcenter"][field] = "float"
    for row in odoo.records["mrp.workcenter"].values():
        row[field] = 4.0
    found = records(odoo, "operations")["mrp.routing.workcenter/6"]
    assert isinstance(found, OperationRecord)
    assert found.ideal_cycle_s == pytest.approx(45)


def test_a_company_has_the_zone_of_its_calendar(odoo: RecordedOdoo) -> None:
    found = records(odoo, "companies")["res.company/3"]
    assert isinstance(found, PlantRecord)
    assert (found.name, found.timezone) == ("My Company (Chicago)", "Europe/Brussels")
    assert found.calendar is not None
    assert found.calendar.key == "resource.calendar/7"


def test_companies_are_known_by_their_work_centers_when_they_cannot_be_read(odoo: RecordedOdoo) -> None:
    del odoo.fields["res.company"]
    reader = StreamReader(OdooApi(odoo), STREAMS["companies"], overlap=timedelta())
    found = [
        record
        for page in reader.pages({})
        for row in page.rows
        for record in OdooConnector.to_records("companies", row.payload)
    ]
    assert [(one.external_key, getattr(one, "name", "")) for one in found] == [
        ("res.company/1", "My Company (San Francisco)")
    ]
    assert list(reader.keys()) == ["res.company/1"]


def test_kinds_are_declared() -> None:
    assert OdooConnector.offers() >= {Kind.PLANT, Kind.CALENDAR, Kind.EQUIPMENT, Kind.RUN, Kind.PRODUCTION}
