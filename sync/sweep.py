"""The deletion sweep: what the source has no more gets a tombstone; what has come back is restored."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from sync import duplicates, settling
from sync.connectors.base import KeyPage
from sync.landing import Landed, locked
from sync.load import facts, masters
from sync.mapping import read
from sync.models import HeldRecord, RawRecord, Stream, SweptKey, SyncRun
from sync.queue.writer import Problem, close_cause, close_empty, raise_all
from sync.records import Record
from sync.replay import replay_rows
from sync.run import Work, attempt, end, work_on
from sync.sources import connect, spec_of
from sync.staging import copy_rows

logger = logging.getLogger(__name__)

BATCH = 1000
SLICE = timedelta(seconds=60)
KEYS = SweptKey._meta.db_table
KEY_COLUMNS = {"stream_id": "int8", "external_key": "varchar"}
SUSPICIOUS_SHARE = 0.5
SUSPICIOUS_ROWS = 20


def sweep_stream(
    stream_id: int, *, by: str = "", force: bool = False, ends: timedelta | None = SLICE
) -> SyncRun | None:
    """Compare the keys we have with those the source has.

    Where keys are dear, it stops after a while, or when the request budget is spent, and goes on in a later
    run; only when all keys are known it compares.

    Args:
        force: take rows out even when most of a stream is gone.
        ends: after how long it stops; None: at the end.

    Returns:
        The run, done or failed; None when another runner is at the stream.
    """
    with work_on(stream_id, SyncRun.Trigger.SWEEP, by) as work:
        if work is None:
            return None
        work.place, work.ends = "sweep_cursor", None if ends is None else timezone.now() + ends
        attempt(work, lambda work: _sweep(work, force=force))
        return work.run


def _sweep(work: Work, *, force: bool) -> None:
    stream = work.stream
    if (spec := spec_of(stream)) is not None and not spec.sheds:
        _nothing_goes(work)
        return
    if not stream.sweep_cursor:
        _begin(stream)
    connector = connect(stream.source)
    try:
        complete = _gather(work, connector.read_key_pages(stream.name, stream.sweep_cursor))
    finally:
        connector.close()
    if complete:
        _settle(work, force=force)
    else:
        Stream.objects.filter(pk=stream.pk).update(slow_due=None)
        work.run.goes_on = True
    end(work.run, SyncRun.Status.DONE)


@transaction.atomic
def _nothing_goes(work: Work) -> None:
    """The stream's rows stay, also when the source shows them no more."""
    Stream.objects.filter(pk=work.stream.pk).update(swept_at=timezone.now(), sweep_began=None, slow_due=None)
    end(work.run, SyncRun.Status.DONE)


@transaction.atomic
def _begin(stream: Stream) -> None:
    if _passed_over(stream):
        logger.warning("%s was changed behind our back: it is read from the start", stream)
        Stream.objects.filter(pk=stream.pk).update(cursor={}, next_due=timezone.now())
    SweptKey.objects.filter(stream=stream).delete()
    stream.sweep_began = timezone.now()
    stream.save(update_fields=["sweep_began"])


def _passed_over(stream: Stream) -> bool:
    """Whether keys that the last sweep found, and we did not have, are not landed by a read since.

    Their rows were committed so long after they were stamped that no window reaches back to them.
    """
    if stream.sweep_began or not (stream.swept_at and stream.read_through):
        return False
    landed = RawRecord.objects.filter(stream=stream, external_key=OuterRef("external_key"))
    missing = SweptKey.objects.filter(~Exists(landed), stream=stream)
    return stream.read_through > stream.swept_at and missing.exists()


def _keep_missing(stream: Stream) -> None:
    """Of the keys only those we do not have, for the next sweep; most are new, and landed by then."""
    landed = RawRecord.objects.filter(stream=stream, external_key=OuterRef("external_key"))
    SweptKey.objects.filter(Exists(landed), stream=stream).delete()


