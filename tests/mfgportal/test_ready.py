"""What a load balancer is told when a part is away."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from mfgportal import ready
from sync.heartbeat import beat
from sync.models import Checkpoint

pytestmark = pytest.mark.django_db
ALL_WELL = {"database": "ok", "migrations": "ok", "broker": "ok", "worker": "ok"}


def test_a_process_that_answers_is_healthy_whatever_else_is_not(client: Client) -> None:
    with patch.object(connection, "cursor", side_effect=OperationalError):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_all_is_well(client: Client) -> None:
    beat()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "checks": ALL_WELL})
    assert answer["Cache-Control"] == "no-store"


def test_without_the_database_it_is_not_ready(client: Client) -> None:
    with patch.object(connection, "cursor", side_effect=OperationalError):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "checks": {"database": "no answer from PostgreSQL"}}


def test_before_its_migrations_it_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "_known_to_be_migrated", False)
    missing = [("sync.0099_next", False), ("kpis.0099_next", False)]
    with patch("mfgportal.ready.MigrationExecutor.migration_plan", return_value=missing):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"].startswith("2 not applied")


def test_migrations_are_asked_for_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "_known_to_be_migrated", False)
    client.get("/readyz")
    with patch.object(ready, "MigrationExecutor", side_effect=AssertionError):
        assert client.get("/readyz").status_code == 200


def test_without_the_broker_the_pages_work_so_it_stays_in_service(
    client: Client, settings: LazySettings
) -> None:
    beat()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["checks"] == ALL_WELL | {"broker": "no answer from Redis"}


def test_a_worker_that_stands_still_degrades_it(client: Client, settings: LazySettings) -> None:
    assert client.get("/readyz").json()["checks"]["worker"] == "no worker has run a tick yet"
    beat()
    Checkpoint.objects.update(at=timezone.now() - timedelta(seconds=settings.TICK_MAX_AGE_S + 5))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["checks"]["worker"] == f"the last tick was {settings.TICK_MAX_AGE_S + 5} s ago"
