"""The page of an event: its fields, its source row, what it touches."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from kpis.models import StatusChange, Technician, WorkOrder
from mfgportal.accounts.models import Role, User
from sync.models import RawRecord
from tests.factories import output, run
from tests.mfgportal.web.conftest import EVIL, Floor, at


def page(client: Client, kind: str, pk: int) -> str:
    answer = client.get(f"/events/{kind}/{pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_stop_shows_its_fields_in_plant_time(floor: Floor, everyone: Client) -> None:
    text = page(everyone, "downtime", floor.failure.pk)
    assert "Mon 23 Nov 2026, 12:30:00 CET" in text
    assert "<dd>1 h</dd>" in text
    assert "Europe/Paris" in text


def test_the_row_is_shown_as_the_source_sent_it_and_as_text(floor: Floor, everyone: Client) -> None:
    text = page(everyone, "downtime", floor.failure.pk)
    assert EVIL not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "mrp.workcenter.productivity/7" in text
    assert str(floor.failure.trace_id) in text


def test_it_leads_to_the_source(floor: Floor, everyone: Client) -> None:
    text = page(everyone, "downtime", floor.failure.pk)
    assert re.search(r'href="https://odoo\.example/[^"]+"', text)


def test_it_leads_to_the_timeline_of_its_production_day(floor: Floor, everyone: Client) -> None:
    night = run(floor.press, at(24, 2), 60)  # before six: of Monday's production day
    day = f"/equipment/{floor.press.pk}/shifts/2026-11-23/0/"
    assert f'href="{day}"' in page(everyone, "run", night.pk)
    assert everyone.get(day).status_code == 200
    assert "Timeline of the day" not in page(everyone, "work-order", floor.order.pk)


def test_a_stop_and_its_work_order_lead_to_each_other(floor: Floor, everyone: Client) -> None:
    assert f"/events/work-order/{floor.order.pk}/" in page(everyone, "downtime", floor.failure.pk)
    assert f"/events/downtime/{floor.failure.pk}/" in page(everyone, "work-order", floor.order.pk)


def test_who_worked_is_shown_to_those_who_may_see_it(floor: Floor, everyone: Client) -> None:
    """Others see the same number for the same person, also in the row as it came."""
    who = Technician.objects.get()
    WorkOrder.objects.filter(pk=floor.order.pk).update(assigned_to=who)
    row = {"id": 1, "createdBy": {"name": "Jo Fitter"}, "title": "Seal"}
    stream = floor.source.streams.get()
    RawRecord.objects.create(
        stream=stream, external_key="wo/1", digest=b"1" * 16, payload=row, trace_id=uuid4()
    )
    WorkOrder.objects.filter(pk=floor.order.pk).update(source="odoo", external_key="wo/1")
    hidden = page(everyone, "work-order", floor.order.pk)
    assert "Jo Fitter" not in hidden
    assert hidden.count(f"Technician {who.pk}") == 2
    assert "&quot;title&quot;: &quot;Seal&quot;" in hidden
    lead = Client()
    lead.force_login(User.objects.create_user("lead", role=Role.MAINTENANCE_LEAD))
    User.objects.get(username="lead").plants.add(floor.lyon)
    assert page(lead, "work-order", floor.order.pk).count("Jo Fitter") == 3


def test_a_work_order_shows_labour_and_parts(floor: Floor, everyone: Client) -> None:
    text = page(everyone, "work-order", floor.order.pk)
    assert "41.00 EUR/h" in text
    assert "Seal" in text
    assert "19.50 EUR" in text
    assert "Crane" in text
    assert "240.00 EUR" in text
    assert "Crane by ERP" not in text


def test_a_work_order_shows_the_statuses_it_went_through(floor: Floor, everyone: Client) -> None:
    order = floor.order
    seen = {"work_order": order, "source": order.source, "external_key": order.external_key}
    first = StatusChange.objects.create(
        **seen, status_to="open", stage_to=EVIL, at=at(2, 6), basis="created", seen_at=at(2, 7)
    )
    StatusChange.objects.create(**seen, status_from="open", status_to="on_hold", seen_at=at(2, 8))
    body = page(everyone, "work-order", order.pk)
    assert "Status history" in body
    assert body.index("when it was created") < body.index("when we saw it")
    assert "On hold" in body
    assert EVIL not in body
    first.delete()
    assert "Status history" not in page(everyone, "downtime", floor.failure.pk)


def test_exceptions_about_the_record_are_named(floor: Floor, everyone: Client) -> None:
    floor.exception.external_key = floor.failure.external_key
    floor.exception.save()
    assert "Unknown reason: Tea" in page(everyone, "downtime", floor.failure.pk)


def test_what_the_source_no_longer_has_is_said(floor: Floor, everyone: Client) -> None:
    floor.failure.deleted_at = at(24, 1)
    floor.failure.save()
    assert "no longer has this record" in page(everyone, "downtime", floor.failure.pk)


@pytest.mark.parametrize("kind", ["run", "production"])
def test_runs_and_production_have_pages(kind: str, floor: Floor, everyone: Client) -> None:
    made = run(floor.press, at(20, 6), 30) if kind == "run" else output(floor.press, at(20, 6), 30, 40)
    assert "20 Nov 2026, 07:00:00 CET" in page(everyone, kind, made.pk)


def test_an_unknown_kind_does_not_exist(floor: Floor, everyone: Client) -> None:
    assert everyone.get(f"/events/dream/{floor.failure.pk}/").status_code == 404


def test_a_micro_stop_says_what_it_counts_as(floor: Floor, everyone: Client) -> None:
    floor.failure.end = at(23, 11, 33)
    floor.failure.save()
    assert "Micro-stop" in page(everyone, "downtime", floor.failure.pk)
