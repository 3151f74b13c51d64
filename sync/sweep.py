"""The deletion sweep: what the source has no more gets a tombstone; what has come back is restored."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import connection, transaction
from django.utils import timezone

from sync import duplicates, ownership
from sync.landing import Landed, locked
from sync.load import facts, masters
from sync.mapping import read
from sync.models import HeldRecord, RawRecord, Stream, SyncRun
from sync.queue.writer import Problem, close_cause, close_empty, raise_all
from sync.records import Record
from sync.replay import replay_rows
from sync.run import Work, attempt, bury_dead, end, stream_lock
from sync.sources import connect
from sync.staging import copy_rows

BATCH = 1000
SUSPICIOUS_SHARE = 0.5
SUSPICIOUS_ROWS = 20


def sweep_stream(stream_id: int, *, by: str = "", force: bool = False) -> SyncRun | None:
    """Compare the keys we have with those the source has.

    Args:
        force: take rows out even when most of a stream is gone.

    Returns:
        The run, done or failed; None when another runner is at the stream.
    """
    with stream_lock(stream_id) as mine:
        if not mine:
            return None
        stream = Stream.objects.select_related("source").get(pk=stream_id)
        bury_dead(stream)
        run = SyncRun.objects.create(stream=stream, trigger=SyncRun.Trigger.SWEEP, started_by=by)
        attempt(Work(stream, run), lambda work: _sweep(work, force=force))
        return run


def _sweep(work: Work, *, force: bool) -> None:
    stream = work.stream
    connector = connect(stream.source)
    try:
        work.run.read = _stage(connector.read_keys(stream.name))
    finally:
        connector.close()
    with transaction.atomic():
        gone, back = _compare(stream)
        if gone and not force and _suspicious(stream, len(gone)):
            _doubt(stream, len(gone))
        else:
            close_cause("mass_deletion", stream.source, [stream.name], "The records were compared again.")
            work.run.gone = _take_out_all(stream, gone)
        work.run.loaded = _restore(back)
        stream.swept_at = timezone.now()
        stream.save(update_fields=["swept_at"])
        end(work.run, SyncRun.Status.DONE)


def _stage(keys: Iterable[str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS stage_keys (key varchar)")
        cursor.execute("TRUNCATE stage_keys")
    copy_rows("stage_keys", {"key": "varchar"}, ((key,) for key in keys))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE stage_keys")
        cursor.execute("SELECT count(*) FROM stage_keys")
        return int(cursor.fetchone()[0])


def _compare(stream: Stream) -> tuple[list[int], list[int]]:
    """Landed rows the source lacks, and rows marked as gone that it has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, r.gone_at IS NULL FROM sync_rawrecord r"
            " WHERE r.stream_id = %s AND (r.gone_at IS NULL) <>"
            " EXISTS (SELECT FROM stage_keys k WHERE k.key = r.external_key) ORDER BY r.id",
            [stream.pk],
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
    ownership.forget(stream.source, {key for group in keys.values() for key in group})
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
