from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError

from mfgportal.accounts.models import Role
from sync import tasks
from sync.models import SyncRun
from tests.mfgportal.queue import XSS, LogIn, World, a_person, a_run, a_stream


def page_of(client: Client, address: str = "/sync/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_stream_shows_its_state_its_last_run_and_what_is_wrong(world: World, as_user: LogIn) -> None:
    a_stream(world.source, "late", read_through=timezone.now() - timedelta(hours=3))
    a_run(world.stream, status=SyncRun.Status.FAILED, read=1234, error="No answer")
    page = page_of(as_user(world.lead))
    assert "Late" in page
    assert "3 h" in page
    assert "1,234" in page
    assert f'href="/exceptions/{world.nobodys.pk}/"' in page


def test_it_asks_again_only_while_something_runs(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    run = a_run(world.stream)
    assert "every 2s" not in page_of(client)
    SyncRun.objects.filter(pk=run.pk).update(status=SyncRun.Status.RUNNING, total=40, read=10, ended_at=None)
    page = page_of(client)
    assert 'hx-trigger="every 2s"' in page
    assert '<progress max="100" value="25"' in page
    assert "10 of 40 rows" in page


def test_a_run_under_way_shows_its_rate_and_when_it_will_be_done(world: World, as_user: LogIn) -> None:
    run = a_run(world.stream)
    began = timezone.now()
    under_way = {"status": SyncRun.Status.RUNNING, "ended_at": None, "total": 73_000, "read": 1_000}
    SyncRun.objects.filter(pk=run.pk).update(
        **under_way, started_at=began, heartbeat_at=began + timedelta(seconds=100)
    )
    client = as_user(world.lead)
    for address in ("/sync/", f"/sync/runs/{run.pk}/"):
        page = page_of(client, address)
        assert "10 per second" in page or "10 rows per second" in page
        assert "2 h to go" in page


def test_a_run_shows_its_counts_and_its_error_as_text(world: World, as_user: LogIn) -> None:
    run = a_run(world.stream, status=SyncRun.Status.FAILED, error=XSS, started_by="lead")
    client = as_user(world.lead)
    for address in ("/sync/", f"/sync/runs/{run.pk}/"):
        assert XSS not in page_of(client, address)
    page = page_of(client, f"/sync/runs/{run.pk}/")
    assert "&lt;script&gt;" in page
    assert "by lead" in page
    assert client.get("/sync/runs/99999/").status_code == 404


def test_runs_are_filtered_by_the_address(world: World, as_user: LogIn) -> None:
    done = a_run(world.stream)
    failed = a_run(a_stream(world.source, "scrap"), status=SyncRun.Status.FAILED)
    client = as_user(world.lead)
    page = page_of(client, "/sync/?status=failed")
    runs = page[page.index('id="runs"') :]
    assert f"/sync/runs/{failed.pk}/" in runs
    assert f"/sync/runs/{done.pk}/" not in runs


@pytest.mark.parametrize(
    ("task", "address", "expected"),
    [
        ("run_stream", "/sync/streams/{stream}/run/", {"trigger": "manual", "by": "lead"}),
        ("sync_source", "/sync/sources/odoo/run/", {"by": "lead"}),
    ],
)
def test_a_run_by_hand_tells_a_worker_and_goes_back(
    world: World, as_user: LogIn, task: str, address: str, expected: dict[str, str]
) -> None:
    client = as_user(world.lead)
    with patch.object(getattr(tasks, task), "delay") as delay:
        answer = client.post(address.format(stream=world.stream.pk))
    assert (answer.status_code, answer["Location"]) == (302, "/sync/")
    assert delay.call_args.kwargs == expected
    assert "A worker was told to read Odoo" in page_of(client)


def test_a_queue_that_does_not_answer_is_said_clearly(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    with patch.object(tasks.run_stream, "delay", side_effect=OperationalError("refused")):
        client.post(f"/sync/streams/{world.stream.pk}/run/")
    page = page_of(client)
    assert "The task queue does not answer, so nothing was started." in page


def test_a_run_by_hand_needs_the_right_and_a_post(world: World, as_user: LogIn) -> None:
    manager = as_user(a_person("manager", Role.PLANT_MANAGER, world.lyon))
    assert "Run now" not in page_of(manager)
    assert manager.post(f"/sync/streams/{world.stream.pk}/run/").status_code == 403
    assert manager.post("/sync/sources/odoo/run/").status_code == 403
    assert as_user(world.lead).get("/sync/sources/odoo/run/").status_code == 405


def test_trouble_of_another_plant_is_not_told(world: World, as_user: LogIn) -> None:
    world.nobodys.plant = world.porto
    world.nobodys.save()
    assert world.nobodys.title not in page_of(as_user(world.lead))


def test_without_a_source_it_says_so(db: None, as_user: LogIn) -> None:
    assert "No source is connected" in page_of(as_user(a_person("admin", Role.ADMIN)))
