"""A person's account in a real browser: a passkey under the strict CSP, and the pages light and dark."""

import os
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from mfgportal.accounts.keys import make_key
from mfgportal.accounts.models import Role, User
from tests.browser.visit import MODES, visit
from tests.mfgportal.queue import a_person, a_plant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long pass phrase"


@pytest.fixture
def admin(transactional_db: None) -> User:
    lyon = a_plant("Lyon")
    admin = a_person("ada", Role.ADMIN)
    a_person("max", Role.PLANT_MANAGER, lyon)
    make_key(admin, "Monthly report", ["read:kpis"], days=90, plants=[lyon])
    return admin


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """At localhost, since an address of numbers has no passkeys; with an authenticator built in."""
    context = browser.new_context(base_url=live_server.url.replace("127.0.0.1", "localhost"))
    found = context.new_page()
    devtools = context.new_cdp_session(found)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield found
    context.close()


def test_a_passkey_is_made_and_logs_in_under_the_strict_csp(
    admin: User, page: Page, settings: object
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    settings.MFA_REQUIRED = True  # type: ignore[attr-defined]
    page.goto("/account/login/")
    page.get_by_label("Username or e-mail").fill("ada")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_text("Administrators need a second factor")).to_be_visible()
    page.locator("section.panel", has_text="Security Keys").get_by_role("link", name="Add").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery Codes")).to_be_visible()
    assert Authenticator.objects.filter(user=admin, type="webauthn").exists()
    page.context.clear_cookies()
    page.goto("/account/login/?next=/account/users/")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.locator("#user-menu")).to_be_visible()
    assert said == []


@pytest.mark.parametrize("mode", MODES)
def test_pages_of_the_account(admin: User, browser: Browser, live_server: LiveServer, mode: str) -> None:
    with visit(browser, live_server, admin, **MODES[mode]) as there:
        for address in (
            "/account/users/",
            f"/account/users/{admin.pk}/",
            "/account/keys/",
            "/account/2fa/",
            "/account/sessions/",
            "/account/password/change/",
        ):
            there.holds(address)
            if folder := os.environ.get("SHOTS"):
                name = address.strip("/").replace("/", "-")
                there.page.screenshot(path=f"{folder}/{name}-{mode[:4]}.png", full_page=True)
