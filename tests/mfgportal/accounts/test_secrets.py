"""Secrets: kept encrypted, moved to another key, and found nowhere after sources have used them."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse
from psycopg import sql

from mfgportal.accounts.kept_secrets import keys_in_use
from mfgportal.accounts.second_factor import EncryptedFactors
from sync.models import Source
from sync.run import run_stream
from sync.sandbox import Factory, Sandbox, serve
from sync.secrets import key_id
from sync.sources import add_source
from tests.mfgportal.access_matrix import API, PAGES
from tests.mfgportal.queue import LogIn, World

MARKER = "Gm7-marker-of-a-secret"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    with serve(Factory(seed=7, days=1, machines=2, now=now)) as running:
        yield running


@pytest.fixture
def used(world: World, sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> str:
    """What was logged while sources tried to log in with the marker, and were refused."""
    caplog.set_level(logging.DEBUG)
    told = {"odoo-rpc": ("odoo", {"password": MARKER}, sandbox.odoo_url)}
    told["odoo-key"] = ("odoo", {"api_key": MARKER}, sandbox.odoo_url)
    told["atlas-jwt"] = ("atlas", {"password": MARKER, "username": "sync@example.com"}, sandbox.atlas_url)
    told["atlas-key"] = ("atlas", {"api_key": MARKER}, sandbox.atlas_url)
    for name, (connector, given, url) in told.items():
        options: dict[str, Any] = {"signature": MARKER}
        source = add_source(
            name=name, title=name, connector=connector, url=url, database="mfg", options=options, **given
        )
        run = run_stream(source.streams.order_by("rank")[0].pk)
        assert run is not None
        assert run.status == "failed", name
    return caplog.text


def everything_stored() -> str:
    """Every row of every table, as a dump would have it."""
    texts: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT each::text FROM {} each").format(sql.Identifier(table)))
            texts += [f"{table}: {row}" for (row,) in cursor.fetchall() if MARKER in row]
    return "\n".join(texts)


def test_a_secret_is_found_nowhere(world: World, used: str, as_user: LogIn) -> None:
    assert MARKER not in used
    Source.objects.update(options={})  # what a person writes into a declaration's options is no credential
    assert everything_stored() == ""
    client = as_user(world.admin)
    looked = [path for path in _paths() if MARKER in _body(client, path)]
    assert looked == []


def _paths() -> Iterator[str]:
    for name, row in {**PAGES, **API}.items():
        if row.read is not None and not row.of:
            try:
                yield reverse(name)
            except NoReverseMatch:
                continue
    for name in ("odoo-rpc", "atlas-key"):
        yield reverse("source", args=[name])
    yield from ("/api/v1/audit?format=csv", "/api/v1/exceptions?format=csv")


def _body(client: Client, path: str) -> str:
    answer = client.get(path)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return f"{path}\n{content.decode(errors='replace')}"


@pytest.fixture
def kept(world: World) -> Authenticator:
    """A credential of a source and a second factor."""
    Source.objects.filter(pk=world.source.pk).update(password=MARKER)
    data = {"secret": EncryptedFactors().encrypt(MARKER)}
    return Authenticator.objects.create(user=world.admin, type=Authenticator.Type.TOTP, data=data)


def test_keys_are_rotated(world: World, kept: Authenticator, settings: Any) -> None:
    old, new = settings.FIELD_ENCRYPTION_KEYS, Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [new, *old]
    assert set(keys_in_use()) == {key_id(old[0])}
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    assert (f"key {key_id(new)}: 2" in said.getvalue(), key_id(old[0]) in said.getvalue()) == (True, True)
    settings.FIELD_ENCRYPTION_KEYS = [new]
    kept.refresh_from_db()
    assert Source.objects.get(pk=world.source.pk).password == MARKER
    assert EncryptedFactors().decrypt(kept.data["secret"]) == MARKER
    assert keys_in_use() == {key_id(new): 2}


def test_without_the_old_key_nothing_is_changed(kept: Authenticator, settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="not in FIELD_ENCRYPTION_KEYS"):
        call_command("rotate_keys")
    assert keys_in_use() == {"": 2}
