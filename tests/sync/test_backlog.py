"""Many rows that wait for one decision: recorded at once, loaded by a worker, whatever happens to it."""

from collections.abc import Callable
from threading import Thread

import pytest
from celery import current_app
from django.db import connections
from kombu.exceptions import OperationalError
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from kpis.models import Downtime, Equipment
from sync import tasks
from sync.exceptions import (
    AlreadyResolved,
    NotAllowed,
    backlog,
    dismiss,
    in_work,
    map_key,
    naming,
    resolve,
    retry,
)
from sync.exceptions.backlog import undone, work_off
from sync.identities import map_to
from sync.models import HeldRecord, Source, SyncException
from sync.records import Kind, Ref
from sync.replay import release, replay_rows
from tests.factories import standard_reasons
from tests.sync.conftest import MakeSource, good
from tests.sync.fake import World
from tests.sync.test_run import put_stop

PlantOf = tuple[Source, World]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four rows are many, and a worker takes two at a time."""
    for module in (naming, resolve):
        monkeypatch.setattr(module, "INLINE", 3)
    monkeypatch.setattr(backlog, "BATCH", 2)


@pytest.fixture
def waiting(plant: PlantOf) -> SyncException:
    return put_waiting(plant)


def put_waiting(plant: PlantOf, rows: int = 5) -> SyncException:
    source, world = plant
    for number in range(rows):
        put_stop(world, number, machine="machine/77")
    good(source, "events")
    return SyncException.objects.get()


def press() -> int:
    return Equipment.objects.get(code="PR-02").pk


def test_the_decision_is_there_at_once_and_the_rows_follow(waiting: SyncException) -> None:
    assert map_key(waiting, canonical_id=press(), by="ann") == 0
    waiting.refresh_from_db()
    assert (waiting.status, waiting.resolved_by) == ("resolved", "ann")
    assert (in_work(waiting), undone(), Downtime.objects.count()) == (True, [waiting.pk], 0)
    with pytest.raises(AlreadyResolved, match="ann"):
        dismiss(waiting, reason="no", by="bob")
    work_off(waiting.pk)
    assert Downtime.objects.filter(equipment=press()).count() == 5
    assert (in_work(waiting), undone(), HeldRecord.objects.count()) == (False, [], 0)
    assert [event.action for event in waiting.events.all()] == ["raised", "resolved"]


def test_a_few_rows_are_loaded_at_once(plant: PlantOf) -> None:
    assert map_key(put_waiting(plant, 3), canonical_id=press(), by="ann") == 3
    assert undone() == []


def test_a_lost_message_only_delays(waiting: SyncException, monkeypatch: pytest.MonkeyPatch) -> None:
    map_key(waiting, canonical_id=press(), by="ann")
    monkeypatch.setattr(tasks.replay_exception, "delay", tasks.replay_exception.run)
    monkeypatch.setattr(tasks, "take_due", list)
    tasks.wake_streams()
    assert Downtime.objects.count() == 5


def test_a_worker_is_woken_when_the_decision_is_through(
    waiting: SyncException,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: sent.append((name, args)))
    with django_capture_on_commit_callbacks(execute=True):
        map_key(waiting, canonical_id=press(), by="ann")
    assert sent == [("sync.tasks.replay_exception", [waiting.pk])]


def test_without_a_broker_the_decision_stands(
    waiting: SyncException,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def down(name: str, args: list[int]) -> None:
        raise OperationalError

    monkeypatch.setattr(current_app, "send_task", down)
    with django_capture_on_commit_callbacks(execute=True):
        map_key(waiting, canonical_id=press(), by="ann")
    assert undone() == [waiting.pk]


def test_what_died_in_the_middle_goes_on(waiting: SyncException, monkeypatch: pytest.MonkeyPatch) -> None:
    map_key(waiting, canonical_id=press(), by="ann")
    with monkeypatch.context() as dying:
        dying.setattr(backlog, "replay_rows", dies_at_the_second(replay_rows))
        with pytest.raises(KeyboardInterrupt):
            work_off(waiting.pk)
    assert (Downtime.objects.count(), waiting.held_records.count()) == (2, 3)
    work_off(waiting.pk)
    assert Downtime.objects.count() == 5


def dies_at_the_second(replay: Callable[[list[int]], object]) -> Callable[[list[int]], object]:
    calls: list[int] = []

    def dying(raw_ids: list[int]) -> object:
        calls.append(len(raw_ids))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return replay(raw_ids)

    return dying


def test_a_name_that_leads_nowhere_after_all_opens_it_again(waiting: SyncException, plant: PlantOf) -> None:
    map_key(waiting, canonical_id=press(), by="ann")
    plant[0].identities.filter(external_key="machine/77").delete()
    work_off(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.held_records.count(), undone()) == ("open", 5, [])


def test_a_name_that_becomes_known_releases_so_many_rows_and_no_more(plant: PlantOf) -> None:
    source, world = plant
    for number in range(5):
        put_stop(world, number, machine="machine/77" if number < 2 else "machine/78")
    good(source, "events")
    few, many = SyncException.objects.order_by("external_key")
    for key in ("machine/77", "machine/78"):
        map_to(source, Ref(Kind.EQUIPMENT, key), press(), by="ann")
    assert release([Kind.EQUIPMENT], most=4).loaded == 2
    assert (few.held_records.count(), many.held_records.count(), undone()) == (0, 3, [many.pk])
    work_off(many.pk)
    assert (Downtime.objects.count(), undone()) == (5, [])


def test_a_retry_of_many_rows(waiting: SyncException, plant: PlantOf) -> None:
    assert retry(waiting, by="ann") == 0
    with pytest.raises(NotAllowed, match="ann"):
        retry(waiting, by="bob")
    work_off(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.retry_by, waiting.count) == ("open", "", 5)
    retry(waiting, by="ann")
    plant[0].identities.create(kind="equipment", external_key="machine/77", canonical_id=press())
    work_off(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.resolved_by) == ("resolved", "ann")
    assert Downtime.objects.count() == 5


def test_dismissing_ends_a_retry(waiting: SyncException) -> None:
    retry(waiting, by="ann")
    waiting.refresh_from_db()
    dismiss(waiting, reason="Sold.", by="bob")
    work_off(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.held_records.count(), undone()) == ("dismissed", 5, [])


def test_a_new_machine_with_many_rows(plant: PlantOf, make_source: MakeSource) -> None:
    other, world = make_source("b")
    world.put("plants", "site/1", name="North")
    world.put("machines", "center/5", name="Robot", codes=["RB-5"], plant="site/1", work_unit=True)
    world.put("reasons", "cause/1", name="Changeover")
    for number in range(5):
        put_stop(world, number, machine="center/5", reason="cause/1")
    good(other, "plants", "machines", "reasons", "events")
    exception = SyncException.objects.get()
    map_key(exception, canonical_id=None, by="ann")
    assert (Equipment.objects.filter(code="RB-5").count(), Downtime.objects.count()) == (1, 0)
    work_off(exception.pk)
    assert Downtime.objects.count() == 5
    assert [event.action for event in exception.events.all()] == ["raised", "resolved"]


def test_one_that_is_gone_is_no_work(db: None) -> None:
    tasks.replay_exception(0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_load_each_row_once(make_source: MakeSource) -> None:
    standard_reasons()
    source, world = make_source("a")
    world.put("plants", "plant/1", name="North", timezone="Europe/Berlin")
    world.put("machines", "machine/2", name="Press 2", codes=["PR-02"], plant="plant/1", work_unit=True)
    world.put("reasons", "reason/1", name="Equipment failure")
    good(source, "plants", "machines", "reasons")
    exception = put_waiting((source, world), 20)
    map_key(exception, canonical_id=press(), by="ann")

    def work() -> None:
        work_off(exception.pk)
        connections.close_all()

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    work_off(exception.pk)
    exception.refresh_from_db()
    assert (Downtime.objects.count(), exception.status, undone()) == (20, "resolved", [])
    assert exception.count == 20
