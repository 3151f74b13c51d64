import re
from datetime import timedelta

from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from sync.heartbeat import beat
from sync.models import Source, Stream
from tests.mfgportal.queue import LogIn, World, a_run, a_stream
from tests.mfgportal.web.conftest import Counted


def text_of(client: Client) -> str:
    answer = client.get("/monitor/")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_it_shows_each_stream_with_its_figures_and_its_runs(world: World, as_user: LogIn) -> None:
    now = timezone.now()
    Stream.objects.filter(pk=world.stream.pk).update(read_through=now - timedelta(hours=3))
    a_run(world.stream, status="failed", ended_at=now)
    for _ in range(3):
        a_run(world.stream, ended_at=now + timedelta(seconds=4))
    client = as_user(world.lead)
    text = text_of(client)
    assert "75 % 75 % in 7 d" in text
    assert "3 h 15 min allowed" in text
    assert "Streams in trouble 1 of 1" in text
    page = client.get("/monitor/").content.decode()
    assert page.count('class="run-done"') == 3
    assert page.count('class="run-failed"') == 1
    assert 'aria-label="The last 4 runs, 1 of them failed"' in page


def test_only_exceptions_of_ones_plants_are_counted(world: World, as_user: LogIn) -> None:
    assert "Open exceptions 2 in all" in text_of(as_user(world.lead))
    assert "Open exceptions 3 in all" in text_of(as_user(world.admin))
    assert "Records held back 3 " in text_of(as_user(world.lead))


def test_a_worker_that_stands_still_is_told(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    assert "Worker’s last tick never" in text_of(client)
    assert 'class="bad"' in client.get("/monitor/").content.decode()
    beat()
    assert re.search(r"last tick \d s ago", text_of(client))
    assert 'class="bad"' not in client.get("/monitor/").content.decode()


def test_it_works_without_the_broker(world: World, as_user: LogIn, settings: LazySettings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert "Messages in the broker no answer" in text_of(as_user(world.lead))


def test_a_source_that_is_left_alone_says_until_when(world: World, as_user: LogIn) -> None:
    Source.objects.update(failures=6, open_until=timezone.now() + timedelta(minutes=5, seconds=30))
    assert "Left alone until it answers Next try in 5 min, after 6 failures." in text_of(as_user(world.lead))


def test_it_keeps_itself_up_to_date_and_nothing_is_inline(world: World, as_user: LogIn) -> None:
    a_run(world.stream)
    client = as_user(world.lead)
    page = client.get("/monitor/").content.decode()
    assert 'hx-trigger="every 10s"' in page
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)
    parts = client.get("/monitor/", headers={"HX-Request": "true"}).content.decode()
    assert 'id="monitor"' in parts
    assert "<nav id=" not in parts


def test_it_is_empty_without_a_source(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    Source.objects.all().delete()
    assert "No source is connected" in text_of(client)
    assert "The queue is empty" in text_of(client)


def test_queries_are_as_recorded(world: World, as_user: LogIn, counted: Counted) -> None:
    a_run(world.stream)
    client = as_user(world.lead)
    counted("monitor", client, "/monitor/")
    for name in ("a", "b", "c"):
        a_run(a_stream(world.source, name))
    counted("monitor", client, "/monitor/")
