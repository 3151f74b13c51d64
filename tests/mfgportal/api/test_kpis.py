from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kpis.definitions import CATALOGUE
from kpis.models import Equipment
from kpis.rollup import mark_spans, refresh
from sync.models import HeldRecord
from tests.factories import output, run, stop
from tests.mfgportal.queue import LogIn, World, a_row

MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
WEEK = {"from": "2026-03-02", "to": "2026-03-08"}


def produced(machine: Equipment) -> None:
    """Four hours of production with half an hour's breakdown, computed. Round the clock: no calendar."""
    run(machine, MONDAY, 210)
    stop(machine, MONDAY + timedelta(minutes=210), 30)
    output(machine, MONDAY, 210, quantity=210, scrap=21, ideal_cycle_s=30.0)
    now = timezone.now()
    mark_spans([(machine.pk, MONDAY, MONDAY + timedelta(hours=4))], now)
    refresh(now)


@pytest.fixture
def client(world: World, as_user: LogIn) -> Client:
    """The lead of Lyon, where one machine produced; so did one in Porto."""
    produced(world.press)
    produced(world.lathe)
    return as_user(world.lead)


def values(client: Client, **query: str) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/kpis", WEEK | query)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()
    return found


def test_a_value_comes_with_all_that_is_needed_to_trust_it(world: World, client: Client) -> None:
    (oee,) = values(client, kpi="oee", equipment=str(world.press.pk))
    # 189 good units of 30 s over 240 min of loading time
    assert oee["value"] == pytest.approx(189 * 30 / (240 * 60))
    assert (oee["numerator"], oee["denominator"]) == (pytest.approx(5670), pytest.approx(14400))
    assert oee["place"] == {"level": "equipment", "id": world.press.pk, "name": "Press 1"}
    assert (oee["unit"], oee["title"], oee["undefined_reason"]) == ("1", "OEE", "")
    assert (oee["first_day"], oee["last_day"], oee["zone"]) == ("2026-03-02", "2026-03-08", "Europe/Paris")
    assert (oee["bucket"], oee["key"]) == (None, {"id": None, "label": ""})
    assert oee["data_as_of"] is None
    assert set(oee["completeness"]) == {"share", "loaded", "held", "exceptions"}


def test_an_undefined_value_says_why_and_has_its_bound(world: World, client: Client) -> None:
    query = WEEK | {"kpi": "mtbf,mttr", "equipment": str(world.press.pk), "from": "2026-03-03"}
    mtbf, mttr = client.get("/api/v1/kpis", query).json()
    assert (mtbf["value"], mttr["value"]) == (None, None)
    assert mttr["undefined_reason"]
    (whole,) = values(client, kpi="mtbf", equipment=str(world.press.pk))
    assert (whole["sample_size"], whole["confidence"]) == (1, 0.9)
    assert whole["lower"] < whole["value"] < whole["upper"]


def test_every_kpi_of_the_catalogue_comes_when_none_is_named(world: World, client: Client) -> None:
    assert [value["kpi"] for value in values(client)] == list(CATALOGUE)


def test_days_are_buckets_and_parts_have_keys(world: World, client: Client) -> None:
    days = values(client, kpi="failures", grain="day")
    assert [day["bucket"] for day in days] == [f"2026-03-0{number}" for number in range(2, 9)]
    assert [day["value"] for day in days][:2] == [1, 0]
    parts = values(client, kpi="failures", by="equipment")
    assert [(part["key"], part["value"]) for part in parts] == [
        ({"id": world.press.pk, "label": "Press 1"}, 1)
    ]


def test_numbers_are_of_the_own_plants_only(world: World, client: Client, as_user: LogIn) -> None:
    assert values(client, kpi="failures")[0]["value"] == 1
    assert values(as_user(world.admin), kpi="failures")[0]["value"] == 2
    for name, row in (("plant", world.porto), ("equipment", world.lathe), ("line", world.lathe.line)):
        assert row is not None
        assert client.get("/api/v1/kpis", WEEK | {name: row.pk}).status_code == 404


def test_records_held_back_lower_the_completeness_and_are_linked(world: World, client: Client) -> None:
    row = a_row(world.stream, "mrp.workcenter.productivity/77")
    HeldRecord.objects.create(
        exception=world.mine, raw=row, kind="downtime", start=MONDAY, plant=world.lyon, equipment=world.press
    )
    (value,) = values(client, kpi="oee", equipment=str(world.press.pk))
    complete = value["completeness"]
    assert (complete["held"], complete["loaded"]) == (1, 3)
    assert complete["share"] == pytest.approx(0.75)
    assert complete["exceptions"] == f"http://testserver/api/v1/exceptions?equipment={world.press.pk}"


def test_by_plant_each_value_has_the_zone_and_completeness_of_its_plant(
    world: World, client: Client, as_user: LogIn
) -> None:
    admin = as_user(world.admin)

    def plants() -> list[dict[str, Any]]:
        found = {each["key"]["id"]: each for each in values(admin, kpi="oee", by="plant")}
        return [found[world.lyon.pk], found[world.porto.pk]]

    before = [each["completeness"]["held"] for each in plants()]
    HeldRecord.objects.create(
        exception=world.mine,
        raw=a_row(world.stream, "mrp.workcenter.productivity/77"),
        kind="downtime",
        start=MONDAY,
        plant=world.lyon,
    )
    here, there = plants()
    assert [here["zone"], there["zone"]] == [world.lyon.timezone, world.porto.timezone]
    assert here["completeness"]["held"] == before[0] + 1
    assert there["completeness"]["held"] == before[1]
    assert here["completeness"]["exceptions"].endswith(f"?plant={world.lyon.pk}")


def test_without_data_a_value_is_undefined_not_zero(world: World, as_user: LogIn) -> None:
    (oee,) = values(as_user(world.lead), kpi="oee")
    assert oee["value"] is None
    assert oee["undefined_reason"]


@pytest.mark.parametrize("more", ["by=equipment", "by=technician", "by=reason", "grain=shift"])
def test_of_none_named_those_come_that_can_be_cut_so(more: str, world: World, as_user: LogIn) -> None:
    assert as_user(world.lead).get(f"/api/v1/kpis?{more}").status_code == 200


def test_the_catalogue_explains_each_kpi(world: World, as_user: LogIn) -> None:
    rows = as_user(world.lead).get("/api/v1/kpis/catalogue").json()
    assert [row["name"] for row in rows] == list(CATALOGUE)
    oee = next(row for row in rows if row["name"] == "oee")
    assert (oee["better"], oee["family"]) == ("up", "production")
    assert oee["formula"] == CATALOGUE["oee"].formula
    compliance = next(row for row in rows if row["name"] == "pm_compliance")
    assert [found["name"] for found in compliance["components"]] == ["pm_on_time", "pm_due"]
    assert compliance["needs"] == "preventive work orders with due dates"
    assert "no preventive order was due" in compliance["missing"]
    assert {"plant", "equipment", "team", "technician"} <= set(compliance["breakdowns"])
