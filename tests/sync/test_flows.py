from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sync.connectors.odoo.connector import OdooConnector
from sync.flows import Policy, State, change, flows, policy_of, problems, state_of
from sync.models import Ownership, Source, Stream
from sync.sources import ensure_streams
from tests.sync.conftest import MakeSource
from tests.sync.fake import World

PlantOf = tuple[Source, World]
GOOD = Policy(
    every_s=60, refresh_every_s=None, acceptable_delay_s=900, criticality="normal", reconciliation=""
)


def test_the_registry_shows_each_stream_with_its_system_of_record(
    make_source: MakeSource, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    (first, _), (second, _) = make_source("a"), make_source("b")
    Ownership.objects.filter(kind="run").update(source=second)
    Ownership.objects.filter(kind="downtime").delete()
    with django_assert_num_queries(2):
        found = {(flow.stream.source.name, flow.stream.name): flow for flow in flows()}
    assert len(found) == first.streams.count() + second.streams.count()
    owners = {record.kind: record.owner for record in found["a", "events"].records}
    assert owners == {"downtime": None, "run": second}
    assert found["a", "plants"].records[0].owner == first


def test_lag_and_what_was_changed_are_told(plant: PlantOf) -> None:
    source, _ = plant
    source.streams.filter(name="events").update(every_s=30, read_through=timezone.now() - timedelta(hours=1))
    found = {flow.stream.name: flow for flow in flows()}
    assert found["events"].late
    assert found["events"].changed
    assert timedelta(hours=1) <= (found["events"].lag or timedelta()) < timedelta(hours=1, minutes=1)
    assert not found["plants"].changed
    assert (found["counts"].lag, found["counts"].late) == (None, False)


def test_a_stream_the_connector_offers_no_more_is_still_shown(plant: PlantOf) -> None:
    source, _ = plant
    Stream.objects.create(source=source, name="gone", title="Gone")
    (flow,) = [flow for flow in flows() if flow.stream.name == "gone"]
    assert (flow.records, flow.standard, flow.changed) == ((), None, False)


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        (replace(GOOD, every_s=4), "every_s"),
        (replace(GOOD, every_s=8 * 86400, acceptable_delay_s=9 * 86400), "every_s"),
        (replace(GOOD, refresh_every_s=59), "refresh_every_s"),
        (replace(GOOD, acceptable_delay_s=59), "acceptable_delay_s"),
        (replace(GOOD, acceptable_delay_s=32 * 86400), "acceptable_delay_s"),
        (replace(GOOD, criticality="immense"), "criticality"),
        (replace(GOOD, reconciliation="magic"), "reconciliation"),
    ],
)
def test_a_policy_that_cannot_hold_is_told_by_field(policy: Policy, field: str) -> None:
    assert set(problems(policy, rules={"counts"})) == {field}


def test_a_policy_that_can_hold_has_no_problem() -> None:
    assert problems(replace(GOOD, refresh_every_s=3600, reconciliation="counts"), rules={"counts"}) == {}


def test_a_change_holds_at_once_and_survives_a_new_version_of_the_connector(plant: PlantOf) -> None:
    stream = plant[0].streams.get(name="events")
    stream.next_due = timezone.now() + timedelta(hours=5)
    stream.save()
    wanted = replace(GOOD, every_s=30, criticality="high")
    change(stream, wanted)
    ensure_streams(plant[0])
    stored = Stream.objects.get(pk=stream.pk)
    assert policy_of(stored) == policy_of(stream) == wanted
    assert stored.next_due is not None
    assert stored.next_due <= timezone.now() + timedelta(seconds=30)


def test_a_change_does_not_hurry_a_failing_stream(plant: PlantOf) -> None:
    stream = plant[0].streams.get(name="events")
    due = timezone.now() + timedelta(minutes=20)
    Stream.objects.filter(pk=stream.pk).update(failures=3, next_due=due)
    change(stream, replace(GOOD, every_s=30))
    assert Stream.objects.get(pk=stream.pk).next_due == due


def test_new_streams_take_the_policy_of_their_connector(make_source: MakeSource) -> None:
    source, _ = make_source("a")
    for stream in source.streams.all():
        assert (stream.direction, stream.mode, stream.criticality) == ("in", "poll", "normal")
        assert stream.reconciliation == "rows"


def test_streams_of_before_the_registry_take_their_standard_but_no_decision_is_undone(db: None) -> None:
    source = Source.objects.create(name="odoo", title="Odoo", connector="odoo", url="https://odoo.example")
    standard = OdooConnector.streams["productivity"]
    old = Stream.objects.create(source=source, name="productivity", title="Old")
    decided = Stream.objects.create(source=source, name="requests", title="Decided", criticality="high")
    foreign = Stream.objects.create(source=source, name="no_more", title="No more")
    import_module("sync.migrations.0010_standard_policy").take_standard(apps, None)
    for stream in (old, decided, foreign):
        stream.refresh_from_db()
    assert (old.refresh_every_s, old.reconciliation) == (standard.refresh_every_s, standard.reconciliation)
    assert (decided.criticality, decided.reconciliation) == ("high", "")
    assert foreign.reconciliation == ""


def test_states_are_judged_worst_first(plant: PlantOf) -> None:
    stream, now = plant[0].streams.select_related("source").get(name="counts"), timezone.now()
    assert state_of(stream, running=False, now=now) == State.WAITING
    assert state_of(stream, running=True, now=now) == State.RUNNING
    stream.read_through = now
    assert state_of(stream, running=True, now=now) == State.FRESH
    assert state_of(stream, running=True, now=now + timedelta(days=1)) == State.LATE
    stream.failures = 1
    assert state_of(stream, running=False, now=now) == State.FAILED
    stream.source.enabled = False
    assert state_of(stream, running=False, now=now) == State.PAUSED
