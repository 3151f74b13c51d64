"""From a planted defect at the source to a healed number: through the pages, over the real connectors."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from kpis.models import Downtime, Equipment, Plant, StaleDay, WorkOrder
from kpis.rollup import refresh
from mfgportal.accounts.models import Role
from sync import demo
from sync.exceptions import fields_to_correct
from sync.exceptions.backlog import work_off
from sync.models import Stream, SyncException
from sync.replay import release_all
from sync.run import run_stream
from sync.sandbox import Factory, Sandbox, serve
from tests.mfgportal.queue import LogIn, a_person

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
"""Fixed, since another day's factory has other defects."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve(Factory(seed=7, days=12, machines=4, now=NOW)) as running:
        yield running


@pytest.fixture
def lead(db: None, sandbox: Sandbox, as_user: LogIn) -> Client:
    """Both stand-ins are read, the components computed; the maintenance lead of Lyon is logged in."""
    demo.seed(odoo_url=sandbox.odoo_url, atlas_url=sandbox.atlas_url)
    for stream in Stream.objects.order_by("rank", "source__name"):
        run_stream(stream.pk)
    release_all()
    refresh(timezone.now())
    return as_user(a_person("lead", Role.MAINTENANCE_LEAD, Plant.objects.get(name="Lyon")))


def oee(client: Client, machine: Equipment, **days: str) -> float | None:
    period = days or {"period": "last_30_days"}
    answer = client.get("/api/v1/kpis", {"kpi": "oee", "equipment": str(machine.pk)} | period)
    value: float | None = answer.json()[0]["value"]
    return value


def page_of(client: Client, exception: SyncException) -> str:
    return client.get(f"/exceptions/{exception.pk}/", {"target": "presse"}).content.decode()


def test_mapping_an_unknown_machine_releases_what_waited_and_gives_it_an_oee(lead: Client) -> None:
    unknown = SyncException.objects.get(title="Unknown machine: Schuler 400 t")
    press = Equipment.objects.get(name="Presse Nord")
    waiting = unknown.held_records.count()
    assert waiting > 100
    assert oee(lead, press) is None
    assert f'name="target" value="{press.pk}"' in page_of(lead, unknown)

    answer = lead.post(f"/exceptions/{unknown.pk}/map/", {"target": press.pk})
    assert answer.status_code == 302
    page = page_of(lead, unknown)
    # Its own record, of which its calendar is, was loaded at once.
    left = unknown.held_records.count()
    assert 200 < left < waiting
    assert f"{left} records that waited are loaded now" in page
    assert f"Loading… {left} to go" in page
    work_off(unknown.pk)
    page = page_of(lead, unknown)
    assert "records entered the numbers" in page
    assert "Loading…" not in page
    assert "Computing again…" in page
    assert 'hx-trigger="every 2s"' in page
    assert StaleDay.objects.filter(equipment=press).exists()

    refresh(timezone.now())
    page = page_of(lead, unknown)
    assert "Computing again…" not in page
    assert "every 2s" not in page
    touched = re.search(rf'href="/equipment/{press.pk}/\?from=([\d-]+)&amp;to=([\d-]+)"', page)
    assert touched is not None
    healed = oee(lead, press, **{"from": touched[1], "to": touched[2]})
    assert healed is not None
    assert 0 < healed < 1
    assert f"{healed * 100:.1f}" in page
    assert "Mapped to Presse Nord (A-10442)." in page


def test_correcting_an_impossible_end_brings_the_stop_into_the_numbers(lead: Client) -> None:
    rejected = SyncException.objects.filter(kind="rejected_value", title__endswith="end rejected")[0]
    field = fields_to_correct(rejected)[0]
    assert field["field"] == "end"
    start = next(each["value"] for each in fields_to_correct(rejected) if each["field"] == "start")
    end = datetime.fromisoformat(start) + timedelta(minutes=2)
    given = {name: field[name] for name in ("external_key", "field")} | {"reason": "Read off the shift log"}

    answer = lead.post(f"/exceptions/{rejected.pk}/correct/", given | {"value": "soon"})
    assert answer.status_code == 422
    assert "Enter a valid date/time." in answer.content.decode()

    local = f"{end.astimezone(rejected_zone(rejected)):%Y-%m-%dT%H:%M:%S}"
    answer = lead.post(f"/exceptions/{rejected.pk}/correct/", given | {"value": local})
    assert answer.status_code == 302
    assert "Read off the shift log" in page_of(lead, rejected)
    assert Downtime.objects.get(external_key=field["external_key"]).end == end.replace(microsecond=0)


def rejected_zone(exception: SyncException) -> ZoneInfo:
    assert exception.plant is not None
    return ZoneInfo(exception.plant.timezone)


def test_suggestions_are_of_the_own_plants_only(lead: Client) -> None:
    unknown = SyncException.objects.get(title="Unknown machine: Hammer shop H")
    page = lead.get(f"/exceptions/{unknown.pk}/").content.decode()
    assert "Forge press old" not in page


def test_saying_which_system_is_right_settles_a_status_that_differs(lead: Client) -> None:
    mismatch = SyncException.objects.filter(kind="status_mismatch", plant__name="Lyon")[0]
    sides = mismatch.context["sides"]
    for side in sides:
        assert f'name="source" value="{side["source"]}"' in page_of(lead, mismatch)
    answer = lead.post(f"/exceptions/{mismatch.pk}/take/", {"source": "odoo", "reason": "Seen on the floor"})
    assert answer.status_code == 302
    page = page_of(lead, mismatch)
    assert "Both systems count with the same status here." in page
    assert "Seen on the floor" in page
    order = WorkOrder.objects.get(pk=mismatch.context["work_order"])
    assert order.status.replace("_", " ") == sides[1]["value"]
