"""Each page of a place: what it shows, to whom, at what cost."""

import re

import pytest
from django.test import Client

from kpis.definitions import CATALOGUE
from kpis.rollup import rebuild
from mfgportal.accounts.models import Role, User
from tests.factories import make_history, make_line, make_machine, make_plant, stop
from tests.mfgportal.web.conftest import NOW, Counted, Floor, at

WEEK = "?from=2026-11-18&to=2026-11-24"


def urls(floor: Floor) -> dict[str, str]:
    return {
        "overview": f"/{WEEK}",
        "plant": f"/plants/{floor.lyon.pk}/{WEEK}",
        "line": f"/lines/{floor.line.pk}/{WEEK}",
        "equipment": f"/equipment/{floor.press.pk}/{WEEK}",
        "compressor": f"/equipment/{floor.compressor.pk}/{WEEK}",
        "shift": f"/equipment/{floor.press.pk}/shifts/2026-11-23/1/",
        "day": f"/equipment/{floor.press.pk}/shifts/2026-11-23/0/",
        "stop": f"/events/downtime/{floor.failure.pk}/",
        "order": f"/events/work-order/{floor.order.pk}/",
        "glossary": "/glossary/",
    }


PAGES = ("overview", "plant", "line", "equipment", "compressor", "shift", "day", "stop", "order", "glossary")


def text_of(client: Client, url: str) -> str:
    """The page's words, tags and blanks taken out."""
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.mark.parametrize("name", PAGES)
def test_a_page_comes_whole_and_in_parts(name: str, floor: Floor, everyone: Client) -> None:
    url = urls(floor)[name]
    whole = everyone.get(url).content.decode()
    parts = everyone.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<!doctype html>" in whole
    assert parts.startswith("<title>")
    assert "<nav id=" not in parts
    assert parts.count("<h1") == 1


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_inline(name: str, floor: Floor, everyone: Client) -> None:
    text = everyone.get(urls(floor)[name]).content.decode()
    assert " style=" not in text
    assert "<style" not in text
    assert not re.search(r"<script(?![^>]*(src=|application/json))", text)
    assert not re.search(r"\son\w+=", text)


@pytest.mark.parametrize("name", PAGES)
def test_queries_are_as_recorded(name: str, floor: Floor, everyone: Client, counted: Counted) -> None:
    counted(name, everyone, urls(floor)[name])


def test_queries_do_not_grow_with_places(floor: Floor, everyone: Client, counted: Counted) -> None:
    machines = [make_machine(floor.lyon, f"Press {number}", line=floor.line) for number in range(2, 12)]
    made = make_line(make_plant("Osaka", "Asia/Tokyo"), "Line O", 3)
    make_history([*machines, *made.equipment.all()], NOW.date(), 5, until=NOW)
    rebuild(NOW)
    for name in ("overview", "plant", "line"):  # two more at most: orders have runs and counts elsewhere
        counted(f"{name}_of_many", everyone, urls(floor)[name])


def test_foreign_places_and_events_do_not_exist(floor: Floor, of_lyon: Client) -> None:
    for url in (
        f"/plants/{floor.pune.pk}/",
        f"/equipment/{floor.lathe.pk}/",
        f"/equipment/{floor.lathe.pk}/shifts/2026-11-23/1/",
        f"/events/downtime/{floor.foreign.pk}/",
    ):
        assert of_lyon.get(url).status_code == 404, url
    text = text_of(of_lyon, "/")
    assert "Lyon" in text
    assert "Pune" not in text


def test_own_plant_alone_is_in_the_sum(floor: Floor, of_lyon: Client, everyone: Client) -> None:
    assert "Failures 1 " in text_of(of_lyon, f"/{WEEK}")
    assert "Failures 2 " in text_of(everyone, f"/{WEEK}")


def test_a_machine_shows_figures_reckoned_by_hand(floor: Floor, everyone: Client) -> None:
    text = text_of(everyone, f"/equipment/{floor.press.pk}/?from=2026-11-23&to=2026-11-23")
    assert "Availability 86.7 %" in text
    assert "Performance 89.7 %" in text
    assert "Quality 98.0 %" in text
    assert "OEE 76.2 %" in text
    assert "MTTR 60 min" in text
    assert "Equipment failure Breakdown 60 min 1 100 % 100 %" in text


def test_a_tile_opens_to_what_it_is_made_of(floor: Floor, everyone: Client) -> None:
    text = text_of(everyone, f"/equipment/{floor.press.pk}/?from=2026-11-23&to=2026-11-23")
    assert "OEE = Availability × Performance × Quality" in text
    assert "Numerator 5.7 h Ideal time of good units" in text
    assert CATALOGUE["oee"].standard in text
    assert "source records wait in the exception queue" in text


def test_what_is_held_back_is_said_and_leads_to_its_cause(floor: Floor, everyone: Client) -> None:
    answer = everyone.get(f"/equipment/{floor.press.pk}/{WEEK}").content.decode()
    assert "Unknown reason: Tea" in answer
    assert f'href="/exceptions/{floor.exception.pk}/"' in answer


