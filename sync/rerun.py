"""Running the mapping again over what has landed, chosen by stream, time or exception; see ``sync.replay``.

Batch by batch, each a transaction, masters before facts and in the order the rows came: it may be broken off
anywhere and go on after the last batch, and syncs run beside it.
"""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import Exists, OuterRef, QuerySet

from sync.exceptions.steps import lock_rows
from sync.locks import retried
from sync.models import HeldRecord, RawRecord, Stream
from sync.pipeline import Outcome, lock_masters
from sync.replay import BATCH, replay_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which landed rows. Names are exact; "" = any.

    Args:
        since, until: when their content landed.
        exception: only rows that this one holds.
        held: only rows that some exception holds.
        after: row (id) after which to go on, of the first stream chosen.
    """

    source: str = ""
    stream: str = ""
    since: datetime | None = None
    until: datetime | None = None
    exception: int | None = None
    held: bool = False
    after: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One batch done: ``last`` is the id of its last row."""

    stream: Stream
    last: int
    rows: int
    outcome: Outcome


def streams_of(choice: Choice) -> QuerySet[Stream]:
    """The streams chosen, masters first."""
    given = {"source__name": choice.source, "name": choice.stream}
    chosen = Stream.objects.filter(**{name: value for name, value in given.items() if value})
    return chosen.select_related("source").order_by("rank", "source__created_at", "name")


def steps(choice: Choice) -> Generator[Step]:
    """Replay, and tell of each batch once it is committed."""
    after = choice.after
    for stream in streams_of(choice):
        rows = _chosen(choice).filter(stream=stream)
        while raw_ids := list(rows.filter(id__gt=after).values_list("id", flat=True)[:BATCH]):
            outcome = retried(partial(_replay, raw_ids))
            after = raw_ids[-1]
            yield Step(stream, after, len(raw_ids), outcome)
        after = 0


def _chosen(choice: Choice) -> QuerySet[RawRecord]:
    rows = RawRecord.objects.filter(gone_at=None).order_by("id")
    if choice.since:
        rows = rows.filter(landed_at__gte=choice.since)
    if choice.until:
        rows = rows.filter(landed_at__lt=choice.until)
    if choice.held or choice.exception is not None:
        held = HeldRecord.objects.filter(raw=OuterRef("pk"))
        if choice.exception is not None:
            held = held.filter(exception=choice.exception)
        rows = rows.filter(Exists(held))
    return rows


def _replay(raw_ids: list[int]) -> Outcome:
    lock_rows(raw_ids)
    lock_masters()
    return replay_rows(raw_ids)
