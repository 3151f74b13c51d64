"""A logged-in visit in a real browser, and what each page of it must hold to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from mfgportal.accounts.models import User

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in the thread of the test

# Each colour scheme and each width once: they do not depend on each other.
MODES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark phone": {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}, "has_touch": True},
}


# Charts are pictures with a label; what plotly draws within is no one's to read.
LOOKED_AT = {"exclude": [["[data-chart] > *"]]}
OPTIONS = {"preload": False}
# What colours and width can change; the rest was looked at in the first look.
LOOKS = {"runOnly": ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]}


class Visit:
    """A person's browser page. ``said``: what the console said so far; ``rules``: of axe, {} for all."""

    def __init__(self, page: Page, host: str, rules: dict[str, Any]) -> None:
        self.page, self.host, self.rules = page, host, rules
        self.said: list[str] = []
        self.strangers: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.host, "data:", "blob:")):
            self.strangers.append(url)

    def holds(self, address: str) -> None:
        """Open it: it draws its charts, says nothing, is no wider than the screen, and is accessible."""
        answer = self.page.goto(address)
        drawn(self.page)
        spare = self.page.evaluate("(e => e.scrollWidth - e.clientWidth)(document.documentElement)")
        assert spare == 0, f"{address} is wider than the screen"
        refused = answer is not None and not answer.ok  # which the console says by itself
        assert refused or self.said == [], f"{address}: {self.said}"
        for tile in self.page.locator("details.tile").all()[:1]:
            tile.locator("summary").click()
        self.accessible(address)
        self.said.clear()

    def accessible(self, name: str) -> None:
        """What is on the screen now has nothing that axe finds."""
        found = Axe().run(self.page, context=LOOKED_AT, options=OPTIONS | self.rules)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"


@contextmanager
def visit(browser: Browser, live_server: LiveServer, user: User, **options: Any) -> Iterator[Visit]:
    """A visit as the person. At the end no other host was asked, and the console is empty."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    with browser.new_context(base_url=live_server.url, **options) as context:
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        dark = options.get("color_scheme") == "dark"
        found = Visit(context.new_page(), live_server.url, LOOKS if dark else {})
        yield found
    assert found.said == []
    assert found.strangers == []


def drawn(page: Page) -> None:
    """Wait until every chart has its picture."""
    for node in page.locator("[data-chart]").all():
        expect(node.locator(".main-svg").first).to_be_visible()
