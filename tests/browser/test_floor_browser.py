"""Drawer, heat map and waterfall of places in a real browser, by keyboard and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from mfgportal.accounts.models import User
from tests.browser.test_places_browser import WEEK, floor
from tests.browser.visit import MODES, Visit, visit
from tests.mfgportal.web.conftest import Floor

__all__ = ["floor"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def seen(browser: Browser, live_server: LiveServer, floor: Floor) -> Iterator[Visit]:
    with visit(browser, live_server, User.objects.get(username="boss")) as found:
        yield found


def test_a_stop_opens_in_place_and_gives_the_focus_back(seen: Visit, floor: Floor) -> None:
    page = seen.page
    page.goto(f"/plants/{floor.lyon.pk}/{WEEK}")
    opener = page.locator("table.down a[data-drawer]").first
    opener.focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name="Stop: Material availability")
    expect(drawer.locator("#drawer-title")).to_be_focused()
    expect(drawer).to_contain_text("Still open")
    assert page.url.endswith(WEEK)
    seen.accessible("the drawer of a stop")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_number_opens_to_its_records_and_these_in_turn(seen: Visit, floor: Floor) -> None:
    page = seen.page
    page.goto(f"/plants/{floor.lyon.pk}/{WEEK}")
    page.locator("#machines").get_by_role("link", name="60 min").first.click()
    drawer = page.locator("#drawer")
    expect(drawer.locator("#drawer-title")).to_be_visible()
    seen.accessible("the drawer of a number")
    drawer.get_by_role("link", name="Equipment failure").first.click()
    expect(drawer.locator("#drawer-title")).to_have_text("Stop: Equipment failure")
    drawer.get_by_role("button", name="Back").click()
    expect(drawer.locator("#drawer-title")).not_to_have_text("Stop: Equipment failure")
    drawer.get_by_role("link", name="Open as a page").click()
    expect(page.locator("main h1")).to_be_visible()
    assert "/numbers/" in page.url


def test_arrow_keys_walk_through_the_heat_map(seen: Visit, floor: Floor) -> None:
    page = seen.page
    page.goto(f"/plants/{floor.lyon.pk}/{WEEK}")
    cells = page.locator("table.heat td a")
    assert page.locator("table.heat td a[tabindex='0']").count() == 1
    cells.first.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    monday = page.locator("table.heat").get_by_role("link", name="Press 1, Mon 23 Nov: 76.2 %")
    expect(monday).to_be_focused()
    page.keyboard.press("Home")
    expect(cells.first).to_be_focused()
    monday.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Press 1: Whole day")


@pytest.mark.parametrize("mode", MODES)
def test_a_number_has_a_page_that_holds(
    mode: str, browser: Browser, live_server: LiveServer, floor: Floor
) -> None:
    with visit(browser, live_server, User.objects.get(username="boss"), **MODES[mode]) as found:
        found.holds(f"/numbers/oee/?plant={floor.lyon.pk}&from=2026-11-23&to=2026-11-23")


def test_without_scripts_numbers_and_stops_are_pages_and_the_waterfall_is_a_table(
    browser: Browser, live_server: LiveServer, floor: Floor
) -> None:
    boss = User.objects.get(username="boss")
    with visit(browser, live_server, boss, java_script_enabled=False) as found:
        page = found.page
        page.goto(f"/plants/{floor.lyon.pk}/{WEEK}")
        steps = page.get_by_role("table", name="From calendar time to good time")
        expect(steps.get_by_role("row").filter(has_text="Loading time")).to_be_visible()
        steps.get_by_role("row").filter(has_text="Breakdowns").get_by_role("link").click()
        expect(page.locator("h1")).to_have_text("Breakdowns")
        page.get_by_role("link", name="Equipment failure").first.click()
        expect(page.locator("h1")).to_have_text("Stop: Equipment failure")
