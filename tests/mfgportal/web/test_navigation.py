"""Sections, by role; the sheet of shortcuts; the page of search."""

import re

import pytest
from django.test import Client

from mfgportal.accounts.models import Role
from mfgportal.web.navigation import GROUPS
from mfgportal.web.shortcuts import EVERYWHERE, EXCEPTIONS, LISTS, PERIODS
from tests.mfgportal.queue import LogIn, World, a_person
from tests.mfgportal.web.conftest import EVIL

pytestmark = pytest.mark.django_db
LINK = re.compile(r'href="([^"#?]+)')


def shown(client: Client) -> set[str]:
    text = client.get("/glossary/").content.decode()
    return set(LINK.findall(text[text.index("<nav") : text.index("</nav>")]))


@pytest.mark.parametrize("role", Role.values)
def test_navigation_shows_what_the_role_may_open_and_nothing_else(
    world: World, as_user: LogIn, role: str
) -> None:
    client = as_user(a_person("someone", Role(role), world.lyon))
    sections = [section for group in GROUPS for section in group.sections]
    seen = shown(client)
    for section in sections:
        address = section.url(None)
        assert (client.get(address).status_code == 200) == (address in seen), address


def test_the_section_at_hand_is_marked(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    for address, marked in (("/reliability/", "page"), (f"/reliability/{world.press.pk}/", "true")):
        text = client.get(address).content.decode()
        assert re.search(rf'href="/reliability/" data-below="[^"]+" aria-current="{marked}"', text)
        assert "data-current" in text


def test_keys_are_unique() -> None:
    keys = [key.keys for sheet in (EVERYWHERE, PERIODS, LISTS, EXCEPTIONS) for key in sheet.shortcuts]
    going = [section.key for group in GROUPS for section in group.sections if section.key]
    assert len(set(keys)) == len(keys)
    assert len(set(going)) == len(going)
    assert "o" not in going  # the start page


def test_the_sheet_and_the_page_of_shortcuts_are_one_list(world: World, as_user: LogIn) -> None:
    text = as_user(world.lead).get("/account/shortcuts/").content.decode()
    keys = re.findall(r'data-keys="([^"]+)"', text)
    assert len(keys) == 2 * len(set(keys))
    assert {"?", "/", "g o", "g m", "j", "k", "x", "a", "s", "e", "[", "]", "t"} <= set(keys)


def test_a_stranger_gets_no_shortcuts(client: Client) -> None:
    assert "keys.js" not in client.get("/account/login/").content.decode()


def test_search_answers_without_scripts(world: World, as_user: LogIn) -> None:
    text = as_user(world.lead).get("/search/?q=press").content.decode()
    assert f'href="/equipment/{world.press.pk}/"' in text
    assert "Nothing found" in as_user(world.lead).get("/search/?q=zzzzqqq").content.decode()


def test_suggestions_are_options_and_text(world: World, as_user: LogIn) -> None:
    world.press.name = EVIL
    world.press.save()
    text = as_user(world.lead).get("/search/suggest/?q=script").content.decode()
    assert 'role="option"' in text
    assert EVIL not in text
    assert "<html" not in text
