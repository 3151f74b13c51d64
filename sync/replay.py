"""Replay: run mapping again from landing. Rows that have become fine are loaded, others re-queued."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from django.db import transaction
from django.db.models import Count

from sync.landing import locked
from sync.mapping import ref_of
from sync.models import HeldRecord, RawRecord, Source, Stream, SyncException
from sync.pipeline import Outcome
from sync.poison import load
from sync.queue.kinds import KEY_KINDS
from sync.queue.writer import close, close_empty
from sync.records import Kind
from sync.references import find

BATCH = 1000
MOST = 5000
"""Rows released in one transaction, about as many as a page of a run lands."""


def replay_rows(raw_ids: Collection[int], *, create: str = "", by: str = "", most: int = MOST) -> Outcome:
    """Map landed rows again, in the caller's transaction, and whatever waited for the names that brings.

    Rows that newer content has replaced are left out: that content was mapped when it came.

    Args:
        create, by: see ``mastering.load``.
        most: see ``release``.
    """
    outcome = _replay(raw_ids, create=create, by=by)
    outcome.add(release(outcome.kinds, most=most))
    return outcome


def _replay(raw_ids: Collection[int], *, create: str = "", by: str = "") -> Outcome:
    outcome = Outcome()
    for stream, batch in _by_stream(raw_ids):
        outcome.add(load(stream, locked(batch), known=True, create=create, by=by))
    _drop_outdated(raw_ids)
    return outcome


def _by_stream(raw_ids: Collection[int]) -> Iterator[tuple[Stream, list[int]]]:
    """Masters before facts, in the order they came, in batches."""
    groups: dict[int, list[int]] = defaultdict(list)
    rows = RawRecord.objects.filter(id__in=raw_ids).order_by("id")
    for stream_id, raw_id in rows.values_list("stream_id", "id"):
        groups[stream_id].append(raw_id)
    for stream in Stream.objects.filter(id__in=groups).select_related("source").order_by("rank", "id"):
        ids = groups[stream.pk]
        for first in range(0, len(ids), BATCH):
            yield stream, ids[first : first + BATCH]


def _drop_outdated(raw_ids: Collection[int]) -> None:
    """Rows that have been replaced or are gone wait for nothing any more."""
    rows = HeldRecord.objects.filter(raw_id__in=raw_ids).exclude(raw__gone_at=None)
    exceptions = set(rows.values_list("exception_id", flat=True))
    rows.delete()
    close_empty(exceptions)


def release(kinds: Collection[Kind], *, most: int = MOST) -> Outcome:
    """Replay what waits for names that are known by now, in the caller's transaction.

    Args:
        kinds: of which names have become known.
        most: rows released at once, small exceptions first. The others are closed, and their rows left to a
            worker, who loads them batch by batch.
    """
    outcome, tried = Outcome(), set[int]()
    while kinds:
        known = set(_known_by_now(kinds)) - tried
        known -= _left_to_a_worker(known, most)
        rows = HeldRecord.objects.filter(exception__in=known)
        step = _replay(set(rows.values_list("raw_id", flat=True)))
        close_empty(known)
        outcome.add(step)
        tried |= known
        kinds = step.kinds if known else ()
    return outcome


def _left_to_a_worker(exception_ids: Collection[int], most: int) -> set[int]:
    counted = HeldRecord.objects.filter(exception__in=exception_ids).values("exception")
    sizes = counted.annotate(rows=Count("id")).order_by("rows", "exception").values_list("exception", "rows")
    total, left = 0, set[int]()
    for exception_id, rows in sizes:
        total += rows
        if total > most:
            left.add(exception_id)
    close(SyncException.objects.filter(id__in=left), "The name is known now.")
    return left


def _known_by_now(kinds: Collection[Kind]) -> list[int]:
    waiting: dict[int, list[SyncException]] = defaultdict(list)
    rows = SyncException.objects.filter(
        kind__in=KEY_KINDS, context__ref__kind__in=[str(kind) for kind in kinds]
    )
    for exception in rows.exclude(status=SyncException.Status.RESOLVED):
        waiting[exception.source_id].append(exception)
    known: list[int] = []
    for source in Source.objects.filter(id__in=waiting):
        refs = {exception.pk: ref_of(exception.context) for exception in waiting[source.pk]}
        found = find(source, refs.values()).ids
        known += [pk for pk, ref in refs.items() if ref in found]
    return known


def release_all() -> Outcome:
    """Replay whatever waits for a name that is known by now.

    Loading releases at once what it sees waiting. What two streams did in the same moment, neither saw: this
    finds it at the next tick.
    """
    with transaction.atomic():
        return release(list(Kind))
