"""The way from an empty portal to the first dashboard, and of a plant that comes later."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kpis.models import Plant, ShiftCalendar
from mfgportal.accounts.models import Role, User
from mfgportal.onboarding import Onboarding, State
from mfgportal.web.welcome import readings, reminder
from sync.models import Stream, SyncRun
from tests.mfgportal.queue import LogIn, a_machine, a_person, a_plant, a_run, a_source, a_stream, an_exception

pytestmark = pytest.mark.django_db
DONE, NEXT, BLOCKED, RUNNING = State.DONE, State.NEXT, State.BLOCKED, State.RUNNING


@pytest.fixture
def integrator(as_user: LogIn) -> Client:
    return as_user(a_person("integrator", Role.INTEGRATOR))


def states() -> list[State]:
    return [step.state for step in of_integrator().steps]


def of_integrator() -> Onboarding:
    found = User.objects.filter(role=Role.INTEGRATOR).first()
    return Onboarding(found or a_person("integrator", Role.INTEGRATOR))


def read_through(stream: Stream) -> None:
    a_run(stream)
    Stream.objects.filter(pk=stream.pk).update(read_through=timezone.now())


def test_an_empty_portal_leads_step_by_step_to_its_first_dashboard(integrator: Client) -> None:
    assert states() == [NEXT, BLOCKED, BLOCKED, BLOCKED, BLOCKED, BLOCKED]
    assert "Connect the first source" in integrator.get("/").content.decode()

    stream = a_stream(a_source())
    assert states() == [DONE, NEXT, BLOCKED, BLOCKED, RUNNING, BLOCKED]

    read_through(stream)
    plant = a_plant()
    a_machine(plant)
    exception = an_exception(stream, plant=plant)
    assert states() == [DONE, DONE, NEXT, NEXT, DONE, BLOCKED]
    page = integrator.get("/welcome/").content.decode()
    assert f'href="/exceptions/?kind=unmapped_key&amp;plant={plant.pk}"' in page
    assert f'href="/plants/{plant.pk}/settings/"' in page
    assert "Plant: Lyon" in page

    exception.status = "resolved"
    exception.save()
    calendar = ShiftCalendar.objects.create(name="Two shifts")
    Plant.objects.update(calendar=calendar, history_from=date(2026, 3, 2))
    assert states() == [DONE] * 6
    page = integrator.get("/welcome/").content.decode()
    assert "The portal is set up" in page
    assert "Plant: Lyon" not in page
    assert 'hx-trigger="every' not in page, "nothing is left to wait for"


def test_a_source_that_fails_says_why() -> None:
    source = a_source(failures=2)
    a_run(a_stream(source, failures=2), status=SyncRun.Status.FAILED, error="password refused", read=0)
    _, check, *_ = of_integrator().steps
    assert check.state == NEXT
    assert "password refused" in check.said
    assert check.url == "/sources/odoo/check/"


def test_the_first_sync_tells_rows_rate_and_time_left(integrator: Client) -> None:
    began = timezone.now() - timedelta(seconds=10)
    run = a_run(a_stream(a_source()), status=SyncRun.Status.RUNNING, total=4000, read=1000, ended_at=None)
    SyncRun.objects.filter(pk=run.pk).update(started_at=began, heartbeat_at=began + timedelta(seconds=10))
    (reading,) = readings(of_integrator())
    assert (reading.read, reading.total, reading.share, reading.rate_per_s) == (1000, 4000, 25, 100.0)
    assert reading.left_s == pytest.approx(30, abs=5)
    page = integrator.get("/welcome/").content.decode()
    assert "1,000 of 4,000 rows" in page
    assert "100 per second" in page
    assert 'hx-trigger="every 3s"' in page
    assert "<noscript>" in page


def test_the_reminder_is_put_away_until_a_new_plant_comes(integrator: Client) -> None:
    read_through(a_stream(a_source()))
    a_machine(a_plant())
    assert "The set-up is not complete. Plants: Lyon." in integrator.get("/").content.decode()
    integrator.post("/welcome/put-away/")
    assert "The set-up is not complete" not in integrator.get("/").content.decode()
    a_plant("Porto")
    assert "New: Porto." in integrator.get("/").content.decode()
    integrator.post("/welcome/put-away/")
    assert "choose shifts" in integrator.get("/").content.decode()


def test_only_those_who_connect_sources_are_reminded(as_user: LogIn) -> None:
    plant = a_plant()
    manager = a_person("manager", Role.PLANT_MANAGER, plant)
    assert reminder(manager) is None
    client = as_user(manager)
    assert client.get("/welcome/").status_code == 403
    assert client.post("/welcome/put-away/").status_code == 403
    assert 'href="/welcome/"' not in client.get("/glossary/").content.decode()