def _gather(work: Work, pages: Iterator[KeyPage]) -> bool:
    """Keep the keys, page by page; whether all came. Without a place to go on from it goes to the end."""
    stream, run = work.stream, work.run
    for page in pages:
        with transaction.atomic():
            copy_rows(KEYS, KEY_COLUMNS, ((stream.pk, key) for key in page.keys))
            stream.sweep_cursor = page.cursor
            stream.save(update_fields=["sweep_cursor"])
            run.read += len(page.keys)
            run.heartbeat_at = timezone.now()
            run.save(update_fields=["read", "heartbeat_at"])
        if page.cursor and work.ends and timezone.now() >= work.ends:
            return False
    return True


@transaction.atomic
def _settle(work: Work, *, force: bool) -> None:
    stream = work.stream
    gone, back = _compare(stream)
    if gone and not force and _suspicious(stream, len(gone)):
        _doubt(stream, len(gone))
    else:
        close_cause("mass_deletion", stream.source, [stream.name], "The records were compared again.")
        work.run.gone = _take_out_all(stream, gone)
    work.run.loaded = _restore(back)
    _keep_missing(stream)
    stream.swept_at, stream.sweep_began, stream.sweep_cursor = timezone.now(), None, {}
    stream.slow_due = None
    stream.save(update_fields=["swept_at", "sweep_began", "sweep_cursor", "slow_due"])


def _compare(stream: Stream) -> tuple[list[int], list[int]]:
    """Landed rows the source lacks, and rows marked as gone that it has.

    What landed after the sweep had begun may be of a part of the source that it had passed by then.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE sync_sweptkey")
        cursor.execute(
            "SELECT r.id, r.gone_at IS NULL FROM sync_rawrecord r"
            " WHERE r.stream_id = %s AND (r.gone_at IS NOT NULL OR r.landed_at < %s)"
            " AND (r.gone_at IS NULL) <> EXISTS (SELECT FROM sync_sweptkey k"
            " WHERE k.stream_id = r.stream_id AND k.external_key = r.external_key) ORDER BY r.id",
            [stream.pk, stream.sweep_began],
        )
        found = cursor.fetchall()
    return [row for row, present in found if present], [row for row, present in found if not present]


def _suspicious(stream: Stream, gone: int) -> bool:
    have = RawRecord.objects.filter(stream=stream, gone_at=None).count()
    return gone > SUSPICIOUS_ROWS and gone > have * SUSPICIOUS_SHARE


def _doubt(stream: Stream, gone: int) -> None:
    message = (
        f"{gone} records of “{stream.title}” are gone from {stream.source.title} at once; none was taken out."
    )
    problem = Problem(
        kind="mass_deletion",
        cause=stream.name,
        title=f"{gone} records of “{stream.title}” gone at once",
        message=message,
        context={"gone": gone},
    )
    raise_all(stream, [problem])


def _take_out_all(stream: Stream, raw_ids: list[int]) -> int:
    for first in range(0, len(raw_ids), BATCH):
        take_out(stream, locked(raw_ids[first : first + BATCH]))
    return len(raw_ids)


def take_out(stream: Stream, rows: Collection[Landed]) -> None:
    """Put tombstones on all that came from landed rows, in the caller's transaction."""
    raw_ids = [row.raw_id for row in rows]
    RawRecord.objects.filter(id__in=raw_ids).update(gone_at=timezone.now())
    keys: dict[type[Record], set[str]] = defaultdict(set)
    for item in read(stream, list(rows)).items:
        keys[type(item.record)].add(item.key)
    for record_type, group in keys.items():
        if record_type in facts.SPECS:
            facts.withdraw(stream.source.name, facts.SPECS[record_type].model, group)
        else:
            masters.retire(stream.source, group)
    settling.forget(stream.source, {key for group in keys.values() for key in group})
    held = HeldRecord.objects.filter(raw__in=raw_ids)
    exceptions = set(held.values_list("exception_id", flat=True))
    held.delete()
    close_empty(exceptions)
    twins = duplicates.waiting_for(stream, [row.external_key for row in rows])
    if twins:
        replay_rows(twins)


def _restore(raw_ids: Collection[int]) -> int:
    RawRecord.objects.filter(id__in=raw_ids).update(gone_at=None)
    return replay_rows(raw_ids).loaded if raw_ids else 0
