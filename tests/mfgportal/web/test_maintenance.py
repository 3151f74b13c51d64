"""The maintenance page: each number opens to the rows it counts, within the plants of the person."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from kpis.engine import evaluate
from kpis.models import Part, PartUse, Technician, WorkOrder
from kpis.work.repeat_orders import repeat_orders
from kpis.work.rollup import rebuild
from mfgportal.accounts.models import Role, User
from mfgportal.scope import parse, plant_place
from tests.factories import work_order
from tests.mfgportal.web.conftest import EVIL, NOW, Counted, Floor, at

NUMBER = re.compile(
    r'<li><a href="([^"]+)"[^>]*><span class="name">([^<]+)</span><span class="count">([\d,]+)<'
)


def numbers(client: Client, query: str = "") -> dict[str, tuple[int, str]]:
    """Title → count and where it leads."""
    text = client.get(f"/maintenance/{query}").content.decode()
    return {name: (int(count.replace(",", "")), unescape(url)) for url, name, count in NUMBER.findall(text)}


def listed(client: Client, url: str) -> set[str]:
    """Numbers of the work orders that a list shows."""
    return {row.number for row in client.get(url).context["orders"]}


def add(floor: Floor, number: str, **fields: Any) -> WorkOrder:
    given: dict[str, Any] = {"number": number, "title": number, "status": "open", "source": "atlas"} | fields
    machine, created = given.pop("machine", floor.press), given.pop("created", at(23, 6))
    return work_order(machine, created, given.pop("minutes", None), **given)


@pytest.fixture
def work(floor: Floor) -> Floor:
    """Of Lyon: one of each list beside the floor's completed repair. Of Pune: one overdue."""
    add(floor, "WO-EST", estimated_s=7200, created=at(24, 9))
    add(floor, "WO-LATE", work_type="preventive", due_at=at(20, 8), created=at(1, 8))
    add(floor, "WO-SOON", work_type="preventive", scheduled_at=at(30, 8), created=at(24, 9))
    add(floor, "WO-FAR", work_type="preventive", due_at=NOW + timedelta(days=15), created=at(24, 9))
    add(floor, "WO-WAITS", created=at(24, 4), title=EVIL)
    add(floor, "WO-REPEAT", created=at(24, 8), status="in_progress")
    add(floor, "WO-DONE", status="completed", minutes=60, machine=floor.compressor)
    add(floor, "WO-PUNE", work_type="preventive", due_at=at(20, 8), machine=floor.lathe)
    return floor


def test_each_number_opens_to_as_many_rows(work: Floor, everyone: Client) -> None:
    found = numbers(everyone)
    assert {name: count for name, (count, _) in found.items()} == {
        "Open work orders": 7,
        "Without an estimate": 6,
        "Overdue": 2,
        "Preventive overdue": 2,
        "Preventive, 14 days": 1,
        "Not begun in time": 1,
        "Repeat failures": 3,
        "Done in one system only": 0,
    }
    for count, url in found.values():
        assert len(listed(everyone, url)) == count
    assert listed(everyone, found["Not begun in time"][1]) == {"WO-WAITS"}
    assert listed(everyone, found["Preventive, 14 days"][1]) == {"WO-SOON"}


def test_a_person_sees_the_work_of_their_plants(work: Floor, of_lyon: Client) -> None:
    assert numbers(of_lyon)["Preventive overdue"][0] == 1
    assert "WO-PUNE" not in of_lyon.get("/maintenance/orders/?list=all").content.decode()
    assert of_lyon.get(f"/maintenance/?plant={work.pune.pk}").status_code == 404


def test_filters_are_in_the_address_and_kept(work: Floor, everyone: Client) -> None:
    query = f"?plant={work.lyon.pk}&type=preventive&from=2026-11-18&to=2026-11-24"
    found = numbers(everyone, query)
    assert found["Open work orders"][0] == 3
    assert "type=preventive" in found["Open work orders"][1]
    assert "from=2026-11-18" in found["Open work orders"][1]
    assert listed(everyone, found["Open work orders"][1]) == {"WO-LATE", "WO-SOON", "WO-FAR"}
    assert listed(everyone, "/maintenance/orders/?q=wo-la") == {"WO-LATE"}


