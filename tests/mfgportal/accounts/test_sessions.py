"""How long a session lasts, and how it ends."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from mfgportal.accounts.models import Role
from tests.mfgportal.accounts.conftest import PASSWORD, Type
from tests.mfgportal.queue import a_person

pytestmark = pytest.mark.django_db
PAGE = "/account/keys/"


def test_it_ends_after_hours_without_a_click_and_says_so(client: Client, typed: Type, settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = 60
    a_person("anna", Role.PLANT_MANAGER)
    typed(client, "anna")
    start = timezone.now()
    for minutes in (50, 100):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert client.get(PAGE).status_code == 200
    with time_machine.travel(start + timedelta(minutes=130), tick=False):
        assert client.get(PAGE, headers={"X-Polled": "1"}).status_code == 200
    with time_machine.travel(start + timedelta(minutes=161), tick=False):
        answer = client.get(PAGE, headers={"HX-Request": "true"})
        assert (answer.status_code, answer.headers["HX-Refresh"]) == (200, "true")
        assert client.get(PAGE).headers["Location"] == f"/account/login/?next={PAGE}"
        assert "after 1 hour without a click" in client.get("/account/login/").content.decode()


def test_it_ends_in_any_case_after_a_week(client: Client, typed: Type, settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = 0
    a_person("anna", Role.PLANT_MANAGER)
    typed(client, "anna")
    start = timezone.now()
    for hours, status in ((167, 200), (169, 302)):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            assert client.get(PAGE).status_code == status


def test_log_in_gives_a_new_session_key(client: Client, typed: Type) -> None:
    a_person("anna", Role.PLANT_MANAGER)
    session = client.session
    session["planted"] = "by an attacker"
    session.save()
    before = session.session_key or ""
    client.cookies["sessionid"] = before
    typed(client, "anna")
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_one_sees_own_sessions_and_ends_the_others(client: Client, typed: Type) -> None:
    a_person("anna", Role.PLANT_MANAGER)
    phone = Client(HTTP_USER_AGENT="Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0")
    for each in (client, phone):
        typed(each, "anna")
    page = client.get("/account/sessions/").content.decode()
    assert "Firefox, Android" in page
    client.post("/account/sessions/")
    assert phone.get(PAGE).status_code == 302
    assert client.get(PAGE).status_code == 200


def test_a_new_password_ends_other_sessions(client: Client, typed: Type) -> None:
    a_person("anna", Role.PLANT_MANAGER)
    other = Client()
    for each in (client, other):
        typed(each, "anna")
    new = {"oldpassword": PASSWORD, "password1": "quarterly-kestrel-9", "password2": "quarterly-kestrel-9"}
    assert client.post("/account/password/change/", new).status_code == 302
    assert client.get(PAGE).status_code == 200
    assert other.get(PAGE).status_code == 302


def test_a_short_password_is_refused(client: Client, typed: Type) -> None:
    a_person("anna", Role.PLANT_MANAGER)
    typed(client, "anna")
    new = {"oldpassword": PASSWORD, "password1": "kestrel-9", "password2": "kestrel-9"}
    assert "at least 12 characters" in client.post("/account/password/change/", new).content.decode()
