"""From a number to the sums and the records it is made of, and back to the same number."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kpis.definitions import CATALOGUE
from kpis.models import CostEntry, Labour, Part, PartUse, Technician
from kpis.rollup import mark_spans, refresh
from mfgportal.accounts.models import Role
from mfgportal.lineage.kinds import KINDS
from sync.models import Correction
from tests.factories import run, stop, work_order
from tests.mfgportal.api.test_kpis import MONDAY, WEEK, produced
from tests.mfgportal.queue import LogIn, World, a_person


@pytest.fixture
def client(world: World, as_user: LogIn) -> Client:
    produced(world.press)
    produced(world.lathe)
    return as_user(world.lead)


def read(client: Client, address: str, **query: Any) -> Any:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def values(client: Client, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read(client, "/api/v1/kpis", **WEEK, **query)
    return found


def rows(client: Client, address: str) -> list[dict[str, Any]]:
    """Of all pages."""
    found, following = [], address
    while following:
        page = read(client, following)
        found += page["results"]
        following = page["next"]
    return found


def test_the_sums_behind_a_number_are_its_numerator_and_denominator(world: World, client: Client) -> None:
    (value,) = values(client, kpi="availability", equipment=world.press.pk)
    found = read(client, value["components"])
    assert found["totals"]["oee_run_s"] == value["numerator"]
    assert found["totals"]["oee_loading_s"] == value["denominator"]
    assert found["formula"] == CATALOGUE["availability"].formula
    each = rows(client, f"{value['components']}&page_size=1")
    assert sum(row["components"]["oee_run_s"] for row in each) == value["numerator"]
    (worked,) = [row for row in each if row["components"]["oee_run_s"]]
    assert (worked["day"], worked["parts"]["equipment"]) == (
        "2026-03-02",
        {"id": world.press.pk, "label": "Press 1"},
    )


@pytest.mark.parametrize("name", ["downtime", "failures", "mttr", "oee", "quantity", "mtbf"])
@pytest.mark.parametrize(
    "split", [{}, {"by": "equipment"}, {"by": "line"}, {"grain": "day"}, {"grain": "shift"}]
)
def test_every_value_opens_to_what_it_is_made_of(client: Client, name: str, split: dict[str, str]) -> None:
    for value in values(client, kpi=name, **split):
        totals = read(client, value["components"])["totals"]
        again = client.post(
            "/api/v1/kpis/compute", {"kpi": name, "components": totals}, content_type="application/json"
        ).json()
        if value["undefined_reason"] != "no data in this period":
            assert again["value"] == pytest.approx(value["value"])
        assert client.get(value["events"]).status_code == 200


def test_a_bucket_is_named_as_values_name_it(world: World, client: Client) -> None:
    query = {**WEEK, "kpi": "failures", "grain": "day", "bucket": "2026-03-03"}
    found = read(client, "/api/v1/kpis/components", **query)
    assert (found["first_day"], found["last_day"], found["totals"]["failures"]) == ("2026-03-03",) * 2 + (0,)


def test_the_records_behind_a_number_lead_to_their_source(world: World, client: Client) -> None:
    (value,) = values(client, kpi="downtime", equipment=world.press.pk)
    found = {row["kind"]: row for row in rows(client, value["events"])}
    assert set(found) == {"downtime", "run", "production"}
    breakdown = found["downtime"]
    assert breakdown["fields"]["reason"] == "Equipment failure"
    assert (breakdown["seconds_in_period"], breakdown["counted_seconds"]) == (1800, 1800)
    assert breakdown["source"] == "odoo"
    assert breakdown["trace_id"]
    assert breakdown["url"] == f"/events/downtime/{breakdown['id']}/"
    assert breakdown["source_url"].startswith("https://odoo.example")
    assert found["run"]["counted_seconds"] == 12600


def test_of_records_that_overlap_each_instant_counts_once_and_within_the_period(
    world: World, client: Client
) -> None:
    machine = world.press
    stop(machine, MONDAY + timedelta(minutes=200), 30, "setup-and-adjustments")
    long = stop(machine, MONDAY - timedelta(days=3), 2 * 24 * 60, "cleaning")
    (value,) = values(client, kpi="downtime", equipment=machine.pk)
    found = rows(client, value["events"])
    stops = {row["fields"]["reason"]: row for row in found if row["kind"] == "downtime"}
    assert stops["Setup and adjustments"]["seconds_in_period"] == 1800
    assert stops["Setup and adjustments"]["counted_seconds"] == 600
    assert long.pk not in {row["id"] for row in found}
    assert sum(row["counted_seconds"] for row in found) == 14400


def test_a_part_holds_its_own_records_alone(world: World, client: Client) -> None:
    stop(world.press, MONDAY + timedelta(hours=5), 20, "cleaning")
    now = timezone.now()
    mark_spans([(world.press.pk, MONDAY, MONDAY + timedelta(hours=6))], now)
    refresh(now)
    for value in values(client, kpi="planned_downtime", by="reason"):
        assert [row["fields"]["reason"] for row in rows(client, value["events"])] == [value["key"]["label"]]
        sums = read(client, value["components"])["totals"]
        assert sums["planned_stop_s"] == value["value"]


def test_a_correction_is_shown_with_its_author_and_reason(world: World, client: Client) -> None:
    found = stop(world.press, MONDAY + timedelta(hours=6), 20)
    Correction.objects.create(
        source=world.source,
        external_key=found.external_key,
        field="end",
        value="2026-03-02T12:20:00Z",
        original=None,
        reason="Forgot to close it",
        author="lead",
    )
    (value,) = values(client, kpi="downtime", equipment=world.press.pk)
    (row,) = [row for row in rows(client, f"{value['events']}&kind=downtime") if row["id"] == found.pk]
    assert [(one["field"], one["author"]) for one in row["corrections"]] == [("end", "lead")]


def test_nothing_of_other_plants_is_shown(world: World, client: Client, as_user: LogIn) -> None:
    for what in ("components", "events"):
        address = f"/api/v1/kpis/{what}"
        query: dict[str, Any] = {**WEEK, "kpi": "failures"}
        assert client.get(address, {**query, "equipment": world.lathe.pk}).status_code == 404
        mine, all_of_it = rows_of(client, address, query), rows_of(as_user(world.admin), address, query)
        assert 0 < len(mine) < len(all_of_it)
        assert {row.get("plant_id", world.lyon.pk) for row in mine} == {world.lyon.pk}
    elsewhere = {**WEEK, "kpi": "failures", "by": "equipment", "key": world.lathe.pk}
    assert read(client, "/api/v1/kpis/events", **elsewhere)["results"] == []
    assert read(client, "/api/v1/kpis/components", **elsewhere)["results"] == []


def rows_of(client: Client, address: str, query: dict[str, Any]) -> list[Any]:
    found: list[Any] = read(client, address, **query)["results"]
    return found


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({}, "kpi"),
        ({"kpi": "oee,mtbf"}, "kpi"),
        ({"kpi": "luck"}, "kpi"),
        ({"kpi": "oee", "by": "reason", "key": "1"}, "by"),
        ({"kpi": "oee", "by": "line"}, "key"),
        ({"kpi": "oee", "by": "line", "key": "first"}, "key"),
        ({"kpi": "oee", "grain": "day", "bucket": "2020-01-01"}, "bucket"),
    ],
)
@pytest.mark.parametrize("what", ["components", "events"])
def test_what_is_wrong_with_the_question_is_said(
    client: Client, what: str, query: dict[str, str], parameter: str
) -> None:
    answer = client.get(f"/api/v1/kpis/{what}", {**WEEK, **query})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, parameter)


def test_pages_of_records_are_stable_while_records_come(world: World, client: Client) -> None:
    for number in range(4):
        run(world.press, MONDAY + timedelta(days=1, hours=number), 30)
    (value,) = values(client, kpi="downtime", equipment=world.press.pk)
    before = [(row["kind"], row["id"]) for row in rows(client, value["events"])]
    page = read(client, f"{value['events']}&page_size=2")
    found = [(row["kind"], row["id"]) for row in page["results"]]
    run(world.press, MONDAY - timedelta(hours=1), 30)
    while page["next"]:
        page = read(client, page["next"])
        found += [(row["kind"], row["id"]) for row in page["results"]]
    assert found == before


def test_kinds_of_facts_have_what_their_origin_needs(db: None) -> None:
    for kind in KINDS:
        columns = {field.name for field in kind.model._meta.get_fields()}
        assert {"source", "external_key", "trace_id", "loaded_at", "deleted_at"} <= columns


def test_work_is_found_by_its_day_and_names_are_for_those_who_may_see_them(
    world: World, client: Client, as_user: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mfgportal.lineage.events.families_of", lambda kpi: ["work"])
    jo = Technician.objects.create(name="Jo Fitter")
    order = work_order(world.press, MONDAY, 60, assigned_to=jo, source="odoo")
    natural = {"work_order": order, "source": "odoo"}
    seal = Part.objects.create(name="Seal")
    Labour.objects.create(technician=jo, seconds=3600, start=MONDAY, external_key="labour/1", **natural)
    Labour.objects.create(seconds=60, external_key="labour/2", counts=False, **natural)
    PartUse.objects.create(part=seal, quantity=2, unit_cost=9, external_key="part/1", **natural)
    CostEntry.objects.create(category="other", amount=5, day=MONDAY.date(), external_key="cost/1", **natural)
    work_order(world.press, MONDAY - timedelta(days=9), 60)
    manager = a_person("manager", Role.PLANT_MANAGER, world.lyon)
    query = {**WEEK, "kpi": "failures", "line": world.press.line_id}
    mine = {row["kind"]: row for row in rows_of(client, "/api/v1/kpis/events", query)}
    assert list(mine) == ["work_order", "labour", "part_use", "cost"]
    assert mine["part_use"]["fields"]["unit_cost"] == "9.0000"
    theirs = {row["kind"]: row for row in rows_of(as_user(manager), "/api/v1/kpis/events", query)}
    assert mine["labour"]["fields"]["technician"] == "Jo Fitter"
    assert theirs["labour"]["fields"]["technician"] == f"Technician {jo.pk}"
    assert theirs["work_order"]["fields"]["technician"] == f"Technician {jo.pk}"
    assert theirs["labour"]["counted_seconds"] is None


def test_a_backlog_opens_to_the_orders_that_stand_open(world: World, client: Client) -> None:
    still = work_order(world.press, MONDAY - timedelta(days=40), None, status="open", estimated_s=3600)
    work_order(world.press, MONDAY - timedelta(days=40), 60)
    for query in ({}, {"by": "equipment"}):
        (value,) = values(client, kpi="backlog", **query)
        assert read(client, value["components"])["totals"]["backlog_s"] == value["value"] == 3600
        assert [(row["kind"], row["id"]) for row in rows(client, value["events"])] == [
            ("open_order", still.pk)
        ]
