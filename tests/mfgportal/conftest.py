"""Two plants, a maintenance lead who sees one of them, an administrator who sees both."""

from collections.abc import Callable

import pytest
from django.test import Client

from mfgportal.accounts.models import Role, User
from tests.mfgportal.queue import (
    World,
    a_line,
    a_machine,
    a_person,
    a_plant,
    a_source,
    a_stream,
    an_exception,
)


@pytest.fixture
def world(db: None) -> World:
    lyon, porto = a_plant("Lyon"), a_plant("Porto", timezone="Europe/Lisbon")
    stream = a_stream(a_source())
    return World(
        lyon=lyon,
        porto=porto,
        press=a_machine(lyon, "Press 1", line=a_line(lyon)),
        lathe=a_machine(porto, "Lathe 1", line=a_line(porto, "Line P")),
        source=stream.source,
        stream=stream,
        mine=an_exception(stream, plant=lyon, holds=3, title="Unknown machine in Lyon"),
        theirs=an_exception(stream, plant=porto, holds=5, title="Unknown machine in Porto"),
        nobodys=an_exception(
            stream,
            kind="source_unavailable",
            title="Odoo does not answer",
            context={"streams": ["productivity"]},
        ),
        lead=a_person("lead", Role.MAINTENANCE_LEAD, lyon),
        admin=a_person("admin", Role.ADMIN),
    )


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """Gives a client that is logged in as the person."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in
