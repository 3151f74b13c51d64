"""Who changed what: only what people decide, with its author, and never a secret."""

import json

import pytest
from auditlog.models import LogEntry
from django.core.management import call_command
from django.test import Client

from mfgportal.accounts.audit import Change, changes_of
from mfgportal.accounts.keys import make_key
from mfgportal.accounts.scopes import Scope
from sync.models import Ownership, Source, Stream
from sync.sources import add_source
from tests.mfgportal.queue import LogIn, World

SECRET = "s3cret-of-the-plant"


def changes(world: World) -> list[tuple[str, str, str, str]]:
    found: list[Change] = changes_of(Stream.objects.filter(pk=world.stream.pk))
    return [(one.by, one.field, one.before, one.after) for one in found if one.field != "created"]


def test_what_the_sync_writes_is_no_change(world: World) -> None:
    stream = world.stream
    stream.cursor, stream.failures = {"at": 1}, 4
    stream.save(update_fields=["cursor", "failures"])
    stream.save()
    assert changes(world) == []


def test_a_page_signs_with_the_person(world: World, as_user: LogIn) -> None:
    as_user(world.admin).post(f"/flows/{world.stream.pk}/switch/")
    assert changes(world) == [("admin", "Read at all", "True", "False")]


def test_the_api_signs_with_the_tokens_owner(world: World) -> None:
    _, token = make_key(world.admin, "Script", [Scope.WRITE_SYNC, Scope.ADMIN], days=1)
    answer = Client().patch(
        f"/api/v1/sync/streams/{world.stream.pk}",
        json.dumps({"criticality": "high"}),
        content_type="application/json",
        headers={"Authorization": f"Token {token}"},
    )
    assert answer.status_code == 200, answer.content
    assert changes(world) == [("admin", "Criticality", "normal", "high")]


def test_the_command_line_signs_as_such(world: World) -> None:
    call_command("source", "pause", "odoo", "productivity")
    assert changes(world) == [("command line", "Read at all", "True", "False")]


def test_the_name_outlives_the_account(world: World, as_user: LogIn) -> None:
    as_user(world.admin).post(f"/flows/{world.stream.pk}/switch/")
    world.admin.delete()
    assert [by for by, *_ in changes(world)] == ["admin"]


def test_one_persons_request_does_not_sign_the_next_ones(world: World, as_user: LogIn) -> None:
    as_user(world.admin).post(f"/flows/{world.stream.pk}/switch/")
    call_command("source", "resume", "odoo", "productivity")
    assert [by for by, *_ in changes(world)] == ["command line", "admin"]


@pytest.mark.parametrize("field", ["password", "api_key"])
def test_of_a_secret_only_that_it_changed_is_kept(db: None, field: str) -> None:
    given = {"name": "odoo", "title": "Odoo", "connector": "odoo", "url": "https://odoo.example"}
    options = {"signature": SECRET}
    add_source(**given, **{field: SECRET}, options=options)
    add_source(**given, **{field: f"{SECRET}2"}, options=options | {"more": 1})
    found = {one.field for one in changes_of(Source.objects.all())}
    assert found >= {"created", "Options"}
    assert found & {"API key", "Password"}
    assert SECRET not in str(list(LogEntry.objects.values()))
    assert SECRET[8:] not in str(list(LogEntry.objects.values()))


def test_a_new_system_of_record_is_told_by_name(world: World) -> None:
    atlas = Source.objects.create(name="atlas", title="Atlas", connector="atlas", url="https://atlas.example")
    owned = Ownership.objects.create(kind="run", source=world.source)
    owned.source = atlas
    owned.save()
    latest = changes_of(Ownership.objects.all())[0]
    assert (latest.field, latest.before, latest.after) == ("Source", "Odoo", "Atlas")


def test_a_header_a_client_makes_up_is_not_kept(world: World, as_user: LogIn) -> None:
    as_user(world.admin).post(
        f"/flows/{world.stream.pk}/switch/",
        headers={"X-Correlation-Id": "x" * 999, "X-Forwarded-For": "1.2.3.4"},
    )
    entry = LogEntry.objects.latest("pk")
    assert (len(entry.cid), "x" in entry.cid, entry.remote_addr) == (32, False, None)
