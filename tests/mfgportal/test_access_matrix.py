"""Every address × every role × own and foreign plant, for pages and API, with sessions and with keys."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mfgportal.accounts.access import may
from mfgportal.accounts.keys import make_key
from mfgportal.accounts.models import ALL_PLANTS, Role, User
from mfgportal.accounts.rights import Right
from mfgportal.accounts.scopes import Scope, scope_of
from tests.mfgportal.access_matrix import ALL, ALLAUTH, API, PAGES, RULE, Row
from tests.mfgportal.ground import UNREAL, Ground
from tests.mfgportal.queue import a_person, a_world

ROWS = {**PAGES, **API}
FOREIGN = ("Porto", "Lathe 1", "Line P")
"""Names of the other plant: no page, list or count of a person of Lyon shows them."""


PERSONAL = frozenset({"view", "key"})
"""Belongs to a person, not to a plant."""
Lay = Callable[[Role], Ground]


def _patterns(patterns: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from _patterns(each.url_patterns, prefix + str(each.pattern))
        elif isinstance(each, URLPattern):
            yield each.name or prefix + str(each.pattern), prefix + str(each.pattern)


def _grants(user: User, who: Right | str | None) -> bool:
    return who == ALL or (isinstance(who, Right) and may(user, who))


def _ask(client: Client, method: str, path: str, **headers: str) -> Any:
    """The answer; what the request wrote is undone."""
    more: dict[str, Any] = {"headers": headers}
    if method != "get" and path.startswith("/api/"):
        more |= {"data": "{}", "content_type": "application/json"}
    with transaction.atomic():
        answer = getattr(client, method)(path, **more)
        if answer.streaming:
            answer.content = b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return answer


def _requests(row: Row) -> list[tuple[str, Right | str]]:
    found = [("get", row.read), (row.method, row.write)]
    return [(method, who) for method, who in found if who is not None]


@pytest.fixture
def ground(db: None) -> Lay:
    def lay(role: Role) -> Ground:
        world = a_world()
        plants = () if role in ALL_PLANTS else (world.lyon,)
        return Ground(world, a_person("someone", role, *plants))

    return lay


def test_every_address_has_a_row() -> None:
    known = dict(_patterns(get_resolver().url_patterns))
    missing = [name for name in known if name not in ROWS and name not in ALLAUTH]
    rule = RULE.replace("{name}", missing[0] if missing else "")
    assert not missing, f"Addresses without a row: {', '.join(missing)}. {rule}"
    gone = [name for name in (*ROWS, *ALLAUTH) if name not in known]
    assert not gone, f"Rows of addresses that are no more: {gone}"


@pytest.mark.parametrize("role", Role)
def test_roles_and_plants(role: Role, ground: Lay) -> None:
    here, client, wrong = ground(role), Client(raise_request_exception=False), list[str]()
    client.force_login(here.user)
    for number, (name, row) in enumerate(ROWS.items()):
        own, foreign = here.things[row.of]
        for method, who in _requests(row) if _tries(role, number, row) else ():
            said, granted = f"{role} {method.upper()} {name}", _grants(here.user, who)
            answer = _ask(client, method, reverse(name, kwargs=own))
            wrong += _judge(said, answer, granted=granted, row=row)
            if role not in ALL_PLANTS:
                wrong += _shown(said, answer)
            if foreign and (role not in ALL_PLANTS or row.of in PERSONAL):
                there = _ask(client, method, reverse(name, kwargs=foreign))
                wrong += _hidden(said, there, granted=granted)
    assert not wrong, "\n".join(wrong)


def test_without_a_log_in_nothing_opens(ground: Lay) -> None:
    here, client, wrong = ground(Role.ADMIN), Client(raise_request_exception=False), list[str]()
    for name, row in ROWS.items():
        for method, _ in _requests(row):
            path = reverse(name, kwargs=here.things[row.of][0])
            answer = _ask(client, method, path)
            led = answer.status_code == 302 and answer.headers["Location"].startswith("/account/login/")
            refused = answer.status_code == 401 if path.startswith("/api/") and name != "api_docs" else led
            if refused == row.open:
                wrong.append(f"{method.upper()} {name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_keys_hold_to_their_scopes_and_plants(ground: Lay) -> None:
    here, client, wrong = ground(Role.ADMIN), Client(raise_request_exception=False), list[str]()
    lyon = [here.world.lyon]
    tokens = {
        scope: f"Token {make_key(here.user, scope, [scope], days=1, plants=lyon)[1]}" for scope in Scope
    }
    for name, row in API.items():
        own, foreign = here.things[row.of]
        for method, _ in _requests(row):
            path = reverse(name, kwargs=own)
            wanted = Scope(scope_of(method.upper(), path))
            other = Scope.READ_KPIS if wanted != Scope.READ_KPIS else Scope.WRITE_SYNC
            answer = _ask(client, method, path, authorization=tokens[wanted])
            wrong += _judge(f"{wanted} {method} {name}", answer, granted=True, row=row) + _shown(name, answer)
            refused = _ask(client, method, path, authorization=tokens[other])
            wrong += _judge(f"{other} {method} {name}", refused, granted=name == "api_schema", row=row)
            if foreign:
                there = _ask(client, method, reverse(name, kwargs=foreign), authorization=tokens[wanted])
                wrong += _hidden(name, there, granted=True)
    assert not wrong, "\n".join(wrong)


def _tries(role: Role, number: int, row: Row) -> bool:
    """Those of one plant try all; what no right decides, one of the roles of all plants tries in turn."""
    decided = isinstance(row.read, Right) or isinstance(row.write, Right) or row.of in PERSONAL
    return role not in ALL_PLANTS or decided or number % len(ALL_PLANTS) == sorted(ALL_PLANTS).index(role)


def _judge(said: str, answer: Any, *, granted: bool, row: Row) -> list[str]:
    """Who has the right is not refused; that an empty request is no good (400, 409, 422) is no matter."""
    status = answer.status_code
    if not granted:
        return [] if status == 403 else [f"{said}: {status} instead of 403"]
    refused = {403, 405} | (set() if row.of in UNREAL else {404}) - {row.empty}
    return [f"{said}: {status}"] if status in refused or status >= 500 else []


def _shown(said: str, answer: Any) -> list[str]:
    content = answer.content.decode("utf-8", "ignore")
    return [f"{said}: shows {word}" for word in FOREIGN if word in content]


def _hidden(said: str, answer: Any, *, granted: bool) -> list[str]:
    right = {404} if granted else {403, 404}
    return [] if answer.status_code in right else [f"{said} of the foreign one: {answer.status_code}"]
