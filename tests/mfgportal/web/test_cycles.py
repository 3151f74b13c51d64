"""Dated ideal cycles on the machine's page: who may say so, and that production follows."""

import pytest
from django.test import Client

from kpis.cycles import begin
from kpis.models import IdealCycle, Operation, Production, StaleDay
from kpis.models.masters import EVER
from mfgportal.accounts.models import Role, User
from sync.models import SyncException
from sync.queue.writer import fingerprint
from tests.mfgportal.queue import LogIn
from tests.mfgportal.web.conftest import Counted, Floor, at
from tests.mfgportal.web.test_pages import text_of


@pytest.fixture
def stamp(floor: Floor) -> Operation:
    """The operation of all that the press made, at 30 s."""
    key = {"source": "odoo", "external_key": "operation/1"}
    made = Operation.objects.create(name="Stamp", equipment=floor.press, ideal_cycle_s=30, **key)
    begin([made])
    Production.objects.filter(equipment=floor.press).update(operation=made)
    return made


@pytest.fixture
def lead(floor: Floor, as_user: LogIn) -> Client:
    found = User.objects.create_user("lee", role=Role.MAINTENANCE_LEAD)
    found.plants.add(floor.lyon)
    return as_user(found)


def address(floor: Floor) -> str:
    return f"/equipment/{floor.press.pk}/cycles/"


def test_a_correction_restates_and_is_signed(floor: Floor, stamp: Operation, lead: Client) -> None:
    given = {"operation": stamp.pk, "seconds": "33.5", "valid_from": "2026-11-23T06:00"}
    answer = lead.post(address(floor), given)
    assert answer.status_code == 302, answer.content.decode()
    cycle = IdealCycle.objects.get(seconds=33.5)
    assert (cycle.valid_from, cycle.by) == (at(23, 5), "lee")  # Lyon is an hour ahead
    assert Production.objects.get(equipment=floor.press).ideal_cycle_s == 33.5
    assert StaleDay.objects.filter(equipment=floor.press, day=at(23, 5).date()).exists()
    text = text_of(lead, address(floor))
    assert "33.5" in text
    assert "since its first production" in text
    assert lead.post(f"{address(floor)}{cycle.pk}/withdraw/").status_code == 302
    assert Production.objects.get(equipment=floor.press).ideal_cycle_s == 30


def test_a_cycle_entered_settles_that_it_was_missing(floor: Floor, stamp: Operation, lead: Client) -> None:
    IdealCycle.objects.all().delete()
    told = SyncException.objects.create(
        kind="missing_ideal_cycle",
        fingerprint=fingerprint("missing_ideal_cycle", floor.source, stamp.external_key),
        title="No ideal cycle time",
        source=floor.source,
        plant=floor.lyon,
        equipment=floor.press,
    )
    assert address(floor) in lead.get(f"/exceptions/{told.pk}/").content.decode()
    assert lead.post(address(floor), {"operation": stamp.pk, "seconds": "20"}).status_code == 302
    told.refresh_from_db()
    assert told.status == "resolved"
    assert IdealCycle.objects.get().valid_from == EVER


@pytest.mark.parametrize("wrong", [{"seconds": "0"}, {"valid_from": "2099-01-01T00:00"}, {"operation": "0"}])
def test_wrong_words_come_back(floor: Floor, stamp: Operation, lead: Client, wrong: dict[str, str]) -> None:
    given = {"operation": stamp.pk, "seconds": "20", "valid_from": ""}
    assert lead.post(address(floor), given | wrong).status_code == 422
    assert IdealCycle.objects.get().seconds == 30


def test_the_first_cycle_is_not_taken_back(floor: Floor, stamp: Operation, lead: Client) -> None:
    assert lead.post(f"{address(floor)}{IdealCycle.objects.get().pk}/withdraw/").status_code == 404


def test_who_may(floor: Floor, stamp: Operation, everyone: Client, lead: Client) -> None:
    assert everyone.get(address(floor)).status_code == 200
    assert everyone.post(address(floor), {"operation": stamp.pk, "seconds": "20"}).status_code == 403
    assert lead.get(f"/equipment/{floor.lathe.pk}/cycles/").status_code == 404
    assert lead.post(f"/equipment/{floor.lathe.pk}/cycles/", {}).status_code == 404


def test_its_queries_do_not_grow(floor: Floor, stamp: Operation, lead: Client, counted: Counted) -> None:
    counted("cycles", lead, address(floor))
