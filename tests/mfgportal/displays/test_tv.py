"""Screens: read by a key alone, within its plant, until it expires or is revoked."""

from datetime import timedelta

import time_machine
from django.conf import LazySettings
from django.test import Client

from kpis.models import Equipment, WorkOrder
from mfgportal.accounts.models import Role, User
from mfgportal.displays.keys import digest, make
from mfgportal.displays.models import Display
from tests.factories import work_order
from tests.mfgportal.queue import LogIn
from tests.mfgportal.web.conftest import EVIL, NOW, Counted, Floor


def shown(key: str, query: str = "") -> tuple[int, str]:
    answer = Client().get(f"/tv/{key}/{query}")
    assert "sessionid" not in answer.cookies
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    return answer.status_code, answer.content.decode()


def screen(floor: Floor, **fields: object) -> tuple[Display, str]:
    boss, _ = User.objects.get_or_create(username="admin", role=Role.ADMIN)
    given = {"name": "Hall 1", "plant": floor.lyon, "expires_at": NOW + timedelta(days=30)} | fields
    made = make(Display(**given), boss)
    return made.display, made.key


def test_a_manager_makes_one_and_sees_its_address_once(floor: Floor, of_lyon: Client) -> None:
    given = {
        "name": "Hall 1",
        "place": f"line/{floor.line.pk}",
        "panels": ["oee", "stops"],
        "rotate": "0",
        "days": "90",
    }
    answer = of_lyon.post("/displays/add/", given)
    made = Display.objects.get()
    key = answer.content.decode().partition("/tv/")[2].partition("/")[0]
    assert made.key_digest == digest(key)
    assert (made.line, made.panels) == (floor.line, ["oee", "stops"])
    listed = of_lyon.get("/displays/").content.decode()
    assert "Hall 1" in listed
    assert "never" in listed
    assert key not in listed
    assert of_lyon.post("/displays/add/", given | {"place": f"plant/{floor.pune.pk}"}).status_code == 422


def test_only_who_manages_the_plant_sees_and_revokes(floor: Floor, of_lyon: Client, everyone: Client) -> None:
    display, key = screen(floor)
    foreign, _ = screen(floor, plant=floor.pune)
    assert everyone.get("/displays/").status_code == 403  # an executive reads, and manages nothing
    assert of_lyon.post(f"/displays/{foreign.pk}/revoke/").status_code == 404
    assert of_lyon.post(f"/displays/{display.pk}/revoke/").status_code == 302
    status, text = shown(key)
    assert (status, "revoked" in text, "Press 1" in text) == (410, True, False)


def test_a_screen_shows_its_plant_and_nothing_else(floor: Floor) -> None:
    due = work_order(
        floor.press, NOW - timedelta(days=2), None, title=EVIL, work_type="preventive", status="open"
    )
    WorkOrder.objects.filter(pk=due.pk).update(due_at=NOW - timedelta(hours=5))
    Equipment.objects.filter(pk=floor.press.pk).update(name=EVIL)
    _, key = screen(floor)
    status, text = shown(key)
    assert status == 200
    for part in ("Material availability", "2 h", "overdue 5 h", "OEE now", "Last shift", "Data of 11:00"):
        assert part in text
    assert EVIL not in text
    assert "&lt;script&gt;" in text
    assert "Lathe 1" not in text
    assert "Jo Fitter" not in text
    assert "EUR" not in text


def test_it_is_noted_as_used_at_most_once_a_minute(floor: Floor) -> None:
    display, key = screen(floor)
    shown(key)
    with time_machine.travel(NOW + timedelta(seconds=30), tick=False):
        shown(key)
    display.refresh_from_db()
    assert display.last_used_at == NOW


def test_queries_of_a_screen(floor: Floor, counted: Counted) -> None:
    _, key = screen(floor)
    counted("tv", Client(), f"/tv/{key}/")


def test_an_expired_key_and_a_wrong_one_show_nothing(floor: Floor) -> None:
    _, key = screen(floor, expires_at=NOW - timedelta(seconds=1))
    assert shown(key)[0] == 410
    assert shown("x" * 43)[0] == 404
    assert Client().post(f"/tv/{key}/").status_code == 405


def test_guessing_ends_soon(floor: Floor, settings: LazySettings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    assert {shown(f"wrong{n}")[0] for n in range(20)} == {404}
    assert shown("wrong")[0] == 429
    _, key = screen(floor)
    assert shown(key)[0] == 200  # a screen of the same address goes on


def test_lines_take_turns(floor: Floor) -> None:
    line = floor.line
    other = type(line).objects.create(plant=floor.lyon, name="Line B")
    Equipment.objects.create(plant=floor.lyon, line=other, name="Saw", code="SAW", work_unit=True)
    _, key = screen(floor, rotate_s=30)
    first, second = shown(key)[1], shown(key, "?at=1")[1]
    assert 'content="30; url=?at=1"' in first
    assert "1 of 2" in first
    assert "Saw" not in first
    assert "Saw" in second
    assert 'data-next="?at=0"' in second
    for odd in ("?at=7", "?at=-1", "?at=x", "?at=99999999"):
        assert shown(key, odd)[0] == 200


def test_old_data_is_said_to_be_old(floor: Floor) -> None:
    _, key = screen(floor)
    with time_machine.travel(NOW + timedelta(hours=6), tick=False):
        status, text = shown(key)
    assert status == 200
    assert "Data is 6 h old" in text


def test_pages_that_need_a_person_ask_for_one(floor: Floor, as_user: LogIn) -> None:
    for url in ("/displays/", "/executive/", "/executive.pdf", "/reports/"):
        assert Client().get(url).status_code == 302
