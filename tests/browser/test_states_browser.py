"""The set-up, pictures of charts, trouble with requests and other languages' numbers, in a real browser."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect
from pytest_django.live_server_helper import LiveServer

from mfgportal.accounts.models import Role, User
from sync.models import Stream, SyncRun
from tests.browser.test_places_browser import WEEK, floor
from tests.browser.visit import MODES, drawn, visit
from tests.mfgportal.queue import a_person, a_run
from tests.mfgportal.web.conftest import Floor

__all__ = ["floor"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("mode", MODES)
def test_the_set_up_is_for_every_screen(
    browser: Browser, live_server: LiveServer, floor: Floor, mode: str
) -> None:
    integrator = a_person("integrator", Role.INTEGRATOR)
    Stream.objects.update(read_through=None)
    a_run(Stream.objects.get(), status=SyncRun.Status.RUNNING, total=4000, read=1000, ended_at=None)
    with visit(browser, live_server, integrator, **MODES[mode]) as there:
        there.holds("/welcome/")
        expect(there.page.get_by_text("1,000 of 4,000 rows")).to_be_visible()
        if folder := os.environ.get("SCREENSHOTS"):
            there.page.screenshot(path=f"{folder}/setup-{mode.replace(' ', '-')}.png", full_page=True)


def test_a_chart_is_kept_as_a_picture(
    browser: Browser, live_server: LiveServer, floor: Floor, tmp_path: Path
) -> None:
    with visit(browser, live_server, User.objects.get(username="boss")) as there:
        there.page.goto(f"/plants/{floor.lyon.pk}/{WEEK}")
        drawn(there.page)
        if folder := os.environ.get("SCREENSHOTS"):
            there.page.screenshot(path=f"{folder}/charts.png", full_page=True)
        with there.page.expect_download() as kept:
            there.page.get_by_role("button", name=re.compile("^PNG of Lost time")).click()
        kept.value.save_as(tmp_path / "chart.png")
        assert kept.value.suggested_filename == "pareto.png"
        if folder:
            kept.value.save_as(f"{folder}/kept.png")
        assert (tmp_path / "chart.png").read_bytes().startswith(PNG)


def test_what_stood_there_stays_when_the_portal_fails(
    browser: Browser, live_server: LiveServer, floor: Floor
) -> None:
    broken = [True]

    def answer(route: Route) -> None:
        if broken[0] and "period=last_30_days" in route.request.url:
            route.fulfill(status=500, content_type="text/html", body="<!doctype html><title>Broke</title>")
        else:
            route.continue_()

    with visit(browser, live_server, User.objects.get(username="boss")) as there:
        page = there.page
        page.route("**/*", answer)
        page.goto("/")
        page.locator("#period-menu summary").click()
        page.get_by_role("link", name="Last 30 days").click()
        trouble = page.locator("#trouble")
        expect(trouble).to_contain_text("could not answer")
        expect(page.locator("main h1")).to_have_text("Overview")
        there.said.clear()  # the browser's own word on the answer
        broken[0] = False
        trouble.get_by_role("button", name="Try again").click()
        expect(page.locator("#period-menu summary")).to_contain_text("Last 30 days")
        expect(trouble).to_be_hidden()


def test_numbers_and_charts_are_german_where_the_browser_is(
    browser: Browser, live_server: LiveServer, floor: Floor
) -> None:
    with visit(browser, live_server, User.objects.get(username="boss"), locale="de-DE") as there:
        page = there.page
        page.goto(f"/plants/{floor.lyon.pk}/{WEEK}")
        drawn(page)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("table.heat").get_by_role("link", name=re.compile("76,2"))).to_be_visible()
        expect(page.locator("#period-menu summary")).to_contain_text("Nov.")
        assert page.evaluate("document.querySelector('[data-chart]').layout.separators") == ",."
