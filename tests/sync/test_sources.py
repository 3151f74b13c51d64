from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from sync import demo
from sync.freshness import freshness
from sync.models import Ownership, Source, Stream, SyncRun
from sync.progress import State, snapshot
from sync.records import Kind
from sync.schedule import due_sweeps, take_due
from sync.sources import add_source, check, ensure_streams, record_url
from tests.sync.conftest import MakeSource, good, read
from tests.sync.fake import READERS, World
from tests.sync.test_run import T, put_stop, stream_of

PlantOf = tuple[Source, World]


def test_secrets_are_encrypted_in_the_database(make_source: MakeSource) -> None:
    source, _ = make_source("a")
    add_source(name="a", title="A", connector="fake", url=source.url, password="geheim", api_key="key-1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sync_source")
        stored = str(cursor.fetchall())
    assert "geheim" not in stored
    assert "key-1" not in stored
    again = Source.objects.get(name="a")
    assert (again.password, again.api_key) == ("geheim", "key-1")


def test_adding_a_source_again_keeps_policies_people_changed(make_source: MakeSource) -> None:
    source, _ = make_source("a")
    assert source.streams.count() == len(READERS)
    source.streams.filter(name="events").update(every_s=7, enabled=False)
    ensure_streams(source)
    stream = stream_of(source)
    assert (stream.every_s, stream.enabled, source.streams.count()) == (7, False, len(READERS))


def test_the_first_source_owns_what_it_offers(make_source: MakeSource) -> None:
    first, _ = make_source("a")
    make_source("b")
    assert set(Ownership.objects.values_list("source__name", flat=True)) == {"a"}
    assert Ownership.objects.filter(kind=Kind.EQUIPMENT, source=first).exists()


def test_an_unknown_connector_is_named(db: None) -> None:
    with pytest.raises(KeyError, match="nope"):
        add_source(name="a", title="A", connector="nope", url="http://a.test")
    assert not Source.objects.exists()


def test_a_connection_is_checked_and_a_record_has_its_address(plant: PlantOf) -> None:
    source, _ = plant
    assert check(source).visible["machines"] == 2
    assert record_url("a", "stop/1") == "http://fake.test/a/stop/1"
    assert record_url("nobody", "stop/1") == ""


def test_data_is_as_old_as_its_oldest_fact_stream(plant: PlantOf) -> None:
    source, _ = plant
    assert freshness().data_as_of is None
    good(source, "orders", "events", "counts")
    old = timezone.now() - timedelta(hours=5)
    source.streams.filter(name="counts").update(read_through=old)
    found = freshness()
    assert found.data_as_of == old
    assert "counts" in {stream.stream for stream in found.late}
    assert "events" not in {stream.stream for stream in found.late}
    source.streams.filter(name="counts").update(enabled=False)
    assert freshness().data_as_of != old


def test_the_demo_can_be_seeded_twice(db: None) -> None:
    for _ in range(2):
        demo.seed("http://127.0.0.1:1", "http://127.0.0.1:2")
    assert list(Source.objects.order_by("created_at").values_list("name", flat=True)) == ["atlas", "odoo"]
    owned = dict(Ownership.objects.values_list("kind", "source__name"))
    assert (owned["equipment"], owned["reason"], owned["calendar"]) == ("atlas", "odoo", "odoo")


def test_a_first_load_reads_lists_before_what_names_them(make_source: MakeSource) -> None:
    source, _ = make_source("a")

    def names(ids: list[int]) -> set[str]:
        return set(Stream.objects.filter(pk__in=ids).values_list("name", flat=True))

    assert names(take_due()) == {"calendars", "plants"}
    assert take_due() == []
    good(source, "calendars", "plants", "lines", "machines", "products", "parts", "operations", "reasons")
    assert names(take_due()) == {"orders"}
    good(source, "orders")
    assert names(take_due()) == {"events", "counts"}


def test_a_failing_list_does_not_hold_up_the_rest(make_source: MakeSource) -> None:
    source, _ = make_source("a")
    source.streams.exclude(name__in=["plants", "lines"]).update(enabled=False)
    source.streams.filter(name="plants").update(failures=1, next_due=timezone.now() + timedelta(hours=1))
    assert take_due() == [source.streams.get(name="lines").pk]


def test_others_wait_for_the_system_of_record_but_not_for_ever(make_source: MakeSource) -> None:
    first, _ = make_source("a")
    second, _ = make_source("b")
    Stream.objects.exclude(name="plants").update(enabled=False)
    assert take_due() == [first.streams.get(name="plants").pk]
    assert take_due() == []
    Source.objects.filter(pk=second.pk).update(created_at=timezone.now() - timedelta(hours=1))
    assert take_due() == [second.streams.get(name="plants").pk]


def test_what_is_running_is_not_started_again(plant: PlantOf) -> None:
    source, _ = plant
    good(source)
    Stream.objects.update(next_due=timezone.now())
    SyncRun.objects.create(stream=stream_of(source))
    assert stream_of(source).pk not in take_due()


def test_sweeps_start_a_day_after_the_source_came(plant: PlantOf) -> None:
    source, _ = plant
    good(source)
    assert due_sweeps() == []
    Source.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert len(due_sweeps()) == 1


def test_progress_tells_each_stream_and_when_all_is_done(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    now = {stream.stream: stream for stream in snapshot().streams}
    assert (now["machines"].state, now["machines"].read) == (State.DONE, 2)
    assert now["events"].state == State.WAITING
    assert not snapshot().done

    def fault(stream: str, page: int) -> None:
        raise ValueError("broken")

    good(source, "calendars", "lines", "products", "parts", "orders", "counts")
    world.fault = fault
    read(source, "events")
    failing = next(stream for stream in snapshot().streams if stream.stream == "events")
    assert (failing.state, failing.error) == (State.FAILING, "broken")
    assert snapshot(source="a").done
    assert timezone.now() > T
