"""Targets on their page, and on the pages of places: value, sign and word."""

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from kpis.definitions import Unit
from kpis.models import Target
from mfgportal.accounts.models import Role, User
from mfgportal.web.written import Unwritable, parse, write
from tests.mfgportal.queue import LogIn
from tests.mfgportal.web.conftest import Counted, Floor
from tests.mfgportal.web.test_pages import WEEK, text_of

JAN = date(2026, 1, 1)


@pytest.fixture
def manager(floor: Floor) -> User:
    found = User.objects.create_user("anna", role=Role.PLANT_MANAGER)
    found.plants.add(floor.lyon)
    return found


def goal(kpi: str, value: float, band: float = 0.0, **fields: Any) -> Target:
    return Target.objects.create(kpi=kpi, value=value, band=band, valid_from=JAN, set_by="demo", **fields)


def test_a_tile_shows_target_and_state(floor: Floor, everyone: Client) -> None:
    goal("availability", 0.9, 0.05)
    goal("quality", 0.99, 0.05)
    goal("mttr", 7200)
    text = text_of(everyone, f"/equipment/{floor.press.pk}/{WEEK}")
    assert "Off target: ≥ 90.0 %" in text
    assert "Warning: ≥ 99.0 %" in text
    assert "On target: ≤ 2.0 h" in text


def test_tables_and_places_take_their_own_target(floor: Floor, everyone: Client) -> None:
    goal("quality", 0.99)
    goal("quality", 0.5, plant=floor.lyon, line=floor.line)
    assert "Off target: ≥ 99.0 %" in text_of(everyone, f"/plants/{floor.lyon.pk}/{WEEK}")
    for page in (f"/lines/{floor.line.pk}/{WEEK}", f"/equipment/{floor.press.pk}/{WEEK}"):
        assert "On target: ≥ 50.0 %" in text_of(everyone, page)
    row = everyone.get(f"/plants/{floor.lyon.pk}/{WEEK}").context["machines"][0]
    assert row.figures["quality"].state == "on target"


def test_a_manager_sets_a_target_and_ends_it(floor: Floor, manager: User, as_user: LogIn) -> None:
    anna = as_user(manager)
    given = {"kpi": "oee", "place": f"plant/{floor.lyon.pk}", "value": "65", "band": "5 %"}
    answer = anna.post("/targets/add/", given | {"valid_from": "2026-11-01"})
    assert answer.status_code == 302, answer.content.decode()
    target = Target.objects.get()
    assert (target.value, target.band, target.plant, target.set_by) == (0.65, 0.05, floor.lyon, "anna")
    answer = anna.post(f"/targets/{target.pk}/", {"value": "70 %", "band": ""})
    assert answer.status_code == 302, answer.content.decode()
    target.refresh_from_db()
    assert (target.kpi, target.value, target.band, target.plant) == ("oee", 0.7, 0.0, floor.lyon)
    anna.post(f"/targets/{target.pk}/end/")
    target.refresh_from_db()
    assert target.ended_on == date(2026, 11, 24)
    text = text_of(anna, "/targets/")
    assert "No longer" in text
    assert "0.65 0.7" in text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"value": "45 min"}, "value"),
        ({"value": "-1"}, "value"),
        ({"kpi": "downtime"}, "kpi"),
        ({"place": "enterprise"}, "place"),
        ({"valid_from": "soon"}, "valid_from"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(
    floor: Floor, manager: User, as_user: LogIn, wrong: dict[str, str], field: str
) -> None:
    given = {"kpi": "oee", "place": f"plant/{floor.lyon.pk}", "value": "65 %", "valid_from": "2026-11-01"}
    answer = as_user(manager).post("/targets/add/", given | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_others_may_read_and_not_set(floor: Floor, manager: User, everyone: Client, as_user: LogIn) -> None:
    whole, theirs = goal("oee", 0.6), goal("oee", 0.6, plant=floor.pune)
    assert everyone.get("/targets/").status_code == 200
    assert everyone.get("/targets/add/").status_code == 403
    anna = as_user(manager)
    assert anna.post(f"/targets/{whole.pk}/end/").status_code == 403
    assert anna.post(f"/targets/{theirs.pk}/end/").status_code == 404
    assert "Pune" not in text_of(anna, "/targets/")


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("65 %", Unit.SHARE, 0.65),
        ("65", Unit.SHARE, 0.65),
        ("62,5", Unit.SHARE, 0.625),
        ("45 min", Unit.SECONDS, 2700),
        ("1.5 h", Unit.SECONDS, 5400),
        ("12", Unit.COUNT, 12),
        ("65 min", Unit.SHARE, None),
        ("45", Unit.SECONDS, None),
        ("5 %", Unit.COUNT, None),
        ("much", Unit.COUNT, None),
    ],
)
def test_values_are_written_with_their_unit(text: str, unit: Unit, value: float | None) -> None:
    if value is None:
        with pytest.raises(Unwritable):
            parse(text, unit)
    else:
        assert parse(text, unit) == pytest.approx(value)
        assert parse(write(parse(text, unit), unit), unit) == pytest.approx(value)


@pytest.mark.parametrize("name", ["targets", "alerts", "alert_rules"])
def test_what_a_page_costs(name: str, floor: Floor, everyone: Client, counted: Counted) -> None:
    goal("oee", 0.6)
    counted(name, everyone, {"alert_rules": "/alerts/rules/"}.get(name, f"/{name}/"))


def test_a_trend_has_the_targets_line_and_columns(floor: Floor, everyone: Client) -> None:
    first, second = goal("quality", 0.9), goal("quality", 0.99)
    second.valid_from = date(2026, 11, 24)
    second.save()
    found = everyone.get(f"/equipment/{floor.press.pk}/{WEEK}&trend=quality&grain=day").context["trend"]
    line = json.loads(found.json)["data"][0]
    assert line["name"] == "Target (at least)"
    assert line["y"] == [90.0] * 6 + [99.0]
    assert found.table.columns[-2:] == ("Target", "State")
    assert {len(row.cells) for row in found.table.rows} == {len(found.table.columns)}
    monday = next(row for row in found.table.rows if "23 Nov" in row.cells[0])
    assert monday.cells[-2:] == ("90.0 %", "On target")
    assert first.valid_from == JAN


def test_without_a_target_a_trend_is_as_it_was(floor: Floor, everyone: Client) -> None:
    found = everyone.get(f"/equipment/{floor.press.pk}/{WEEK}&trend=quality&grain=day").context["trend"]
    assert found.table.columns == ("Day", "Quality", "Period before")
    assert len(json.loads(found.json)["data"]) == 2
