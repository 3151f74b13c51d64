"""The executive page, schedules, displays and a screen in a real browser; and one that nothing answers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from kpis.rollup import rebuild
from mfgportal.accounts.models import Role, User
from mfgportal.displays.keys import make
from mfgportal.displays.models import Display
from mfgportal.reports.models import ReportSchedule
from mfgportal.reports.schedules import keep
from tests.browser.visit import MODES, visit
from tests.factories import standard_reasons
from tests.mfgportal.web.conftest import NOW, Floor, make_floor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def floor(transactional_db: None) -> Iterator[Floor]:
    with time_machine.travel(NOW):
        standard_reasons()
        found = make_floor()
        rebuild(NOW)
        User.objects.create_user("root", role=Role.ADMIN, email="root@plant.example")
        yield found


@pytest.fixture
def screen(floor: Floor) -> str:
    """The address of a screen in Lyon."""
    display = Display(name="Hall 1", plant=floor.lyon, expires_at=NOW + timedelta(days=9))
    return f"/tv/{make(display, User.objects.get(username='root')).key}/"


@pytest.mark.parametrize("mode", MODES)
def test_pages_hold(browser: Browser, live_server: LiveServer, floor: Floor, screen: str, mode: str) -> None:
    root = User.objects.get(username="root")
    keep(ReportSchedule(name="Monthly", owner=root, clock=floor.lyon), [root], NOW)
    pages = ("/executive/?of=current", "/reports/", "/reports/add/", "/displays/", "/displays/add/", screen)
    with visit(browser, live_server, root, **MODES[mode]) as found:
        for page in pages:
            found.holds(page)


def test_a_screen_says_since_when_nothing_answers(
    browser: Browser, live_server: LiveServer, screen: str
) -> None:
    """The page's own clock is moved, so that nothing waits."""
    with browser.new_context(base_url=live_server.url) as context:
        page = context.new_page()
        page.clock.install(time=NOW)
        page.goto(screen)
        expect(page.locator("#silent")).to_be_hidden()
        context.route("**/tv/**", lambda route: route.abort())
        page.clock.run_for(16_000)
        expect(page.locator("#silent")).to_contain_text("does not answer since 11:00")
        context.unroute("**/tv/**")
        page.clock.run_for(16_000)
        expect(page.locator("#silent")).to_be_hidden()
