"""The pages of comparisons: what they show, to whom, and without scripts."""

from unittest.mock import patch

import pytest
from django.test import Client
from kombu.exceptions import OperationalError

from mfgportal.accounts.models import Role
from sync import tasks
from sync.models import ReconciliationLine, ReconciliationRun
from tests.mfgportal.queue import XSS, LogIn, World, a_person, an_exception
from tests.mfgportal.reconciled import a_comparison, a_line
from tests.mfgportal.web.conftest import Counted


@pytest.fixture
def lines(world: World) -> list[ReconciliationLine]:
    """One line in the lead's plant, one in another, one of no plant; and one that agrees."""
    run = a_comparison(compared=4, differing=3)
    return [
        a_line(run, world.stream, plant=world.lyon, equipment=world.press, title="Press 1"),
        a_line(run, world.stream, plant=world.porto, equipment=world.lathe, title="Lathe 1"),
        a_line(run, world.stream, title="Nobody’s"),
        a_line(
            run, world.stream, plant=world.lyon, title="Saw 1", agrees=True, difference=0.0, period="2026-02"
        ),
    ]


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_counts_what_the_person_may_see(world: World, lines: object, as_user: LogIn) -> None:
    a_comparison("rows", status=ReconciliationRun.Status.SKIPPED, reason="“Lists” is late.")
    mine, theirs = (page_of(as_user(user), "/reconciliation/") for user in (world.lead, world.admin))
    assert "of 3" in mine
    assert "of 4" in theirs
    assert "Not compared yet" in mine
    assert "Last try skipped: “Lists” is late." in mine
    assert 'aria-current="page"' in mine


def test_a_rule_shows_both_sides_of_what_differs_and_all_on_request(
    world: World, lines: object, as_user: LogIn
) -> None:
    client = as_user(world.lead)
    page = page_of(client, "/reconciliation/downtime/")
    assert "Press 1" in page
    assert "Nobody’s" in page
    assert 'data-label="Production system">90<' in page
    assert 'data-label="CMMS">60<' in page
    for hidden in ("Lathe 1", "Saw 1"):
        assert hidden not in page
    assert "Saw 1" in page_of(client, "/reconciliation/downtime/?show=all")
    assert "Press 1" not in page_of(client, "/reconciliation/downtime/?show=all&period=2026-02")
    assert "Nobody" not in page_of(client, f"/reconciliation/downtime/?plant={world.lyon.pk}")
    assert "Nobody" not in page_of(client, "/reconciliation/downtime/?subject=press+1")


def test_a_comparison_of_one_month_by_hand_is_not_the_latest_of_all(
    world: World, lines: list[ReconciliationLine], as_user: LogIn
) -> None:
    a_line(a_comparison(month="2026-01-01"), world.stream, title="Only January")
    assert "Only January" not in page_of(as_user(world.lead), "/reconciliation/downtime/")


def test_a_line_leads_to_its_events_and_into_the_system(
    world: World, lines: list[ReconciliationLine], as_user: LogIn
) -> None:
    page = page_of(as_user(world.lead), f"/reconciliation/lines/{lines[0].pk}/")
    assert 'href="/events/downtime/7/"' in page
    assert 'href="https://odoo.example/odoo/mrp.workcenter.productivity/7"' in page
    assert "2 Mar 2026, 09:00" in page, "the plant's time"
    assert "1 stop is only in the production system." in page


def test_what_a_source_says_is_text(world: World, as_user: LogIn) -> None:
    line = a_line(a_comparison(), world.stream, title=XSS, note=XSS)
    client = as_user(world.lead)
    for address in ("/reconciliation/downtime/", f"/reconciliation/lines/{line.pk}/"):
        assert XSS not in page_of(client, address)


def test_lines_of_other_plants_and_unknown_rules_are_not_there(
    world: World, lines: list[ReconciliationLine], as_user: LogIn
) -> None:
    client = as_user(world.lead)
    assert client.get(f"/reconciliation/lines/{lines[1].pk}/").status_code == 404
    assert client.get("/reconciliation/astrology/").status_code == 404
    forgotten = a_line(a_comparison("astrology"), world.stream)
    assert client.get(f"/reconciliation/lines/{forgotten.pk}/").status_code == 404


def test_comparing_by_hand_tells_a_worker(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    with patch.object(tasks.compare, "delay") as delay:
        answer = client.post("/reconciliation/downtime/compare/")
    assert (answer.status_code, answer["Location"]) == (302, "/reconciliation/downtime/")
    assert delay.call_args.args == ("downtime",)
    assert delay.call_args.kwargs == {"by": "lead"}
    assert "A worker was told to compare" in page_of(client, "/reconciliation/downtime/")
    with patch.object(tasks.compare, "delay", side_effect=OperationalError("refused")):
        client.post("/reconciliation/downtime/compare/")
    assert "The task queue does not answer" in page_of(client, "/reconciliation/downtime/")
    assert client.post("/reconciliation/astrology/compare/").status_code == 404


def test_comparing_by_hand_needs_the_right_and_a_post(world: World, as_user: LogIn) -> None:
    manager = as_user(a_person("manager", Role.PLANT_MANAGER, world.lyon))
    assert "Compare now" not in page_of(manager, "/reconciliation/")
    assert manager.post("/reconciliation/downtime/compare/").status_code == 403
    assert as_user(world.lead).get("/reconciliation/downtime/compare/").status_code == 405


def test_an_exception_shows_the_sides_and_leads_to_the_lines(world: World, as_user: LogIn) -> None:
    differences = [{"period": "2026-03", "unit": "min", "sides": [["Odoo", 90.0], ["CMMS", 60.0]], "line": 1}]
    context = {"rule": "downtime", "subject": "press 1", "differences": differences}
    told = an_exception(world.stream, plant=world.lyon, kind="reconciliation_difference", context=context)
    page = page_of(as_user(world.lead), f"/exceptions/{told.pk}/")
    assert "Odoo 90, CMMS 60 min" in page
    assert 'href="/reconciliation/downtime/?subject=press%201"' in page


@pytest.mark.parametrize("crowded", [False, True], ids=["few", "many"])
@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("reconciliations", "/reconciliation/"),
        ("reconciliation_rule", "/reconciliation/downtime/"),
        ("reconciliation_line", "/reconciliation/lines/{line}/"),
        ("api_reconciliation", "/api/v1/reconciliation"),
        ("api_reconciliation_rule", "/api/v1/reconciliation/downtime"),
    ],
)
def test_queries_are_as_recorded(
    name: str,
    address: str,
    crowded: bool,
    world: World,
    lines: list[ReconciliationLine],
    as_user: LogIn,
    counted: Counted,
) -> None:
    if crowded:
        for number in range(20):
            a_line(
                lines[0].run, world.stream, plant=world.lyon, title=f"Press {number}", rows=lines[0].rows * 9
            )
    counted(name, as_user(world.admin), address.format(line=lines[0].pk))
