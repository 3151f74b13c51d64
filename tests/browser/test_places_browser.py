"""The pages of places in a real browser: light, dark, narrow, by keyboard, with Back, without scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from kpis.rollup import rebuild
from mfgportal.accounts.models import Role, User
from tests.browser.visit import MODES, drawn, visit
from tests.factories import standard_reasons, stop
from tests.mfgportal.web.conftest import NOW, Floor, at, make_floor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WEEK = "?from=2026-11-18&to=2026-11-24"
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def floor(transactional_db: None) -> Iterator[Floor]:
    with time_machine.travel(NOW):
        standard_reasons()
        found = make_floor()
        rebuild(NOW)
        User.objects.create_user("boss", role=Role.EXECUTIVE)
        yield found


@contextmanager
def opened(browser: Browser, live_server: LiveServer, **options: Any) -> Iterator[Page]:
    """The page of a visit of one who sees all plants."""
    with visit(browser, live_server, User.objects.get(username="boss"), **options) as found:
        yield found.page


def addresses(floor: Floor) -> list[str]:
    reason = floor.failure.reason_id
    return [
        f"/{WEEK}",
        f"/plants/{floor.lyon.pk}/{WEEK}&reason={reason}",
        f"/lines/{floor.line.pk}/{WEEK}&trend=mtbf",
        f"/equipment/{floor.press.pk}/{WEEK}&reason={reason}",
        f"/equipment/{floor.compressor.pk}/{WEEK}",
        f"/equipment/{floor.press.pk}/shifts/2026-11-23/1/",
        f"/equipment/{floor.press.pk}/shifts/2026-11-24/0/",
        f"/events/downtime/{floor.failure.pk}/",
        f"/events/work-order/{floor.order.pk}/",
        "/reliability/",
        f"/reliability/{floor.press.pk}/",
        "/glossary/",
        "/?period=moon",
        "/nowhere/",
    ]


@pytest.mark.parametrize("mode", MODES)
def test_pages_hold(browser: Browser, live_server: LiveServer, floor: Floor, mode: str) -> None:
    boss = User.objects.get(username="boss")
    with visit(browser, live_server, boss, **MODES[mode]) as found:
        for address in (*addresses(floor), "/account/logout/", "/account/password/set/", "/account/email/"):
            found.holds(address)


def test_back_goes_back_twice(browser: Browser, live_server: LiveServer, floor: Floor) -> None:
    with opened(browser, live_server) as page:
        page.goto(f"/{WEEK}")
        page.get_by_role("link", name="Lyon", exact=True).first.click()
        expect(page.locator("h1")).to_have_text("Lyon")
        page.locator("#machines").get_by_role("link", name="Press 1").click()
        expect(page.locator("h1")).to_have_text("Press 1")
        expect(page).to_have_title("Press 1 · mfgportal")
        assert WEEK.replace("?", "") in page.url
        drawn(page)
        for heading in ("Lyon", "Overview"):
            page.go_back()
            expect(page.locator("h1")).to_have_text(heading)
            drawn(page)
        page.go_forward()
        expect(page.locator("h1")).to_have_text("Lyon")
        assert page.locator("header.topbar").count() == 1


def test_the_keyboard_reaches_tile_and_drill_down(
    browser: Browser, live_server: LiveServer, floor: Floor
) -> None:
    with opened(browser, live_server) as page:
        page.goto(f"/{WEEK}")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        tile = page.locator("#tile-oee summary")
        _tab_to(page, "#tile-oee summary")
        expect(tile).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#tile-oee .formula")).to_be_visible()
        bottom = "tile => tile.getBoundingClientRect().bottom"
        outer, inner = page.locator("#tile-oee"), page.locator("#tile-oee .opened")
        assert inner.evaluate(bottom) <= outer.evaluate(bottom)
        _tab_to(page, f"a[href^='/plants/{floor.lyon.pk}/']")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Lyon")


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"{selector} is not reached by the keyboard")


def test_a_bar_of_the_pareto_opens_its_reason(
    browser: Browser, live_server: LiveServer, floor: Floor
) -> None:
    with opened(browser, live_server) as page:
        page.goto(f"/{WEEK}")
        drawn(page)
        page.locator("[data-chart=pareto] .nsewdrag").first.wait_for()
        bar = page.locator("[data-chart=pareto] .bars .point").first
        bar.scroll_into_view_if_needed()
        box = bar.bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(page.locator("[data-chart=pareto] .hovertext")).to_be_visible()
        page.mouse.down()
        page.mouse.up()
        expect(page.locator("#behind")).to_be_visible()
        assert "reason=" in page.url


def test_a_period_is_chosen_and_kept_in_the_address(
    browser: Browser, live_server: LiveServer, floor: Floor
) -> None:
    with opened(browser, live_server) as page:
        page.goto("/")
        page.locator("#period-menu summary").click()
        page.get_by_role("link", name="Last 30 days").click()
        expect(page.locator("#period-menu summary")).to_contain_text("Last 30 days")
        assert "period=last_30_days" in page.url
        page.locator("#period-menu summary").click()
        page.get_by_label("From", exact=True).fill("2026-11-02")
        page.get_by_label("To", exact=True).fill("2026-11-08")
        page.get_by_role("button", name="Show").click()
        expect(page.locator("#period-menu summary")).to_contain_text("2 – 8 Nov 2026")
        assert "from=2026-11-02" in page.url
        assert "period=" not in page.url


def test_the_theme_is_chosen_and_stays(browser: Browser, live_server: LiveServer, floor: Floor) -> None:
    with opened(browser, live_server, color_scheme="light") as page:
        page.goto("/")
        bright = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.get_by_role("button", name="Switch between light and dark").click()
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert dark != bright
        page.reload()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_pages_read_and_lead_on_without_scripts(
    browser: Browser, live_server: LiveServer, floor: Floor
) -> None:
    with opened(browser, live_server, java_script_enabled=False) as page:
        page.goto(f"/{WEEK}")
        expect(page.get_by_role("table", name="Lost time by reason")).to_be_visible()
        page.get_by_role("link", name="Lyon", exact=True).first.click()
        expect(page.locator("h1")).to_have_text("Lyon")
        page.get_by_role("link", name="Equipment failure").first.click()
        expect(page.locator("#behind")).to_contain_text("Press 1")
        page.goto(f"/equipment/{floor.press.pk}/shifts/2026-11-23/1/")
        expect(page.locator("svg.strip .state-breakdown").first).to_be_visible()


def test_what_a_source_sends_stays_text(browser: Browser, live_server: LiveServer, floor: Floor) -> None:
    floor.failure.reason.name = EVIL
    floor.failure.reason.save()
    floor.press.name = EVIL
    floor.press.save()
    with opened(browser, live_server) as page:
        page.on("dialog", lambda dialog: pytest.fail("a script of the source ran"))
        stop_page = f"/events/downtime/{floor.failure.pk}/"
        for address in (stop_page, *addresses(floor)[3:6], *addresses(floor)[1:2]):
            page.goto(address)
            drawn(page)
        page.locator("[data-chart=pareto] .bars .point").first.hover(force=True)
        assert page.locator("[data-chart] img").count() == 0


def test_a_lost_session_asks_to_log_in(browser: Browser, live_server: LiveServer, floor: Floor) -> None:
    with opened(browser, live_server) as page:
        page.goto("/")
        page.context.clear_cookies()
        page.get_by_role("link", name="Lyon", exact=True).first.click()
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_running_machine_is_watched(browser: Browser, live_server: LiveServer, floor: Floor) -> None:
    stop(floor.press, at(24, 9), None, "equipment-failure")
    with opened(browser, live_server) as page:
        page.goto(f"/equipment/{floor.press.pk}/shifts/2026-11-24/1/")
        expect(page.locator("svg.strip .future")).to_be_visible()
