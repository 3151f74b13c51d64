from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mfgportal.web.flow_forms import SpanField, written
from sync.models import Stream
from tests.mfgportal.queue import XSS, LogIn, World, a_stream
from tests.mfgportal.web.conftest import Counted

GOOD = {
    "every_s": "2 min",
    "refresh_every_s": "1 d",
    "acceptable_delay_s": "1 h 30 min",
    "criticality": "high",
    "reconciliation": "",
}


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def flow_url(world: World) -> str:
    return f"/flows/{world.stream.pk}/"


def test_the_registry_lists_every_stream_by_source(world: World, as_user: LogIn) -> None:
    a_stream(world.source, "late", read_through=timezone.now() - timedelta(hours=3), every_s=90, title=XSS)
    page = page_of(as_user(world.lead), "/flows/")
    assert f'href="{flow_url(world)}"' in page
    assert "every 1 min 30 s" in page
    assert '<span class="late-age">3 h</span>' in page
    assert XSS not in page


def test_an_administrator_changes_a_policy_and_it_is_kept_who_did(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    assert client.post(flow_url(world), GOOD)["Location"] == flow_url(world)
    stream = Stream.objects.get(pk=world.stream.pk)
    assert (stream.every_s, stream.refresh_every_s, stream.acceptable_delay_s) == (120, 86400, 5400)
    page = page_of(client, flow_url(world))
    assert 'value="2 min"' in page
    changes = page[page.index("changes-title") :]
    assert "admin" in changes
    assert "Criticality" in changes
    assert "Changed from the standard" in page_of(client, "/flows/")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("every_s", "2", "Write it with its unit"),
        ("every_s", "1 s", "Between 5 seconds and seven days"),
        ("every_s", "", "This field is required"),
        ("acceptable_delay_s", "1 min", "or it would always be late"),
        ("refresh_every_s", "1 min", "more often than what changed"),
        ("criticality", "immense", "not one of the available choices"),
        ("reconciliation", "magic", "not one of the available choices"),
    ],
)
def test_what_cannot_hold_is_told_at_its_field(
    world: World, as_user: LogIn, field: str, value: str, words: str
) -> None:
    answer = as_user(world.admin).post(flow_url(world), GOOD | {field: value})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Stream.objects.get(pk=world.stream.pk).every_s == 60


def test_others_see_it_but_change_nothing(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    page = page_of(client, flow_url(world))
    assert "Read now" in page
    assert 'name="every_s"' not in page
    assert client.post(flow_url(world), GOOD).status_code == 403
    assert client.post(f"{flow_url(world)}switch/").status_code == 403
    assert Stream.objects.get(pk=world.stream.pk).every_s == 60


def test_a_stream_is_paused_and_read_again(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    for enabled in (False, True):
        client.post(f"{flow_url(world)}switch/")
        assert Stream.objects.get(pk=world.stream.pk).enabled is enabled
    assert client.get(f"{flow_url(world)}switch/").status_code == 405
    assert client.get("/flows/99999/").status_code == 404


def test_what_is_wrong_with_it_is_linked(world: World, as_user: LogIn) -> None:
    assert f'href="/exceptions/{world.nobodys.pk}/"' in page_of(as_user(world.lead), flow_url(world))


def test_queries_are_as_recorded(world: World, as_user: LogIn, counted: Counted) -> None:
    client = as_user(world.admin)
    client.post(flow_url(world), GOOD)
    counted("flows", client, "/flows/")
    counted("flow", client, flow_url(world))
    for name in ("a", "b", "c"):
        a_stream(world.source, name)
    counted("flows", client, "/flows/")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90 s", 90), ("15min", 900), (" 1 D 6 h ", 108000), ("2 h 1 min 1 s", 7261), ("", None)],
)
def test_spans_are_read_as_people_write_them(text: str, seconds: int | None) -> None:
    assert SpanField(required=False).clean(text) == seconds


@pytest.mark.parametrize("seconds", [0, 5, 60, 90, 3661, 90061, 604800])
def test_what_is_written_is_read_to_the_second(seconds: int) -> None:
    assert SpanField().clean(written(seconds)) == seconds
