"""What the OpenAPI allows, and what it does not, sent by each role: nothing breaks, answers are as described.

Few examples, always the same ones; what they write is undone.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from mfgportal.accounts.keys import make_key
from mfgportal.accounts.models import ALL_PLANTS, Role
from mfgportal.accounts.scopes import Scope
from mfgportal.wsgi import application
from tests.mfgportal.queue import World, a_person

EXAMPLES = 2
FEW = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = (not_a_server_error, response_schema_conformance)


@pytest.fixture(autouse=True)
def one_transaction() -> Iterator[None]:
    """As Django's own test client has it: a request does not close the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(request: pytest.FixtureRequest, world: World) -> str:
    """A key with which a program does what a person of the role may."""
    role = request.param
    plants = () if role in ALL_PLANTS else (world.lyon,)
    return make_key(a_person("fuzz", role, *plants), "fuzz", [Scope.ADMIN], days=1)[1]


def operations(number: int, token: str) -> Iterator[Any]:
    """Two fifths of the API: with five roles each operation is tried by two of them."""
    schema = schemathesis.openapi.from_wsgi(
        "/api/schema/", application, headers={"Authorization": f"Token {token}"}
    )
    for place, found in enumerate(schema.get_all_operations()):
        if (place - number) % len(Role) < 2:
            yield found.ok()  # type: ignore[union-attr]


@pytest.mark.parametrize(("number", "token"), list(enumerate(Role)), indirect=["token"], ids=list(Role))
def test_nothing_breaks(number: int, token: str) -> None:
    for operation in operations(number, token):
        _tried(operation, {"Authorization": f"Token {token}"})


def _tried(operation: Any, headers: dict[str, str]) -> None:
    @FEW
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        with transaction.atomic():
            answer = case.call(headers=headers)
            transaction.set_rollback(True)
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            assert answer.headers["content-type"] == ["application/problem+json"], case

    ask()
