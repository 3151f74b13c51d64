"""Numbers and dates in four languages, and whose language holds."""

from datetime import date

import pytest
from django.template import Context, Template
from django.test import Client

from kpis.definitions import Unit
from mfgportal import locales
from mfgportal.habits.models import Preference
from mfgportal.habits.reading import writing_to
from mfgportal.web.format import amount, percent
from tests.mfgportal.queue import LogIn, World

DAY, LATER = date(2026, 11, 3), date(2026, 12, 5)


@pytest.mark.parametrize(
    ("name", "number", "share", "money", "day"),
    [
        ("en", "12,345.7", "63.4 %", "1,234 EUR", "Tue 3 Nov 2026"),
        ("de", "12.345,7", "63,4\u00a0%", "1.234\u00a0EUR", "Di., 3. Nov. 2026"),
        ("fr", "12\u202f345,7", "63,4\u00a0%", "1\u202f234\u00a0EUR", "mar. 3 nov. 2026"),
        ("es", "12.345,7", "63,4\u00a0%", "1.234\u00a0EUR", "mar, 3 nov 2026"),
    ],
)
def test_each_language_writes_its_own_way(name: str, number: str, share: str, money: str, day: str) -> None:
    with locales.using(name):
        assert locales.number(12345.67, 1) == number
        assert str(amount(0.634, Unit.SHARE)) == share
        assert str(amount(1234.0, Unit.MONEY, "EUR")) == money
        assert locales.day(DAY, "yMMMEd") == day
        assert percent(0.5)[:2] == "50"
    assert locales.number(1234.5, 1) == "1,234.5", "what follows is English again"


def test_a_span_of_days_says_nothing_twice() -> None:
    assert locales.days(DAY, LATER) == "3 Nov – 5 Dec 2026"
    assert locales.days(DAY, DAY.replace(day=9)) == "3 – 9 Nov 2026"
    with locales.using("de"):
        assert locales.days(DAY, DAY.replace(day=9)).replace("\u2009", " ") == "3.–9. Nov. 2026"


def test_templates_write_by_locale_but_inputs_stay_iso() -> None:
    template = Template('{{ d|date:"D j M" }}|{{ d|date:"l j F Y" }}|{{ n|intcomma }}|{{ d|date:"Y-m-d" }}')
    context = Context({"d": DAY, "n": 1234567})
    assert template.render(context) == "Tue 3 Nov|Tuesday 3 November 2026|1,234,567|2026-11-03"
    with locales.using("fr"):
        said = template.render(context)
    assert said == "mar. 3 nov.|mardi 3 novembre 2026|1\u202f234\u202f567|2026-11-03"


@pytest.mark.parametrize(
    ("header", "name"),
    [("de-CH,de;q=0.9,en;q=0.8", "de"), ("nl, es-MX;q=0.5", "es"), ("en;q=0.4, fr", "fr"), ("pl", ""),
     ("de;q=nonsense", ""), ("", ""), ("*", "")],
)  # fmt: skip
def test_the_browser_asks(header: str, name: str) -> None:
    assert locales.accepted(header) == name


@pytest.mark.django_db
def test_the_persons_choice_goes_before_the_browsers(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    assert "2. Jan. 2026" in _page(client, "de")
    Preference.objects.create(user=world.lead, locale="es")
    assert "2 ene 2026" in _page(client, "de")
    assert 'lang="en"' in _page(client, "de"), "the words are English"


@pytest.mark.django_db
def test_a_language_is_chosen_among_the_preferences(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    assert client.post("/account/preferences/", {"locale": "fr"}).status_code == 302
    assert Preference.objects.get(user=world.lead).locale == "fr"
    assert client.post("/account/preferences/", {"locale": "pl"}).status_code == 422


@pytest.mark.django_db
def test_mails_are_written_as_the_recipient_reads(world: World) -> None:
    Preference.objects.create(user=world.lead, locale="fr")
    with writing_to(world.lead):
        assert locales.number(0.5, 1) == "0,5"
    with writing_to(world.admin):
        assert locales.number(0.5, 1) == "0.5"


def _page(client: Client, language: str) -> str:
    address = "/?from=2026-01-02&to=2026-01-09"
    answer = client.get(address, headers={"accept-language": language})
    assert "Accept-Language" in answer["Vary"]
    return answer.content.decode().replace("–", " – ")
