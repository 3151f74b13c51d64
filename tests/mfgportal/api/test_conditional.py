"""What has not changed is not sent again, and is nobody else's."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from kpis.models import Downtime, Equipment, Plant, ShiftComponents
from kpis.rollup import mark_spans, refresh
from sync.models import HeldRecord, Stream
from tests.factories import stop
from tests.mfgportal.api.test_kpis import MONDAY, produced
from tests.mfgportal.queue import LogIn, World, a_row, an_exception


@pytest.mark.parametrize("address", ["plants", "exceptions", "kpis/catalogue", "equipment", "sync/runs"])
def test_a_list_that_is_known_comes_as_304(world: World, as_user: LogIn, address: str) -> None:
    client = as_user(world.admin)
    first = client.get(f"/api/v1/{address}")
    again = client.get(f"/api/v1/{address}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert client.get(f"/api/v1/{address}", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_list_that_changed_comes_anew(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    plants, queue = client.get("/api/v1/plants"), client.get("/api/v1/exceptions")
    Plant.objects.filter(pk=world.lyon.pk).update(name="Lyons")
    an_exception(world.stream)
    for address, before in (("plants", plants), ("exceptions", queue)):
        after = client.get(f"/api/v1/{address}", headers={"If-None-Match": before["ETag"]})
        assert after.status_code == 200
        assert after["ETag"] != before["ETag"]


def test_answers_are_kept_by_the_client_alone(world: World, as_user: LogIn) -> None:
    answer = as_user(world.admin).get("/api/v1/plants")
    assert {part.strip() for part in answer["Cache-Control"].split(",")} == {"private", "no-cache"}
    assert {"Accept", "Authorization", "Cookie"} <= {part.strip() for part in answer["Vary"].split(",")}
    refused = Client().get("/api/v1/plants")
    assert (refused["Cache-Control"], "ETag" in refused) == ("no-store", False)


def test_a_condition_that_fails_is_a_problem(world: World, as_user: LogIn) -> None:
    answer = as_user(world.admin).get("/api/v1/plants", headers={"If-Match": '"other"'})
    assert (answer.status_code, answer["Content-Type"]) == (412, "application/problem+json")


KPIS = "/api/v1/kpis?kpi=downtime,oee&from=2026-03-02&to=2026-03-08&by=equipment"


def known(client: Client, tag: str, address: str = KPIS) -> bool:
    answer = client.get(address, headers={"If-None-Match": tag})
    assert answer.status_code in {200, 304}
    assert (answer.content == b"") == (answer.status_code == 304)
    return answer.status_code == 304


def recomputed(world: World, new: Downtime) -> None:
    now = timezone.now()
    mark_spans([(world.press.pk, new.start, new.end)], now)
    refresh(now)


def test_values_that_are_known_are_not_computed_again(
    world: World, as_user: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    produced(world.press)
    client = as_user(world.lead)
    tag = client.get(KPIS)["ETag"]

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("mfgportal.api.kpi_values.evaluate", never)
    assert known(client, tag)
    assert known(client, f'"x", {tag}')


@pytest.mark.parametrize(
    "happens",
    [
        lambda world: recomputed(world, stop(world.press, MONDAY + timedelta(hours=6), 20)),
        lambda world: mark_spans([(world.press.pk, MONDAY, MONDAY)], timezone.now()),
        lambda world: HeldRecord.objects.create(
            exception=world.mine,
            raw=a_row(world.stream, "mrp.workcenter.productivity/77"),
            kind="downtime",
            start=MONDAY,
            plant=world.lyon,
        ),
        lambda world: Stream.objects.update(read_through=timezone.now()),
        lambda world: Equipment.objects.filter(pk=world.press.pk).update(name="Press one"),
        lambda world: Plant.objects.filter(pk=world.lyon.pk).update(timezone="Europe/Rome"),
        lambda world: ShiftComponents.objects.filter(equipment=world.press).delete(),
    ],
    ids=["components", "loaded", "held", "freshness", "name", "zone", "gone"],
)
def test_values_come_anew_when_what_they_follow_from_changes(
    world: World, as_user: LogIn, happens: Callable[[World], object]
) -> None:
    produced(world.press)
    client = as_user(world.lead)
    addresses = [KPIS, "/api/v1/kpis/components?kpi=oee&from=2026-03-02&to=2026-03-08"]
    tags = [client.get(address)["ETag"] for address in addresses]
    with transaction.atomic():
        happens(world)
    assert not any(known(client, tag, address) for tag, address in zip(tags, addresses, strict=True))


def test_what_happens_elsewhere_changes_nothing_here(world: World, as_user: LogIn) -> None:
    produced(world.press)
    client = as_user(world.lead)
    tag = client.get(KPIS)["ETag"]
    produced(world.lathe)
    an_exception(world.stream, plant=world.porto, holds=2)
    stop(world.press, MONDAY + timedelta(days=40), 20)
    mark_spans([(world.press.pk, MONDAY + timedelta(days=40), MONDAY + timedelta(days=41))], timezone.now())
    refresh(timezone.now())
    assert known(client, tag)


def test_another_question_or_person_has_another_tag(world: World, as_user: LogIn) -> None:
    tag = as_user(world.lead).get(KPIS)["ETag"]
    assert not known(as_user(world.lead), tag, KPIS.replace("oee", "mtbf"))
    assert not known(as_user(world.admin), tag)


def test_the_rules_are_part_of_it(world: World, as_user: LogIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client = as_user(world.lead)
    tag = client.get(KPIS)["ETag"]
    monkeypatch.setattr("mfgportal.api.state.RULES", "other")
    assert not known(client, tag)
