"""Bulk work: what it would do, done once and whole while others work, and undone."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.utils import timezone

from kpis.models import Downtime, Equipment
from mfgportal.accounts.models import Role, User
from mfgportal.workbench import bulk
from mfgportal.workbench.acts import assign
from mfgportal.workbench.models import Batch, BatchItem, Care
from sync.exceptions import AlreadyResolved, NotAllowed, decide, dismiss
from sync.models import HeldRecord, Identity, RawRecord, Source, SyncException
from tests.factories import standard_reasons
from tests.mfgportal.queue import LogIn, World, a_person, a_world, an_exception
from tests.mfgportal.web.test_exceptions import text
from tests.sync.conftest import MakeSource, good
from tests.sync.fake import World as FakeWorld
from tests.sync.test_run import put_stop

MANY = 1000
EVERY = SyncException.objects.all


def done(user: User, act: str, **given: object) -> Batch:
    """All that the person sees, worked off."""
    batch = bulk.prepare(user, act, given, EVERY())
    assert bulk.start(batch)
    bulk.work(batch.pk)
    batch.refresh_from_db()
    return batch


def undone(batch: Batch) -> None:
    assert bulk.undo(batch)
    bulk.work(batch.pk)
    batch.refresh_from_db()
    assert batch.state == Batch.State.UNDONE


def statuses() -> dict[str, str]:
    return dict(SyncException.objects.values_list("title", "status"))


def test_a_preview_does_nothing_and_says_what_it_would(world: World, as_user: LogIn) -> None:
    SyncException.objects.filter(pk=world.mine.pk).update(held_rows=3, kpi_minutes=60)
    closed = an_exception(world.stream, plant=world.lyon, title="Closed", status="resolved")
    client = as_user(world.lead)
    given = {"which": "all", "filter": "status=any", "act": "dismiss", "reason": "a test rig"}
    page = text(client, client.post("/exceptions/bulk/", given)["Location"])
    assert "3 exceptions chosen. Nothing is done yet." in page
    assert "3 source records, 1 h of machine time: these stay out of the numbers" in page
    assert "It is closed already." in page
    assert "Porto" not in page
    assert set(statuses().values()) == {"open", closed.status}
    batch = Batch.objects.get()
    assert as_user(world.admin).get(f"/exceptions/batches/{batch.pk}/").status_code == 404
    client.post(f"/exceptions/batches/{batch.pk}/start/")
    bulk.work(batch.pk)
    assert "2 done" in text(client, f"/exceptions/batches/{batch.pk}/")
    client.post(f"/exceptions/batches/{batch.pk}/undo/")
    bulk.work(batch.pk)
    assert "2 undone" in text(client, f"/exceptions/batches/{batch.pk}/")
    assert statuses()["Unknown machine in Lyon"] == "open"


def test_ticked_rows_alone_and_never_those_of_another_plant(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    ids = [str(world.mine.pk), str(world.theirs.pk), "x"]
    client.post("/exceptions/bulk/", {"which": "ticked", "id": ids, "act": "assign", "to": "me"})
    assert list(BatchItem.objects.values_list("exception", flat=True)) == [world.mine.pk]
    empty = client.post("/exceptions/bulk/", {"which": "ticked", "act": "retry"}, follow=True)
    assert "Choose an exception first." in empty.content.decode()


def test_what_was_given_and_put_off_is_as_before_after_an_undo(world: World) -> None:
    bob = a_person("bob", Role.MAINTENANCE_LEAD, world.lyon)
    assign(world.mine, bob, by=world.admin)
    until = timezone.now() + timedelta(days=2)
    given, slept = (
        done(world.admin, "assign", to="lead"),
        done(world.admin, "snooze", until=until.isoformat()),
    )
    assert bulk.preview(given).skipped == {"lead may not see it.": 1}
    assert set(Care.objects.filter(assignee=world.lead).values_list("exception", flat=True)) == {
        world.mine.pk,
        world.nobodys.pk,
    }
    assign(world.nobodys, bob, by=world.admin)  # since then, which an undo must not undo
    undone(given)
    undone(slept)
    assert bulk.preview(given).kept == {"It was changed since.": 1}
    assert list(Care.objects.exclude(assignee=bob).exclude(assignee=None)) == []
    assert not Care.objects.exclude(snoozed_until=None).exists()


def test_it_cannot_be_undone_for_ever_nor_a_retry(world: World) -> None:
    batch = done(world.admin, "dismiss", reason="rig")
    Batch.objects.update(undo_until=timezone.now())
    assert not bulk.undo(batch)
    SyncException.objects.update(status="open")
    assert not bulk.undo(done(world.lead, "retry"))
    with pytest.raises(NotAllowed, match="Say why"):
        bulk.prepare(world.lead, "dismiss", {"reason": " "}, EVERY())


def test_keys_with_the_same_likeliest_meaning_are_mapped_and_taken_back(
    plant: tuple[Source, FakeWorld],
) -> None:
    source, world = plant
    for number in range(3):
        put_stop(world, number, machine=f"machine/{70 + number}")
    good(source, "events")
    for which, code in zip(EVERY().order_by("pk"), ("PR-02A", "PR-02B", "XYZ-99"), strict=True):
        which.context["ref"]["codes"] = [code]
        which.save()
    admin = a_person("admin", Role.ADMIN)
    batch = done(admin, "map")
    press = Equipment.objects.get(code="PR-02").pk
    assert bulk.preview(batch).will == 2
    assert Downtime.objects.filter(equipment=press, deleted_at=None).count() == 2
    undone(batch)
    assert not Downtime.objects.filter(equipment=press, deleted_at=None).exists()
    assert HeldRecord.objects.filter(exception__status="open").count() == 3
    assert not Identity.objects.filter(method=Identity.Method.MANUAL).exists()


@pytest.mark.django_db(transaction=True)
def test_a_thousand_are_resolved_while_rows_come_and_nothing_is_lost(make_source: MakeSource) -> None:
    standard_reasons()
    source, world = make_source("a")
    world.put("plants", "plant/1", name="North", codes=["N"], timezone="Europe/Berlin")
    world.put("machines", "machine/1", name="Press 1", codes=["PR-01"], plant="plant/1", work_unit=True)
    world.put("reasons", "reason/1", name="Equipment failure")
    for number in range(MANY):
        put_stop(world, -number, machine=f"machine/{MANY + number}")
    good(source, "plants", "machines", "reasons", "events")
    admin = a_person("admin", Role.ADMIN)
    batch = bulk.prepare(admin, "dismiss", {"reason": "a test rig"}, EVERY())
    assert bulk.preview(batch).will == MANY
    bulk.start(batch)

    def load() -> None:
        for number in range(MANY, MANY + 300):  # every other one of a key that is being dismissed
            key = "machine/1" if number % 2 else f"machine/{number}"
            put_stop(world, -number, machine=key)
            if number % 100 == 99:
                good(source, "events")
        connections.close_all()

    def work() -> None:
        bulk.work(batch.pk)
        connections.close_all()

    threads = [Thread(target=load), Thread(target=work), Thread(target=work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    batch.refresh_from_db()
    assert (batch.state, bulk.preview(batch).done) == (Batch.State.DONE, MANY)
    assert SyncException.objects.filter(status="dismissed").count() == MANY
    landed = RawRecord.objects.filter(stream__name="events")
    assert (landed.count(), landed.filter(held__isnull=False).count()) == (MANY + 300, MANY + 150)
    assert Downtime.objects.filter(deleted_at=None).count() == 150


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_resolves_each_and_the_other_is_told() -> None:
    world = a_world()
    for number in range(20):
        an_exception(world.stream, title=f"Number {number}")
    batch = bulk.prepare(world.admin, "dismiss", {"reason": "rig"}, EVERY())
    bulk.start(batch)
    together, late = Barrier(2, timeout=20), list[int]()

    def single() -> None:
        together.wait()
        for which in EVERY().order_by("-pk"):
            try:
                decide(
                    which,
                    way="dismiss",
                    by="lead",
                    action=lambda each=which: dismiss(each, reason="mine", by="lead") or 0,  # type: ignore[misc]
                )
            except AlreadyResolved:
                late.append(which.pk)
        connections.close_all()

    other = Thread(target=single)
    other.start()
    together.wait()
    bulk.work(batch.pk)
    other.join(timeout=60)
    by = SyncException.objects.values_list("resolved_by", flat=True)
    assert set(by) <= {"lead", "admin"}
    skipped = batch.items.filter(state=BatchItem.State.SKIPPED)
    assert len(late) + skipped.count() == len(by)
    assert set(skipped.values_list("exception__resolved_by", flat=True)) <= {"lead"}
    assert len(late) == sum(name == "admin" for name in by)
