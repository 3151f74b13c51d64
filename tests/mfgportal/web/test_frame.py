"""The frame of every page: log-in, navigation, whole page or parts, errors."""

import pytest
from django.test import Client

from mfgportal.accounts.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of_admin(client: Client) -> Client:
    client.force_login(User.objects.create_user("admin", role=Role.ADMIN, first_name="Ada"))
    return client


def test_a_stranger_is_asked_to_log_in(client: Client) -> None:
    answer = client.get("/?period=today")
    assert answer.status_code == 302
    assert answer["Location"] == "/account/login/?next=/%3Fperiod%3Dtoday"


def test_the_log_in_page_needs_no_script_and_offers_no_sign_up(client: Client) -> None:
    text = client.get("/account/login/").content.decode()
    assert 'name="login"' in text
    assert "sign up" not in text.lower()


def test_a_whole_page_has_the_frame_and_a_fragment_has_not(client_of_admin: Client) -> None:
    whole = client_of_admin.get("/")
    parts = client_of_admin.get("/", headers={"HX-Request": "true"})
    assert b"<!doctype html>" in whole.content
    assert b"<!doctype html>" not in parts.content
    assert parts.content.startswith(b"<title>")
    assert "HX-Request" in whole["Vary"]
    assert "HX-Request" in parts["Vary"]


def test_history_is_restored_from_whole_pages(client_of_admin: Client) -> None:
    answer = client_of_admin.get("/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert b"<!doctype html>" in answer.content


def test_nothing_on_a_page_is_inline(client_of_admin: Client) -> None:
    text = client_of_admin.get("/").content.decode()
    assert " style=" not in text
    assert "<style" not in text
    assert "onclick" not in text


def test_a_missing_page_says_what_to_do(client_of_admin: Client) -> None:
    answer = client_of_admin.get("/nowhere/")
    assert answer.status_code == 404
    assert b"To the overview" in answer.content
