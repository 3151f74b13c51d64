"""The queue, the syncs, the sources and the API's docs in a real browser: without scripts, narrow, dark."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from mfgportal.workbench.bulk import work
from mfgportal.workbench.models import Batch
from sync.models import SyncException, SyncRun
from tests.browser.visit import MODES, visit
from tests.mfgportal.queue import World, a_run, a_world, an_exception

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    "/exceptions/",
    "/exceptions/{mine}/?target=press",
    "/exceptions/{mine}/rule/?what=key&pattern=PRS-*&canonical_id={press}",
    "/exceptions/overrides/?past=1",
    "/exceptions/?group=cause",
    "/exceptions/measures/",
    "/sync/",
    "/sync/runs/{run}/",
    "/flows/",
    "/flows/{stream}/",
    "/monitor/",
    "/sources/",
    "/sources/add/",
    "/plants/{plant}/settings/",
)


@pytest.fixture
def world(transactional_db: None) -> World:
    return a_world()


@contextmanager
def opened(browser: Browser, live_server: LiveServer, world: World, **options: Any) -> Iterator[Page]:
    """The page of a visit of the administrator."""
    with visit(browser, live_server, world.admin, **options) as found:
        yield found.page


def addresses(world: World) -> list[str]:
    run = a_run(world.stream)
    same = {"title": "Worn seal", "at": "2026-03-02T08:00:00+01:00", "value": "open"}
    sides = [
        same | {"source": name, "source_title": name, "external_key": "x/1"} for name in ("atlas", "odoo")
    ]
    mismatch = an_exception(world.stream, kind="status_mismatch", context={"field": "status", "sides": sides})
    return [f"/exceptions/{mismatch.pk}/"] + [
        address.format(
            mine=world.mine.pk,
            press=world.press.pk,
            run=run.pk,
            stream=world.stream.pk,
            plant=world.lyon.pk,
        )
        for address in PAGES
    ]


@pytest.mark.parametrize("mode", MODES)
def test_pages_hold(browser: Browser, live_server: LiveServer, world: World, mode: str) -> None:
    with visit(browser, live_server, world.admin, **MODES[mode]) as found:
        for address in addresses(world):
            found.holds(address)


def test_a_filter_narrows_the_list_keeps_the_address_and_back_undoes_it(
    browser: Browser, live_server: LiveServer, world: World
) -> None:
    with opened(browser, live_server, world) as page:
        page.goto("/exceptions/")
        expect(page.locator("tbody tr")).to_have_count(3)
        page.get_by_label("Plant").select_option(label="Lyon")
        expect(page.locator("tbody tr")).to_have_count(1)
        assert f"plant={world.lyon.pk}" in page.url
        page.go_back()
        expect(page.locator("tbody tr")).to_have_count(3)
        page.get_by_role("link", name="Source does not answer").click()
        expect(page.locator("tbody tr")).to_have_count(1)
        page.reload()
        expect(page.locator("tbody tr")).to_have_count(1)


def test_the_queue_is_worked_by_keys_and_many_are_undone(
    browser: Browser, live_server: LiveServer, world: World
) -> None:
    with opened(browser, live_server, world) as page:
        page.goto("/exceptions/?sort=records")
        page.keyboard.press("j")
        page.keyboard.press("a")
        expect(page.get_by_text("It is given to you.")).to_be_visible()
        page.keyboard.press("j")
        page.keyboard.press("s")
        expect(page.locator("tbody tr")).to_have_count(2)
        page.keyboard.press("j")
        page.keyboard.press("x")
        expect(page.get_by_text("1 ticked")).to_be_visible()
        page.get_by_label("Tick all of this page").check()
        expect(page.get_by_text("2 ticked")).to_be_visible()
        page.get_by_label("Dismiss with a reason").fill("A test rig")
        page.get_by_role("button", name="Dismiss…").click()
        expect(page.get_by_text("Nothing is done yet.")).to_be_visible()
        page.get_by_role("button", name="Dismiss 2").click()
        work(Batch.objects.get().pk)
        page.reload()
        page.get_by_role("button", name="Undo").click()
        work(Batch.objects.get().pk)
        page.reload()
        expect(page.get_by_text("2 undone.")).to_be_visible()
        page.goto("/exceptions/?sort=records")
        page.keyboard.press("j")
        page.keyboard.press("e")
        expect(page.get_by_role("heading", name="Who looks after it")).to_be_visible()


def test_a_target_is_found_while_typing(browser: Browser, live_server: LiveServer, world: World) -> None:
    with opened(browser, live_server, world) as page:
        page.goto(f"/exceptions/{world.mine.pk}/")
        page.get_by_label("Another one").press_sequentially("lathe")
        expect(page.locator("#targets").get_by_role("button", name="Map to Lathe 1")).to_be_visible()
        expect(page.get_by_label("Another one")).to_have_value("lathe")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_dismissal_needs_no_script(
    browser: Browser, live_server: LiveServer, world: World, scripts: bool
) -> None:
    with opened(browser, live_server, world, java_script_enabled=scripts) as page:
        page.goto("/exceptions/")
        page.get_by_role("link", name="Unknown machine in Lyon").click()
        page.get_by_label("Reason").fill("Sold last year")
        page.get_by_role("button", name="Dismiss").click()
        expect(page.get_by_text("Dismissed. What it held stays out of the numbers")).to_be_visible()
        expect(page.get_by_text("Sold last year").first).to_be_visible()
    world.mine.refresh_from_db()
    assert world.mine.status == SyncException.Status.DISMISSED


def test_a_running_sync_moves_by_itself_until_it_is_done(
    browser: Browser, live_server: LiveServer, world: World
) -> None:
    run = a_run(world.stream, status=SyncRun.Status.RUNNING, total=100, read=10, ended_at=None)
    with opened(browser, live_server, world) as page:
        page.clock.install()
        page.goto("/sync/")
        expect(page.get_by_text("10 of 100 rows")).to_be_visible()
        SyncRun.objects.filter(pk=run.pk).update(read=60)
        page.clock.fast_forward(2000)
        expect(page.get_by_text("60 of 100 rows")).to_be_visible()
        SyncRun.objects.filter(pk=run.pk).update(status=SyncRun.Status.DONE)
        page.clock.fast_forward(2000)
        expect(page.locator("#streams progress")).to_have_count(0)
        expect(page.locator("#streams")).not_to_have_attribute("hx-trigger", "every 2s")


def test_what_a_source_sent_never_runs(browser: Browser, live_server: LiveServer, world: World) -> None:
    evil = "<img src=x onerror=\"document.title='taken'\">"
    exception = an_exception(world.stream, title=evil, message=evil, external_key=evil)
    with opened(browser, live_server, world) as page:
        for address in ("/exceptions/", f"/exceptions/{exception.pk}/"):
            page.goto(address)
            expect(page.get_by_text(evil).first).to_be_visible()
            assert page.title() != "taken"


def test_the_docs_of_the_api_work_under_the_strict_policy(
    browser: Browser, live_server: LiveServer, world: World
) -> None:
    with opened(browser, live_server, world) as page:
        page.goto("/api/docs/")
        page.locator("#operations-kpis-kpis_list .opblock-summary-control").click()
        expect(page.get_by_text("Availability × Performance × Quality").first).to_be_visible()


def test_what_a_worker_loads_is_counted_down_on_the_page(
    browser: Browser, live_server: LiveServer, world: World
) -> None:
    loading = an_exception(world.stream, plant=world.lyon, holds=12, status="resolved")
    with opened(browser, live_server, world) as page:
        page.clock.install()
        page.goto(f"/exceptions/{loading.pk}/")
        held = page.locator("#held")
        expect(held).to_contain_text("12 records")
        loading.held_records.all()[0].delete()
        page.clock.fast_forward(2000)
        expect(held).to_contain_text("11 records")
        loading.held_records.all().delete()
        page.clock.fast_forward(2000)
        expect(held).to_contain_text("No record waits for it.")
