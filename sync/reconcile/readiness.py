"""Whether what is to be compared is all there: half-read data would show what is not so."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from sync.exceptions.backlog import undone
from sync.models import Source, Stream
from sync.reconcile.base import NotReady
from sync.records import Kind
from sync.sources import class_of, reads


def why_not(stream: Stream, now: datetime) -> str:
    """Why a stream cannot be compared now; "" when it can."""
    name = f"“{stream.title}” of {stream.source.title}"
    if not (stream.enabled and stream.source.enabled):
        return f"{name} is paused."
    if stream.read_through is None:
        return f"{name} is still being read for the first time."
    if stream.failures:
        return f"{name} cannot be read now."
    if now - stream.read_through > timedelta(seconds=stream.acceptable_delay_s):
        return f"{name} is late."
    return ""


def need_ready(streams: Iterable[Stream], now: datetime) -> None:
    """Raises NotReady with the first reason there is."""
    for stream in streams:
        if reason := why_not(stream, now):
            raise NotReady(reason)


def need_no_backlog() -> None:
    """Raises NotReady while records of decided exceptions are still being loaded."""
    if undone():
        raise NotReady("Records of resolved exceptions are still being loaded.")


def sources(only: Source | None = None) -> list[Source]:
    found = Source.objects.filter(enabled=True).order_by("name")
    return list(found.filter(pk=only.pk) if only else found)


def production_systems(kind: Kind = Kind.RUN) -> list[Source]:
    """The ERP or MES: it tells when machines ran. ``kind``: what it has to offer besides."""
    return [source for source in sources() if {Kind.RUN, kind} <= class_of(source).offers()]


def maintenance_systems(kind: Kind = Kind.DOWNTIME) -> list[Source]:
    """The CMMS: it tells ``kind``, but not when machines ran."""
    offered = ((source, class_of(source).offers()) for source in sources())
    return [source for source, kinds in offered if kind in kinds and Kind.RUN not in kinds]


def streams_of(found: Collection[Source], *kinds: Kind) -> list[Stream]:
    """Their streams that give one of the kinds. A paused one counts as not there."""
    rows: QuerySet[Stream] = Stream.objects.filter(source__in=found, enabled=True).select_related("source")
    return [row for row in rows.order_by("pk") if reads(row, *kinds)]


def both(production: Collection[Source], maintenance: Collection[Source], *kinds: Kind) -> list[Stream]:
    """Streams of both sorts of system, ready; raises NotReady where one sort is not there."""
    sides = [streams_of(side, *kinds) for side in (production, maintenance)]
    if not all(sides):
        raise NotReady("It takes two systems that tell this, and only one or none is connected.")
    return [stream for side in sides for stream in side]