def test_the_backlog_is_told_by_age_with_what_has_no_estimate(work: Floor, everyone: Client) -> None:
    ages = {title: age for title, age, _ in everyone.get("/maintenance/").context["ages"]}
    assert (ages["Less than 7 days"].orders, ages["Less than 7 days"].seconds) == (6, 7200)
    assert ages["Less than 7 days"].unestimated == 5
    assert ages["7 to 30 days"].orders == 1
    assert listed(everyone, "/maintenance/orders/?list=open&age=month") == {"WO-LATE"}


def test_repeats_are_those_of_the_kpi(work: Floor) -> None:
    rebuild()
    scope = parse({"period": "last_30_days"}, plant_place(work.lyon), now=NOW).scope
    (value,) = evaluate(["repeat_failures"], scope)
    found = WorkOrder.objects.filter(pk__in=repeat_orders(scope))
    assert len(found) == value.value
    assert {order.number for order in found} == {"WO-EST", "WO-WAITS", "WO-REPEAT"}


def test_repeats_of_sources_that_know_days_alone_are_those_of_the_kpi(floor: Floor) -> None:
    done = {"status": "completed", "machine": floor.compressor}
    add(floor, "ON-DAY", created=at(2, 9), completed_on=at(3, 0).date(), **done)
    add(floor, "SAME-DAY", created=at(3, 0), created_on=at(3, 0).date(), completed_on=at(9, 0).date(), **done)
    add(floor, "LAST-DAY", created=at(16, 5), minutes=5, **done)
    add(floor, "TOO-LATE", created=at(24, 5), minutes=5, **done)
    add(floor, "CANCELLED", created=at(24, 6), status="cancelled", machine=floor.compressor)
    rebuild()
    scope = parse({"period": "last_30_days"}, plant_place(floor.lyon), now=NOW).scope
    (value,) = evaluate(["repeat_failures"], scope)
    found = WorkOrder.objects.filter(pk__in=repeat_orders(scope))
    assert {order.number for order in found} == {"SAME-DAY", "LAST-DAY"}
    assert len(found) == value.value


def test_parts_below_need_are_a_proxy_and_say_so(work: Floor, everyone: Client) -> None:
    order = WorkOrder.objects.get(number="WO-EST")
    belt = Part.objects.create(name="Belt", code="B-1", quantity_on_hand=1, minimum_quantity=0)
    Part.objects.create(name="Nut", code="N-1", quantity_on_hand=2, minimum_quantity=5)
    Part.objects.create(name="Oil", code="O-1", minimum_quantity=5)
    PartUse.objects.create(work_order=order, part=belt, quantity=3, source="atlas", external_key="u/1")
    answer = everyone.get("/maintenance/")
    assert [(row.part.name, row.why) for row in answer.context["short"]] == [
        ("Belt", "Open orders ask for more than there is"),
        ("Nut", "Below its minimum"),
    ]
    assert "A proxy" in answer.content.decode()
    assert listed(everyone, f"/maintenance/orders/?part={belt.pk}") == {"WO-EST"}


def test_names_of_technicians_are_masked(work: Floor, everyone: Client) -> None:
    jo = Technician.objects.get(name="Jo Fitter")
    WorkOrder.objects.filter(number="WO-EST").update(assigned_to=jo)
    assert "Jo Fitter" not in everyone.get("/maintenance/orders/").content.decode()
    assert listed(everyone, f"/maintenance/orders/?technician={jo.pk}") == set()
    lead = User.objects.create_user("fixer", role=Role.MAINTENANCE_LEAD)
    lead.plants.add(work.lyon)
    client = Client()
    client.force_login(lead)
    assert "Jo Fitter" in client.get("/maintenance/orders/").content.decode()
    assert "WO-EST" in listed(client, f"/maintenance/orders/?technician={jo.pk}")


def test_what_a_source_sends_is_text(work: Floor, everyone: Client) -> None:
    assert EVIL not in everyone.get("/maintenance/").content.decode()


@pytest.mark.parametrize("query", ["?list=moon", "?list=open&age=old", "?plant=x", "?period=moon"])
def test_a_senseless_address_is_explained(floor: Floor, everyone: Client, query: str) -> None:
    assert everyone.get(f"/maintenance/orders/{query}").status_code == 400


def test_pages_ask_few_queries(work: Floor, everyone: Client, counted: Counted) -> None:
    counted("maintenance", everyone, "/maintenance/")
    counted("maintenance_orders", everyone, "/maintenance/orders/")
