"""Alerts and targets in a real browser: light, dark on a phone, and without scripts."""

from collections.abc import Iterator

import pytest
import time_machine
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from kpis.rollup import rebuild
from mfgportal.accounts.models import Role, User
from mfgportal.alerts.demo import seed_alerts
from mfgportal.alerts.judging import judge_due
from mfgportal.alerts.models import Alert, AlertRule
from sync.models import Stream
from tests.browser.visit import MODES, visit
from tests.factories import standard_reasons, stop
from tests.mfgportal.web.conftest import NOW, Floor, at, make_floor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WEEK = "?from=2026-11-18&to=2026-11-24"


@pytest.fixture
def floor(transactional_db: None) -> Iterator[Floor]:
    """The demo's targets and rules over the small floor, with a press that has stood for hours."""
    with time_machine.travel(NOW):
        standard_reasons()
        found = make_floor()
        stop(found.press, at(24, 6), None)
        rebuild(NOW)
        User.objects.create_user("root", role=Role.ADMIN, email="root@plant.example")
        seed_alerts()
        AlertRule.objects.update(roles=[Role.ADMIN])
        Stream.objects.update(read_through=NOW)
        judge_due(NOW)
        yield found


@pytest.mark.parametrize("mode", MODES)
def test_pages_hold(browser: Browser, live_server: LiveServer, floor: Floor, mode: str) -> None:
    alert, rule = Alert.objects.order_by("pk")[0], AlertRule.objects.order_by("pk")[0]
    pages = (
        "/targets/", "/targets/add/", "/alerts/", "/alerts/?view=history", f"/alerts/{alert.pk}/",
        "/alerts/rules/", f"/alerts/rules/{rule.pk}/", f"/equipment/{floor.press.pk}/{WEEK}", f"/{WEEK}",
    )  # fmt: skip
    with visit(browser, live_server, User.objects.get(username="root"), **MODES[mode]) as found:
        for page in pages:
            found.holds(page)


def test_an_alert_is_acknowledged_from_the_bell_without_scripts(
    browser: Browser, live_server: LiveServer, floor: Floor
) -> None:
    root = User.objects.get(username="root")
    with visit(browser, live_server, root, java_script_enabled=False) as found:
        page = found.page
        page.goto("/glossary/")
        page.get_by_role("link", name="Alerts, ").click()
        page.get_by_role("link", name="Press 1 has stood").first.click()
        page.get_by_label("Comment").fill("I change the seal")
        page.get_by_role("button", name="I look after it").click()
        expect(page.get_by_text("Acknowledged by root").first).to_be_visible()
        expect(page.get_by_text("I change the seal")).to_be_visible()
