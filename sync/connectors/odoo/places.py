"""Companies and working calendars → plants and shift calendars."""

from sync.connectors.base import Payload
from sync.connectors.odoo import values
from sync.connectors.odoo.api import OdooApi
from sync.records import Attendance, CalendarRecord, Kind, Leave, PlantRecord, Record

DAYS = {str(weekday): weekday for weekday in range(7)}
BREAKS = {"morning": False, "afternoon": False, "full_day": False, "lunch": True}
WEEKS: dict[str | bool, int | None] = {False: None, "0": 0, "1": 1}
LEAVE_FIELDS = ("name", "date_from", "date_to", "calendar_id", "resource_id", "company_id")
ATTENDANCE_FIELDS = {
    "name": "char",
    "calendar_id": "many2one",
    "dayofweek": "selection",
    "hour_from": "float",
    "hour_to": "float",
    "day_period": "selection",
}
ATTENDANCE_OPTIONAL = ("week_type", "display_type", "resource_id")


def plant(row: Payload) -> list[Record]:
    return [
        PlantRecord(
            external_key=f"res.company/{row['id']}",
            name=values.text(row, "name"),
            codes=values.codes(row, "name"),  # the only thing two systems share about a plant
            active=values.flag(row, "active", default=True),
            timezone=values.text(row, "timezone"),
            calendar=values.ref(row, "resource_calendar_id", Kind.CALENDAR, "resource.calendar"),
            currency=values.label(row, "currency_id"),  # a currency's name is its code
        )
    ]


def add_timezone(api: OdooApi, rows: list[Payload]) -> None:
    """A company has no zone of its own; its working calendar has."""
    ids = [values.linked(row, "resource_calendar_id") for row in rows]
    zones = {int(one["id"]): one["tz"] for one in api.rows("resource.calendar", ids, ["tz"])}
    for row, one in zip(rows, ids, strict=True):
        row["timezone"] = zones.get(one, False)


def companies_by_label(api: OdooApi) -> list[Payload]:
    """Companies as the work centers name them, for an account that may not read companies."""
    found = api.find("mrp.workcenter", [], ["company_id"])
    named = {row["company_id"][0]: row["company_id"][1] for row in found if values.linked(row, "company_id")}
    return [{"id": one, "name": name, "resource_calendar_id": False} for one, name in sorted(named.items())]


def calendar(row: Payload) -> list[Record]:
    return [
        CalendarRecord(
            external_key=f"resource.calendar/{row['id']}",
            name=values.text(row, "name"),
            active=values.flag(row, "active", default=True),
            timezone=values.text(row, "tz"),
            attendances=tuple(_attendance(one) for one in row["attendances"]),
            leaves=tuple(_leave(one) for one in row["leaves"]),
        )
    ]


def _attendance(row: Payload) -> Attendance:
    return Attendance(
        weekday=values.choice(row, "dayofweek", DAYS),
        hour_from=values.number(row, "hour_from"),
        hour_to=values.number(row, "hour_to"),
        is_break=values.choice(row, "day_period", BREAKS),
        name=values.text(row, "name"),
        week=values.choice({"week_type": False, **row}, "week_type", WEEKS),
    )


def _leave(row: Payload) -> Leave:
    workcenter = row.get("workcenter")
    return Leave(
        start=values.needed_moment(row, "date_from"),
        end=values.needed_moment(row, "date_to"),
        name=values.text(row, "name"),
        resource=f"mrp.workcenter/{workcenter}" if workcenter else "",
    )


def add_pattern(api: OdooApi, rows: list[Payload]) -> None:
    """Embed attendances and leaves: changing them does not touch the calendar's ``write_date``."""
    ids = [int(row["id"]) for row in rows]
    attendances = _attendances(api, ids)
    leaves = _leaves(api, ids)
    for row in rows:
        row["attendances"] = [one for one in attendances if values.linked(one, "calendar_id") == row["id"]]
        row["leaves"] = [one for one in leaves if _closes(one, row)]


def _attendances(api: OdooApi, calendars: list[int]) -> list[Payload]:
    optional = [name for name in ATTENDANCE_OPTIONAL if name in api.types("resource.calendar.attendance")]
    found = api.find(
        "resource.calendar.attendance", [["calendar_id", "in", calendars]], [*ATTENDANCE_FIELDS, *optional]
    )
    # Section lines are headings; until Odoo 18 a row could be for one resource only.
    return [row for row in found if not row.get("display_type") and not row.get("resource_id")]


def _leaves(api: OdooApi, calendars: list[int]) -> list[Payload]:
    """Closures only: Odoo also books each planned work order as a leave of its work center ('other')."""
    found = api.find(
        "resource.calendar.leaves",
        [["calendar_id", "in", [*calendars, False]], ["time_type", "=", "leave"]],
        LEAVE_FIELDS,
    )
    machines = _workcenters(api, sorted({values.linked(row, "resource_id") for row in found} - {0}))
    return [_placed(row, machines) for row in found if not row["resource_id"] or _of(row, machines)]


def _workcenters(api: OdooApi, resources: list[int]) -> dict[int, Payload]:
    """Resource → its work center. Resources without one are people: their holidays close no calendar."""
    if not resources:
        return {}
    found = api.find(
        "mrp.workcenter", [["resource_id", "in", resources]], ["resource_id", "resource_calendar_id"]
    )
    return {values.linked(row, "resource_id"): row for row in found}


def _of(leave: Payload, machines: dict[int, Payload]) -> Payload:
    return machines.get(values.linked(leave, "resource_id"), {})


def _placed(leave: Payload, machines: dict[int, Payload]) -> Payload:
    """The leave with its work center and the calendar it closes; 0 = every calendar of its company."""
    machine = _of(leave, machines)
    closes = values.linked(leave, "calendar_id") or values.linked(machine, "resource_calendar_id")
    return {**leave, "workcenter": machine.get("id"), "of_calendar": closes}


def _closes(leave: Payload, calendar_row: Payload) -> bool:
    if leave["of_calendar"]:
        return bool(leave["of_calendar"] == calendar_row["id"])
    companies = {values.linked(leave, "company_id"), values.linked(calendar_row, "company_id")}
    return 0 in companies or len(companies) == 1
