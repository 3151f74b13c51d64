"""Rows → records, and what is told of rows and declarations that are wrong."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sync.connectors.declared.contract import check, kept
from sync.connectors.declared.loading import DeclarationError, checked, parsed
from sync.connectors.declared.records import RULES
from sync.connectors.declared.shapes import REFERS_TO, shapes
from sync.connectors.declared.streams import StreamRule
from sync.errors import BadRow, SchemaDrift
from sync.records import RECORD_OF, CalendarRecord, DowntimeRecord, EquipmentRecord, Kind, WorkOrderRecord

ROW = {
    "id": 5,
    "machine": "PR-1",
    "cause": "B",
    "start": "2026-01-01T00:00:00Z",
    "minutes": 30,
    "Order No.": "A 1",
}
STOPS = """
title: Stops
model: stop
key: "{id}"
fields: {id: integer, machine: string, cause: any, start: time, minutes: number, "Order No.": "string?"}
records:
  - kind: downtime
    fields:
      equipment: {codes: machine}
      reason: {codes: {from: cause, map: {B: unspecified-failure, no: cleaning, 1: no-orders}}}
      start: start
      end: {from: start, plus: {from: minutes, as: minutes_to_s, null_if: [0, ""]}}
"""


def rule(text: str = STOPS) -> StreamRule:
    return checked(StreamRule, parsed(text))


def stop(**own: Any) -> DowntimeRecord:
    (record,) = rule().to_records({**ROW, **own})
    assert isinstance(record, DowntimeRecord)
    return record


def test_a_stop() -> None:
    record = stop()
    assert record.external_key == "stop/5"
    assert record.equipment.codes == ("PR-1",)
    assert record.end == datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
    assert stop(minutes=0).end is None
    assert stop(minutes=None).end is None


def test_words_yaml_would_take_for_others_are_words() -> None:
    assert stop(cause="no").reason.codes == ("cleaning",)
    assert stop(cause=1).reason.codes == ("no-orders",)


@pytest.mark.parametrize(
    ("own", "field", "said"),
    [
        ({"cause": "X"}, "cause", "wanted one of B, no, 1; found 'X'"),
        ({"cause": None}, "", "reason is needed"),
        ({"machine": ""}, "", "equipment is needed"),
        ({"start": None}, "start", "start: is empty; start is needed"),
        ({"start": "yesterday"}, "start", "wanted a time"),
        ({"minutes": "many"}, "minutes", "wanted a number, found 'many'"),
        ({"minutes": 1e30}, "start", "start: "),
    ],
)
def test_what_is_wrong_with_a_row_names_its_field(own: dict[str, Any], field: str, said: str) -> None:
    with pytest.raises(BadRow, match=said) as bad:
        stop(**own)
    assert bad.value.field == field


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: downtime", "kind: stop", r"records\[0\]: input tag 'stop'"),
        ("codes: machine", "code: machine", r"records\[0\]\.fields\.equipment\.code: is not known here"),
        ("as: minutes_to_s", "as: minutes", r"fields\.end\.plus\.as\[0\]: “minutes” is no transform"),
        ("as: minutes_to_s", "as: {scale: {times: 3}}", r"scale: missing a required argument: 'by'"),
        ("      start: start\n", "", r"fields\.start: is missing"),
        ("as: minutes_to_s", "as: {scale: {by: many}}", r"as\[0\]: scale: by: could not convert"),
        ("as: minutes_to_s", "as: {regex: {pattern: '('}}", r"as\[0\]: regex: pattern: missing \)"),
        ("as: minutes_to_s", "as: {iso_datetime: {zone: Berlin}}", r"as\[0\]: iso_datetime: zone: .*Berlin"),
        ("start: start\n", "start: null\n", r"fields\.start: input should be a valid"),
        ("start: start\n", "start: '[a'\n", "is no JMESPath"),
        ("codes: machine", "codes: maschine", "maschine: not among the stream's `fields`"),
        ('"{id}"', '"{id"', "brace without its partner"),
        ("minutes: number", "minutes: float", r"fields\.minutes: wanted one of string, integer"),
        ("model: stop", "model: a/b", "model: "),
        ("title: Stops", "title: [1]", "title: "),
    ],
)
def test_what_is_wrong_with_a_declaration_names_its_place(old: str, new: str, said: str) -> None:
    assert old in STOPS
    with pytest.raises(DeclarationError, match=said):
        rule(STOPS.replace(old, new))


def test_a_constant_the_field_cannot_hold_is_refused_at_once() -> None:
    data = {
        "kind": "work_order",
        "fields": {
            "number": "id",
            "title": "id",
            "equipment": None,
            "work_type": {"value": "other"},
            "status": {"from": "id", "map": {"1": "opne"}},
        },
    }
    with pytest.raises(DeclarationError, match=r"status: map\.1: wanted one of open"):
        checked(RULES[Kind.WORK_ORDER], data)


def made(kind: str, row: dict[str, Any], **fields: Any) -> Any:
    stream = {"title": "T", "model": "m", "key": "{id}", "fields": dict.fromkeys(row, "any")}
    record = {"kind": kind, "fields": fields}
    (found,) = checked(StreamRule, {**stream, "records": [record]}).to_records(row)
    return found


def test_constants_columns_templates_and_conditions() -> None:
    row = {"id": 1, "First name": "Ann", "last": "Lee", "done": False, "at": "2026-01-01T00:00:00Z"}
    order = made(
        "work_order",
        row,
        number={"template": "WO-{id}"},
        title={"column": "First name", "as": "upper"},
        equipment=None,
        work_type={"value": "other"},
        status={"from": "done", "map": {True: "completed", False: "open"}},
        priority={"from": "last", "map": {"x": "low"}, "otherwise": "high"},
        completed_at={"from": "at", "when": "done"},
        created_at="at",
    )
    assert isinstance(order, WorkOrderRecord)
    assert (order.number, order.title, order.status, order.priority) == ("WO-1", "ANN", "open", "high")
    assert order.completed_at is None
    assert order.created_at is not None


def test_defaults_and_truths() -> None:
    press = made("equipment", {"id": 1, "name": "Press", "off": None}, name="name", work_unit=True)
    assert isinstance(press, EquipmentRecord)
    assert (press.active, press.work_unit, press.codes) == (True, True, ())
    with pytest.raises(BadRow, match="wanted true or false, found 'Press'"):
        made("equipment", {"id": 1, "name": "Press"}, name="name", active="name")


def test_lists_inside_a_record() -> None:
    row = {"id": 1, "name": "Day", "rows": [{"day": 0, "from": 6, "to": 14.5}]}
    calendar = made(
        "calendar",
        row,
        name="name",
        timezone={"value": "Europe/Berlin"},
        attendances={"each": "rows", "fields": {"weekday": "day", "hour_from": '"from"', "hour_to": "to"}},
    )
    assert isinstance(calendar, CalendarRecord)
    (attendance,) = calendar.attendances
    assert (attendance.weekday, attendance.hour_from, attendance.hour_to) == (0, 6.0, 14.5)


def test_every_kind_of_record_can_be_declared() -> None:
    assert {*RULES} == {*RECORD_OF} == {*Kind}
    records: list[type] = list(RECORD_OF.values())
    for record in records:
        for shape in shapes(record).values():
            assert not shape.is_ref or shape.name in REFERS_TO, shape.name


def test_a_drift_names_field_expected_and_found() -> None:
    fields = {"id": "integer", "asset.id": "integer", "items.price": "number", "note": "string?"}
    good = {"id": 1, "asset": {"id": 2}, "items": [{"price": 1.5}], "more": "x"}
    check("m", fields, [good, {**good, "asset": None, "items": []}])
    check("m", fields, [])
    with pytest.raises(SchemaDrift) as drift:
        check("m", fields, [{"id": "1", "asset": {}, "items": [{"price": True}], "note": 5}])
    assert drift.value.problems == [
        "id: expected integer, found '1'",
        "asset.id: expected integer, found no such field",
        "items.price: expected number, found True",
        "note: expected string, found 5",
    ]


def test_names_may_hold_dots() -> None:
    check("m", {"Order No.": "string"}, [{"Order No.": "A 1"}])
    with pytest.raises(SchemaDrift, match=r"Order No\.: expected string, found 7"):
        check("m", {"Order No.": "string"}, [{"Order No.": 7}])
    assert kept({"Order No.": "A 1", "x": 1}, ["Order No."]) == {"Order No.": "A 1"}


def test_only_named_fields_are_kept() -> None:
    row = {"id": 1, "asset": {"id": 2, "image": "x"}, "items": [{"a": 1, "b": 2}], "other": 1}
    assert kept(row, ["id", "asset.id", "items.a", "none"]) == {
        "id": 1,
        "asset": {"id": 2},
        "items": [{"a": 1}],
    }
