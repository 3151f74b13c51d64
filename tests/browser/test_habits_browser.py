"""Search, shortcuts, saved views and Back in a real browser, by keyboard alone."""

from collections.abc import Iterator

import pytest
import time_machine
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from kpis.rollup import rebuild
from mfgportal.accounts.models import Role, User
from mfgportal.habits.models import Preference
from tests.browser.visit import MODES, visit
from tests.factories import standard_reasons, work_order
from tests.mfgportal.web.conftest import NOW, Floor, at, make_floor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def floor(transactional_db: None) -> Iterator[Floor]:
    with time_machine.travel(NOW):
        standard_reasons()
        found = make_floor()
        for number in ("WO000007", "WO000008"):
            fields = {"number": number, "title": f"Grease {number}", "status": "open", "source": "atlas"}
            work_order(found.press, at(24, 5), None, **fields)
        rebuild(NOW)
        User.objects.create_user("boss", role=Role.ADMIN)
        yield found


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, floor: Floor) -> Iterator[Page]:
    with visit(browser, live_server, User.objects.get(username="boss")) as found:
        yield found.page


@pytest.mark.parametrize("mode", MODES)
def test_pages_hold(browser: Browser, live_server: LiveServer, floor: Floor, mode: str) -> None:
    boss = User.objects.get(username="boss")
    with visit(browser, live_server, boss, **MODES[mode]) as found:
        for address in (
            "/maintenance/",
            "/maintenance/orders/?list=all",
            "/search/?q=press",
            "/views/",
            "/views/add/?page=%2Fmaintenance%2F",
            "/account/preferences/",
            "/account/shortcuts/",
        ):
            found.holds(address)


def test_search_by_keyboard_alone(page: Page, floor: Floor) -> None:
    page.goto("/glossary/")
    page.keyboard.press("/")
    box = page.locator("#search-box")
    expect(box).to_be_focused()
    page.keyboard.type("press")
    expect(page.locator("#suggestions [role=option]").first).to_contain_text("Press 1")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-1")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Press 1")
    page.go_back()
    page.locator("#search-box").fill("wo000007")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Grease WO000007").last).to_be_visible()


def test_escape_closes_the_suggestions_then_leaves_the_box(page: Page) -> None:
    page.goto("/glossary/")
    page.locator("#search-box").press_sequentially("press")
    expect(page.locator("#suggestions")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#search-box")).not_to_be_focused()


def test_the_help_sheet_lists_what_works_here(page: Page) -> None:
    page.goto("/maintenance/")
    page.keyboard.press("?")
    sheet = page.locator("dialog#shortcuts")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_text("Earlier period")).to_be_visible()
    page.keyboard.press("j")
    assert page.locator(".row-current").count() == 0
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.goto("/glossary/")
    page.keyboard.press("?")
    expect(sheet.get_by_text("Earlier period")).to_be_hidden()


def test_keys_do_nothing_while_one_types(page: Page) -> None:
    page.goto("/maintenance/")
    page.locator("#filter-q").press_sequentially("gm?t[j/")
    expect(page.locator("#filter-q")).to_have_value("gm?t[j/")
    expect(page.locator("dialog#shortcuts")).to_be_hidden()
    assert page.url.endswith("/maintenance/")


def test_rows_are_walked_and_opened_and_back_goes_back_twice(page: Page) -> None:
    page.goto("/glossary/")
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page.locator("h1")).to_have_text("Maintenance")
    page.get_by_role("link", name="Open work orders").click()
    expect(page.locator("h1")).to_have_text("Open work orders")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".row-current")).to_contain_text("WO000008")
    page.keyboard.press("k")
    expect(page.locator(".row-current")).to_contain_text("WO000007")
    page.keyboard.press("o")
    expect(page.locator("h1")).to_contain_text("WO000007")
    expect(page.locator("#site-nav [aria-current]")).to_have_text("Production")
    for heading in ("Open work orders", "Maintenance"):
        page.go_back()
        expect(page.locator("h1")).to_have_text(heading)
    page.go_forward()
    expect(page.locator("h1")).to_have_text("Open work orders")
    assert page.locator("header.topbar").count() == 1


def test_brackets_move_the_period_and_the_view_is_saved_with_it(page: Page) -> None:
    page.goto("/maintenance/?from=2026-11-18&to=2026-11-24")
    page.keyboard.press("[")
    expect(page).to_have_url("/maintenance/?from=2026-11-11&to=2026-11-17")
    page.keyboard.press("b")
    expect(page.get_by_role("heading", name="Save this page")).to_be_visible()
    page.get_by_label("Name").fill("Before")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#views-menu summary").click()
    page.locator("#views-menu").get_by_role("link", name="Before").click()
    expect(page).to_have_url("/maintenance/?from=2026-11-11&to=2026-11-17")


def test_shortcuts_switched_off_stay_off(page: Page) -> None:
    page.goto("/glossary/")
    page.keyboard.press("?")
    page.get_by_role("button", name="Switch shortcuts off").click()
    expect(page.get_by_text("Keyboard shortcuts are off.")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#search-box")).not_to_be_focused()


def test_a_preferred_theme_gives_way_to_the_browsers_until_it_is_changed(page: Page) -> None:
    boss = User.objects.get(username="boss")
    Preference.objects.create(user=boss, theme="dark")
    html = page.locator("html")
    page.goto("/glossary/")
    expect(html).to_have_attribute("data-theme", "dark")
    page.keyboard.press("t")
    page.reload()
    expect(html).to_have_attribute("data-theme", "light")
    Preference.objects.update(theme="")
    page.reload()
    assert html.get_attribute("data-theme") is None


def test_sections_open_without_scripts_and_on_a_phone(
    browser: Browser, live_server: LiveServer, floor: Floor
) -> None:
    boss = User.objects.get(username="boss")
    with visit(browser, live_server, boss, java_script_enabled=False) as found:
        found.page.goto("/glossary/")
        found.page.locator(".nav-menu summary", has_text="Maintenance").click()
        found.page.locator(".nav-menu").get_by_role("link", name="Reliability").click()
        expect(found.page.locator("h1")).to_have_text("Reliability")
        found.page.locator("#search-box").fill("press")
        found.page.keyboard.press("Enter")
        expect(found.page.get_by_role("link", name="Press 1")).to_be_visible()
    with visit(browser, live_server, boss, **MODES["dark phone"]) as found:
        found.page.goto("/glossary/")
        found.page.get_by_role("button", name="Menu").click()
        found.page.locator(".nav-menu summary", has_text="Maintenance").click()
        found.page.locator(".nav-menu").get_by_role("link", name="Reliability").click()
        expect(found.page.locator("h1")).to_have_text("Reliability")
