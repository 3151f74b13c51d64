"""Rows that are sent to us: landed, mapped and loaded on the way of all others, while the sender waits."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from sync import overlaps
from sync.connectors.base import Row
from sync.landing import fresh
from sync.models import Source, Stream, SyncRun
from sync.ready import Batch
from sync.run import STREAM_LOCK, Work, commit_batch, end
from sync.sources import add_source, connect

SOURCE = "api"
"""The one source of all that is sent: made when the first event comes."""


class Paused(Exception):
    """An administrator has paused the stream: nothing is taken in."""


@contextmanager
def turn(name: str) -> Iterator[Stream]:
    """A transaction as the only runner of a stream: who sends at the same time waits.

    Raises:
        Paused: it takes nothing in.
    """
    with transaction.atomic():
        stream = _stream(name)
        _lock(stream.pk)
        yield stream


def _lock(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [STREAM_LOCK, number])


def take(stream: Stream, row: Row, *, by: str) -> SyncRun:
    """Land and load a row in one's ``turn``; the run counts what became of it."""
    run = SyncRun.objects.create(stream=stream, trigger=SyncRun.Trigger.PUSH, started_by=by)
    work = Work(stream, run, place="")
    with closing(connect(stream.source)) as connector:
        commit_batch(work, connector, Batch([fresh(row)], {}, None))
    overlaps.check(stream, work.stopped)
    end(run, SyncRun.Status.DONE)
    return run


def _stream(name: str) -> Stream:
    stream = _streams(name).first() or _made(name)
    if not (stream.enabled and stream.source.enabled):
        raise Paused(f"{stream.title}: paused by an administrator. Send it again later.")
    return stream


def _streams(name: str) -> QuerySet[Stream]:
    return Stream.objects.select_related("source").filter(source__name=SOURCE, name=name)


def _made(name: str) -> Stream:
    """Nothing is to be read of it first, so it does not count as a first load."""
    _lock(0)  # of no stream: two may send the first event at the same time
    if made := _streams(name).first():
        return made
    if Source.objects.filter(name=SOURCE).exclude(connector="push").exists():
        raise Paused(f"Another system is connected under the name “{SOURCE}”.")
    source = add_source(name=SOURCE, title="Events of the API", connector="push", url="")
    source.streams.update(read_through=timezone.now())
    return _streams(name).get(source=source)