def test_undefined_is_a_dash_with_its_reason_and_bound(floor: Floor, everyone: Client) -> None:
    text = text_of(everyone, f"/equipment/{floor.compressor.pk}/{WEEK}")
    assert "MTBF — No failure in this period At least" in text
    assert "no OEE" in text


def test_a_reason_opens_to_machines_and_on_a_machine_to_stops(floor: Floor, everyone: Client) -> None:
    reason = floor.failure.reason_id
    plant = everyone.get(f"/plants/{floor.lyon.pk}/{WEEK}&reason={reason}").content.decode()
    assert f"/equipment/{floor.press.pk}/{WEEK}".replace("&", "&amp;") in plant
    machine = everyone.get(f"/equipment/{floor.press.pk}/{WEEK}&reason={reason}").content.decode()
    assert 'id="behind"' in machine
    assert f"/events/downtime/{floor.failure.pk}/" in machine


def test_a_breakdown_that_two_systems_tell_of_is_one_row(floor: Floor, everyone: Client) -> None:
    twin = stop(floor.press, at(23, 11, 40), 80, "unspecified-failure", source="atlas", external_key="d/1")
    alone = stop(floor.press, at(23, 15), 10, source="atlas", external_key="d/2")
    latest = everyone.get(f"/equipment/{floor.press.pk}/?from=2026-11-23&to=2026-11-23").content.decode()
    latest = latest[latest.index("Latest stops") : latest.index("</section>", latest.index("Latest stops"))]
    assert latest.count("<tr>") == 3
    assert "One stop, told by" in latest
    assert "1 h 30 min" in latest
    for one in (floor.failure, twin, alone):
        assert f"/events/downtime/{one.pk}/" in latest


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("period=moon", "is not a period"),
        ("from=2026-11-20&to=2026-11-10", "before it begins"),
        ("grain=shift&period=last_90_days", "31 days at most"),
        ("trend=beauty", "has no trend"),
        ("sort=beauty", "cannot be sorted by"),
        ("reason=999999", "There is no reason"),
        ("reason=x", "There is no reason"),
    ],
)
def test_an_address_that_cannot_be_shown_says_why(
    query: str, words: str, floor: Floor, everyone: Client
) -> None:
    answer = everyone.get(f"/?{query}")
    assert answer.status_code == 400
    assert words in answer.content.decode()


@pytest.mark.parametrize("sort", ["name", "downtime", "mttr"])
def test_what_does_not_produce_stands_apart(sort: str, floor: Floor, everyone: Client) -> None:
    text = text_of(everyone, f"/plants/{floor.lyon.pk}/{WEEK}&sort={sort}")
    machines = text[text.index("A heading sorts by it") :]
    assert machines.index("Press 1 PRESS-1") < machines.index("Maintenance figures only")
    assert re.search(r"Maintenance figures only .* Compressor COMPRESSOR 0 h", machines)


def test_machines_are_sorted_worst_first(floor: Floor, everyone: Client) -> None:
    make_machine(floor.lyon, "An idle press", line=floor.line)
    text = text_of(everyone, f"/lines/{floor.line.pk}/{WEEK}&sort=downtime")
    text = text[text.index("A heading sorts by it") :]
    assert text.index("Press 1 PRESS-1") < text.index("An idle press")


def figures_of(client: Client, url: str) -> str:
    """The words of the period's tiles and what follows, without what the page says of now."""
    text = text_of(client, url)
    return text[text.index("Not yet") :]


def test_a_total_of_a_day_that_is_not_over_is_only_so_far(floor: Floor, everyone: Client) -> None:
    today = figures_of(everyone, f"/equipment/{floor.press.pk}/?period=today")
    assert re.search(r"Failures 0 −1 so far", today)
    monday = figures_of(everyone, f"/equipment/{floor.press.pk}/?from=2026-11-23&to=2026-11-23")
    assert not re.search(r"−\d+ (% )?so far", monday)


def test_an_empty_portal_says_what_comes_next(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("admin", role=Role.ADMIN))
    assert "Connect the first source" in client.get("/").content.decode()
    other = User.objects.create_user("manager", role=Role.PLANT_MANAGER)
    client.force_login(other)
    assert "No source connected yet" in client.get("/").content.decode()
    make_plant()
    assert "No plant in your account" in client.get("/").content.decode()


def test_stale_data_is_said(floor: Floor, everyone: Client) -> None:
    floor.source.streams.update(read_through=NOW.replace(hour=2))
    assert "late: Productivity" in text_of(everyone, "/")


def test_no_machine_without_calendar_is_passed_off_as_planned(floor: Floor, everyone: Client) -> None:
    floor.lyon.calendar = None
    floor.lyon.save()
    assert "planned round the clock" in text_of(everyone, f"/equipment/{floor.press.pk}/")
