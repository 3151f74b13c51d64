"""The figures as Prometheus reads them."""

from datetime import timedelta

from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from mfgportal.metrics import OF_STREAM
from sync.flows import State
from sync.heartbeat import beat
from sync.models import ReconciliationRun, Source, Stream
from tests.mfgportal.queue import World, a_run

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read() -> Samples:
    """Every sample, by name and labels; no two are of the same name and labels."""
    answer = Client().get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    families = list(text_string_to_metric_families(answer.content.decode()))
    assert len({family.name for family in families}) == len(families)
    samples = [sample for family in families for sample in family.samples]
    found = {(one.name, frozenset(one.labels.items())): one.value for one in samples}
    assert len(found) == len(samples)
    return found


def value(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((f"mfgportal_{name}", frozenset(labels.items())))


def test_a_stream_has_its_figures(world: World) -> None:
    now = timezone.now()
    Stream.objects.filter(pk=world.stream.pk).update(read_through=now - timedelta(hours=3))
    a_run(world.stream, status="failed", ended_at=now)
    a_run(world.stream, ended_at=now + timedelta(seconds=4), read=240, delays=[0, 9, *[0] * 12])
    samples, names = read(), {"source": "odoo", "stream": "productivity"}
    assert 10800 <= (value(samples, "stream_lag_seconds", **names) or 0) < 10900
    assert value(samples, "stream_late", **names) == 1
    assert value(samples, "stream_success_ratio_24h", **names) == 0.5
    assert value(samples, "stream_retries_24h", **names) == 1
    assert value(samples, "stream_rows_per_hour", **names) == (240 + 10) / 24
    assert 5 < (value(samples, "stream_row_delay_seconds", quantile="0.5", **names) or 0) <= 10
    states = {state: value(samples, "stream_state", state=state, **names) for state in State}
    assert states == {state: float(state == "late") for state in State}


def test_what_is_not_known_has_no_sample(world: World) -> None:
    samples, names = read(), {"source": "odoo", "stream": "productivity"}
    for name in ("stream_lag_seconds", "stream_success_ratio_24h", "tick_age_seconds"):
        assert value(samples, name, **names) is None
    assert len(OF_STREAM) == len({name for name, _, _ in OF_STREAM})


def test_queue_exceptions_and_the_rest(world: World) -> None:
    beat()
    ReconciliationRun.objects.create(rule="counts", status="done", differing=3)
    samples = read()
    assert value(samples, "exceptions_open", kind="unmapped_key", severity="error") == 2
    assert value(samples, "held_records") == 8
    assert value(samples, "queue_depth", queue="stale_days") == 0
    assert value(samples, "broker_up") == 1
    assert value(samples, "source_breaker", source="odoo", state="closed") == 1
    assert value(samples, "reconciliation_differences", rule="counts") == 3
    assert (value(samples, "tick_age_seconds") or 0) < 60
    assert (value(samples, "database_bytes") or 0) > 10**6


def test_every_scrape_is_complete_on_its_own(world: World, settings: LazySettings) -> None:
    assert {name for name, _ in read()} == {name for name, _ in read()}
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    samples = read()
    assert value(samples, "broker_up") == 0
    assert value(samples, "queue_depth", queue="messages") is None


def test_no_secret_is_among_them(world: World) -> None:
    Source.objects.filter(pk=world.source.pk).update(username="sync@plant", url="https://u:p4ss@odoo.example")
    world.source.password = "s3cret"
    world.source.save(update_fields=["password"])
    text = Client().get("/metrics").content.decode()
    assert not {word for word in ("s3cret", "sync@plant", "p4ss") if word in text}


def test_a_token_closes_them_to_others(world: World, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = "scrape-me"
    for given in ({}, {"Authorization": "Bearer other"}, {"Authorization": "scrape-me"}):
        answer = Client().get("/metrics", headers=given)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="metrics"')
        assert b"mfgportal_" not in answer.content
    assert Client().get("/metrics", headers={"Authorization": "Bearer scrape-me"}).status_code == 200
    assert Client().get("/metrics", headers={"Authorization": "Bearer é"}).status_code == 401


def test_the_number_of_queries_is_fixed(world: World) -> None:
    read()
    with CaptureQueriesContext(connection) as queries:
        read()
    assert len(queries) <= 18
