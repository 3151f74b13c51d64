"""Where two are asked for, one alone changes neither a system of record nor a mapping."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from mfgportal.accounts.models import Role
from mfgportal.approvals.models import Proposal
from sync.models import Ownership, Source
from tests.mfgportal.queue import LogIn, World, a_person


@pytest.fixture(autouse=True)
def two_needed(settings: Any) -> None:
    settings.APPROVALS_REQUIRED = True


@pytest.fixture
def one(world: World, as_user: LogIn) -> Client:
    return as_user(world.admin)


@pytest.fixture
def other(world: World, as_user: LogIn) -> Client:
    return as_user(a_person("second", Role.INTEGRATOR))


def owner_of(kind: str) -> str:
    return Ownership.objects.get(kind=kind, field="").source.name


@pytest.fixture
def proposal(world: World, one: Client) -> Proposal:
    """The administrator wants Atlas to be the system of record of plants."""
    Source.objects.create(name="atlas", title="Atlas", connector="atlas", url="https://atlas.example")
    Ownership.objects.update_or_create(kind="equipment", field="", defaults={"source": world.source})
    given = {row.kind: row.source.name for row in Ownership.objects.filter(field="")}
    answer = one.post("/sources/ownership/", given | {"equipment": "atlas"})
    assert answer.headers["Location"] == "/sources/approvals/"
    return Proposal.objects.get()


def decide(client: Client, proposal: Proposal, how: str, **given: str) -> str:
    client.post(f"/sources/approvals/{proposal.pk}/{how}/", given)
    proposal.refresh_from_db()
    return proposal.status


def test_nothing_is_in_force_before_and_the_impact_is_shown(proposal: Proposal, other: Client) -> None:
    assert owner_of("equipment") == "odoo"
    text = other.get("/sources/approvals/").content.decode()
    assert "Equipment: odoo → atlas" in text
    assert "records would take other values now" in text


def test_one_cannot_approve_ones_own(proposal: Proposal, one: Client, other: Client) -> None:
    assert decide(one, proposal, "approve") == "pending"
    assert owner_of("equipment") == "odoo"
    assert decide(other, proposal, "approve") == "approved"
    assert (owner_of("equipment"), proposal.decided_by) == ("atlas", "second")


def test_it_is_rejected_for_a_reason_and_only_once(proposal: Proposal, other: Client) -> None:
    assert decide(other, proposal, "reject") == "pending"
    assert decide(other, proposal, "reject", reason="Odoo is right") == "rejected"
    assert decide(other, proposal, "approve") == "rejected"
    assert owner_of("equipment") == "odoo"


def test_what_has_changed_since_is_not_overwritten(proposal: Proposal, other: Client) -> None:
    third = Source.objects.create(name="mes", title="MES", connector="atlas", url="https://mes.example")
    Ownership.objects.filter(kind="equipment", field="").update(source=third)
    assert decide(other, proposal, "approve") == "pending"
    assert owner_of("equipment") == "mes"


def test_a_mapping_waits_while_the_rest_is_saved(world: World, one: Client, other: Client) -> None:
    given = {"title": "New", "url": "https://odoo.example", "options": '{"page_size": 7}'}
    one.post("/sources/odoo/", given)
    source = Source.objects.get(name="odoo")
    assert (source.title, source.options) == ("New", {})
    assert decide(other, Proposal.objects.get(), "approve") == "approved"
    source.refresh_from_db()
    assert source.options == {"page_size": 7}


def test_the_command_line_is_no_way_around_it(proposal: Proposal, other: Client) -> None:
    said = StringIO()
    call_command("approve", stdout=said)
    assert f"{proposal.pk}  Equipment: odoo → atlas" in said.getvalue()
    for by, why in (("admin", "another person has to"), ("lead", "may not manage sources"), ("", "Say who")):
        with pytest.raises(CommandError, match=why):
            call_command("approve", proposal.pk, by=by)
    call_command("approve", proposal.pk, by="second", stdout=said)
    assert owner_of("equipment") == "atlas"
    with pytest.raises(CommandError, match="APPROVALS_REQUIRED"):
        call_command("source", "add", "atlas", connector="atlas", options='{"page_size": 3}')
