"""The pages of reliability: what they say, of whom, to whom, and at what cost."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from kpis.rollup import rebuild
from mfgportal.web import reliability_words as words
from tests.factories import make_machine, run, stop
from tests.mfgportal.web.conftest import NOW, Counted, Floor, at
from tests.mfgportal.web.test_pages import WEEK, text_of

MONTH = "?from=2026-10-26&to=2026-11-24"


@pytest.fixture
def busy(floor: Floor) -> Floor:
    """Presses of a class, of which the first fails ever more often, and one that never does."""
    floor.press.equipment_class = "Press"
    floor.press.save()
    presses = [
        make_machine(floor.lyon, f"Press {n}", line=floor.line, equipment_class="Press") for n in (2, 3)
    ]
    for press in (floor.press, *presses):
        for day in range(2, 21):
            run(press, at(day, 5), 16 * 60)
    for day in (6, 11, 13, 16, 17, 17, 18, 18, 19, 19, 20, 20, 20):
        stop(floor.press, at(day, 6) + timedelta(minutes=61 * (day % 7 + day)), 20)
    stop(presses[0], at(10, 7), 45)
    rebuild(NOW)
    return floor


def test_the_worst_comes_first_and_stands_out(busy: Floor, everyone: Client) -> None:
    text = text_of(everyone, f"/reliability/{MONTH}")
    places = [text.index(f"Machine page of Press {n} ") for n in (1, 2, 3)]
    assert places == sorted(places)
    assert "3 machines, " in text
    assert "rises" in text
    assert "too few" in text
    assert "Mean of the machines, 90 % bounds" in text
    assert "Needs 3 machines that failed first on different days" in text


def test_a_machine_without_peers_is_not_drawn_to_any(busy: Floor, everyone: Client) -> None:
    text = text_of(everyone, f"/reliability/{MONTH}")
    assert "One machine alone has no others of its class to be compared with." in text
    assert re.search(r"Compressor (Lyon|Pune) 0 in 244 h 0.00 0.00 – 12.3 — —", text)


def test_a_place_and_a_class_can_be_chosen(busy: Floor, everyone: Client) -> None:
    line = text_of(everyone, f"/reliability/{MONTH}&line={busy.line.pk}")
    assert "Press 1" in line
    assert "Lathe 1" not in line
    one = text_of(everyone, f"/reliability/{MONTH}&class=Press")
    assert "Press 3" in one
    assert "Lathe 1" not in one


def test_without_a_period_it_looks_at_ninety_days(busy: Floor, everyone: Client) -> None:
    assert "Last 90 days" in text_of(everyone, "/reliability/")
    assert "Last 90 days" in text_of(everyone, f"/reliability/{busy.press.pk}/")


def test_a_machine_that_gets_worse_says_so_here_and_on_its_page(busy: Floor, everyone: Client) -> None:
    text = text_of(everyone, f"/reliability/{busy.press.pk}/{MONTH}")
    assert "Failure intensity rises: p = " in text
    assert "(MIL-HDBK-189, one-sided), Laplace U = " in text
    assert "Power law (Crow-AMSAA)" in text
    assert "Failures expected in 30 days" in text
    assert "median 20 min, 90 % within" in text
    assert "counts as time without a failure (censored)" in text
    page = everyone.get(f"/equipment/{busy.press.pk}/{WEEK}").content.decode()
    assert "Failure intensity rises: p = " in page
    assert f'href="/reliability/{busy.press.pk}/?from=2025-11-25&amp;to=2026-11-24"' in page


def test_failures_lead_to_their_events(busy: Floor, everyone: Client) -> None:
    page = everyone.get(f"/reliability/{busy.press.pk}/{MONTH}").content.decode()
    assert f"/events/downtime/{busy.failure.pk}/" in page


def test_no_failure_is_a_lower_bound_in_words(busy: Floor, everyone: Client) -> None:
    text = text_of(everyone, f"/reliability/{busy.compressor.pk}/{MONTH}")
    assert "MTBF —" in text
    assert "No failure in " in text
    assert "at 90 % confidence (one-sided)" in text
    assert "Too few failures to test for a trend: 3 are needed, there are 0." in text


def test_a_machine_that_did_not_operate_says_nothing(busy: Floor, everyone: Client) -> None:
    idle = make_machine(busy.lyon, "Idle")
    rebuild(NOW)
    assert "Nothing can be said" in text_of(everyone, f"/reliability/{idle.pk}/{MONTH}")
    assert "not listed: no operating time" in text_of(everyone, f"/reliability/{MONTH}")


def test_a_place_without_machines_is_said_to_be(busy: Floor, everyone: Client) -> None:
    text = text_of(everyone, f"/reliability/?from=2025-01-01&to=2025-01-07&line={busy.line.pk}")
    assert "No machine operated here" in text


def test_others_plants_are_not_there(busy: Floor, of_lyon: Client) -> None:
    assert "Lathe 1" not in text_of(of_lyon, f"/reliability/{MONTH}")
    for url in (f"/reliability/{busy.lathe.pk}/", f"/reliability/?plant={busy.pune.pk}"):
        assert of_lyon.get(url).status_code == 404


@pytest.mark.parametrize(
    ("query", "what"), [("?class=Oven", "No machine of class"), ("?plant=x", "not the number of a plant")]
)
def test_a_wrong_address_is_explained(query: str, what: str, busy: Floor, everyone: Client) -> None:
    answer = everyone.get(f"/reliability/{query}")
    assert answer.status_code == 400
    assert what in answer.content.decode()


def test_parts_come_alone(busy: Floor, everyone: Client) -> None:
    for url in ("/reliability/", f"/reliability/{busy.press.pk}/"):
        parts = everyone.get(url, headers={"HX-Request": "true"}).content.decode()
        assert parts.startswith("<title>")
        assert " style=" not in parts


def test_queries_are_as_recorded(busy: Floor, everyone: Client, counted: Counted) -> None:
    counted("reliability", everyone, f"/reliability/{MONTH}")
    counted("reliability_machine", everyone, f"/reliability/{busy.press.pk}/{MONTH}")
    counted("api_reliability", everyone, f"/api/v1/reliability{MONTH}")
    counted("api_reliability_machine", everyone, f"/api/v1/reliability/{busy.press.pk}{MONTH}")


def test_queries_do_not_grow_with_machines(busy: Floor, everyone: Client, counted: Counted) -> None:
    for number in range(4, 12):
        press = make_machine(busy.lyon, f"Press {number}", line=busy.line, equipment_class=f"Kind {number}")
        run(press, at(2, 5), 600)
        stop(press, at(2, 7), 30)
    rebuild(NOW)
    counted("reliability", everyone, f"/reliability/{MONTH}")
    counted("api_reliability", everyone, f"/api/v1/reliability{MONTH}")


def test_classes_have_anchors_of_their_own() -> None:
    assert words.anchor("Press A") != words.anchor("Press-A")
    assert words.anchor("").startswith("class-")
