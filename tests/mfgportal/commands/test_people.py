from datetime import timedelta
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from knox.models import AuthToken

from mfgportal.accounts.models import Role, User
from tests.mfgportal.queue import a_person, a_plant

PASSWORD = "quarterly-kestrel-9"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue().strip()


def test_a_person_is_made_with_a_role_and_plants(db: None, typed: None) -> None:
    lyon = a_plant("Lyon")
    said = run(
        "portal_user", "anna", "--role", "maintenance_lead", "--plant", "lyon", "--email", "a@b.example"
    )
    anna = User.objects.get(username="anna")
    assert said == "anna: Maintenance lead, Lyon."
    assert anna.check_password(PASSWORD)
    assert (anna.role, list(anna.plants.all()), anna.email) == (Role.MAINTENANCE_LEAD, [lyon], "a@b.example")


def test_a_change_keeps_what_is_not_named(db: None) -> None:
    anna = a_person("anna", Role.MAINTENANCE_LEAD, a_plant("Lyon"))
    assert run("portal_user", "anna", "--role", "plant_manager") == "anna: Plant manager, Lyon."
    anna.refresh_from_db()
    assert anna.check_password("a long pass phrase")
    assert run("portal_user", "anna", "--role", "admin") == "anna: Administrator, all plants."


def test_a_lost_second_factor_is_forgotten(db: None) -> None:
    ada = a_person("ada", Role.ADMIN)
    Authenticator.objects.create(user=ada, type="totp", data={"secret": "x"})
    run("portal_user", "ada", "--forget-factors")
    assert not Authenticator.objects.exists()


def test_an_unknown_plant_is_refused_with_the_known_ones(db: None, typed: None) -> None:
    a_plant("Lyon")
    with pytest.raises(CommandError, match=r"There is no plant 'Mars'. Plants: Lyon."):
        run("portal_user", "anna", "--plant", "Mars")
    assert not User.objects.exists()


def test_a_weak_password_is_refused(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("123\n"))
    with pytest.raises(CommandError, match="too short"):
        run("portal_user", "anna")


def test_a_token_is_shown_once_expires_and_is_revoked(db: None) -> None:
    a_person("anna", Role.ADMIN)
    token = run("api_token", "anna", "--days", "2")
    stored = AuthToken.objects.get()
    assert token.startswith("mfg_")
    assert token not in str(vars(stored))
    assert stored.expiry is not None
    assert round((stored.expiry - stored.created) / timedelta(days=1)) == 2
    assert run("api_token", "anna", "--revoke") == "1 token(s) of anna revoked."
    assert not AuthToken.objects.exists()


@pytest.mark.parametrize(
    ("args", "wanted"), [(["nobody"], "portal_user"), (["anna", "--days", "0"], "1 or more")]
)
def test_a_token_for_nobody_or_for_no_time_is_refused(db: None, args: list[str], wanted: str) -> None:
    a_person("anna", Role.ADMIN)
    with pytest.raises(CommandError, match=wanted):
        run("api_token", *args)
