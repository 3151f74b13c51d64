"""The audit trail is complete, readable, exportable, and nobody changes it."""

import pytest
from auditlog.models import LogEntry
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from mfgportal.accounts.keys import make_key
from mfgportal.accounts.scopes import Scope
from mfgportal.workbench import bulk
from mfgportal.workbench.models import Batch
from sync.models import Correction, Rule
from tests.mfgportal.queue import LogIn, World


@pytest.fixture
def client(world: World, as_user: LogIn) -> Client:
    """The administrator, who has just paused a flow."""
    client = as_user(world.admin)
    assert client.post(f"/flows/{world.stream.pk}/switch/").status_code == 302
    return client


def test_the_database_refuses_to_change_or_remove_an_entry(client: Client) -> None:
    rows = LogEntry.objects.all()
    for attempt in (
        lambda: rows.update(object_repr="forged"),
        lambda: rows.update(actor=None, cid="x"),
        rows.delete,
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            attempt()


def test_the_database_refuses_to_empty_it(client: Client) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE auditlog_logentry ENABLE TRIGGER never_emptied")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute("TRUNCATE auditlog_logentry CASCADE")
        transaction.set_rollback(True)
    assert LogEntry.objects.exists()


def test_the_page_tells_who_changed_what(world: World, client: Client) -> None:
    text = client.get("/audit/", {"what": "sync.stream", "by": "admin"}).content.decode()
    assert "Read at all: True → False" in text
    assert (
        "Nothing matches"
        in client.get("/audit/", {"what": "sync.source", "first": "2999-01-01"}).content.decode()
    )
    assert client.get("/audit/", {"first": "never", "page": "x"}).status_code == 200


def test_the_api_has_the_same_with_one_trace_id_per_request(world: World, client: Client) -> None:
    answer = client.get("/api/v1/audit", {"what": "sync.stream", "last": str(timezone.now().date())})
    entry = answer.json()["results"][0]
    assert (entry["by"], entry["action"], entry["title"]) == ("admin", "changed", "Stream")
    assert entry["changes"] == [{"field": "Read at all", "before": "True", "after": "False"}]
    traced = client.get("/api/v1/audit", {"trace": entry["trace_id"]}).json()
    assert len(entry["trace_id"]) == 32
    assert [each["id"] for each in traced["results"]] == [entry["id"]]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_it_is_exported_whole(client: Client, kind: str) -> None:
    answer = client.get("/api/v1/audit", {"format": kind})
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert kind == "xlsx" or b"Read at all,True,False" in content
    assert len(content) > 100


def test_overrides_and_rules_are_in_it(world: World, client: Client) -> None:
    correction = Correction.objects.create(
        source=world.source,
        external_key="m/1",
        field="quantity",
        value=5,
        original=50,
        reason="typo",
        author="a",
    )
    correction.revoked_at = timezone.now()
    correction.save(update_fields=["revoked_at"])
    Rule.objects.create(
        what="value",
        source=world.source,
        kind="run",
        field="reason",
        pattern="x*",
        value={"a": 1},
        reason="r",
        author="a",
    )
    found = client.get("/api/v1/audit").json()["results"]
    assert [(each["title"], each["action"]) for each in found[:3]] == [
        ("Rule", "created"), ("Correction", "changed"), ("Correction", "created"),
    ]  # fmt: skip
    assert {"field": "Original", "before": "", "after": "50"} in found[2]["changes"]


def test_comments_and_bulk_work_are_in_it_under_the_name_of_who_has_the_key(world: World) -> None:
    token = make_key(world.lead, "Script", [Scope.WRITE_EXCEPTIONS], days=1)[1]
    client = Client(headers={"authorization": f"Token {token}"})

    def post(address: str, body: dict[str, object]) -> int:
        answer = client.post(f"/api/v1/exceptions/{address}", body, content_type="application/json")
        assert answer.status_code == 200
        return int(answer.json()["id"])

    post(f"{world.mine.pk}/comments", {"text": "Looks like the new press"})
    batch = post("batches", {"act": "dismiss", "ids": [world.mine.pk], "reason": "test rig"})
    post(f"batches/{batch}/start", {})
    bulk.work(batch)
    rows = LogEntry.objects.order_by("id").values_list(
        "content_type__model", "additional_data__by", "changes"
    )
    found = [row for row in rows if row[0] in {"comment", "batch", "decision"}]
    assert [(model, by) for model, by, _ in found] == [
        ("comment", "lead"), ("batch", "lead"), ("batch", "lead"), ("decision", "lead"),
    ]  # fmt: skip
    assert found[0][2]["text"] == ["None", "Looks like the new press"]
    assert found[2][2] == {"state": ["preview", "queued"]}
    bulk.forget(Batch.objects.all())
    assert LogEntry.objects.filter(content_type__model="batch").count() == 2
