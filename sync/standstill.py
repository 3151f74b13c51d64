"""Machines whose state and whose stops disagree: down without a running stop, or up with one.

Atlas writes no stop down when a work order, a request or a workflow sets an asset's state: the downtime is
missing without anybody noticing.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from kpis.models import Equipment
from sync.checkpoints import when_due
from sync.clocks import local
from sync.models import Source, Stream, SyncException
from sync.queue.telling import raise_each
from sync.queue.writer import RESOLVED, Problem, close, fingerprint
from sync.records import Kind
from sync.sources import reads

NAME = "down_without_stop"
GRACE = timedelta(minutes=10)
EVERY = timedelta(seconds=60)
# Of each machine: the last state each source told, and whether a stop of that source is running.
DISAGREEING = """
    SELECT e.id, now.source, now.external_key, now.status_to, now.stage_to,
        GREATEST(now.seen_at, stop.changed_at), stop.open_since
    FROM kpis_equipment e
    CROSS JOIN sync_source s
    CROSS JOIN LATERAL (
        SELECT c.* FROM kpis_statuschange c
        WHERE c.equipment_id = e.id AND c.source = s.name ORDER BY c.id DESC LIMIT 1
    ) now
    CROSS JOIN LATERAL (
        SELECT max(d.loaded_at) AS changed_at, min(d.start) FILTER (WHERE d."end" IS NULL) AS open_since
        FROM kpis_downtime d
        WHERE d.equipment_id = e.id AND d.source = now.source AND d.deleted_at IS NULL
            AND (d."end" IS NULL OR d.start > now.seen_at - interval '31 days')
    ) stop
    WHERE e.gone_at IS NULL AND e.active AND (now.status_to = 'down') <> (stop.open_since IS NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One machine in one source; ``since`` when we saw it first, ``open_since`` of a running stop."""

    equipment_id: int
    source: str
    external_key: str
    status: str
    stage: str
    since: datetime
    open_since: datetime | None


@transaction.atomic
def check() -> None:
    """Tell what disagrees longer than the grace, in data read since; close what is over."""
    found = {(each.source, each.equipment_id): each for each in _disagreeing()}
    told = SyncException.objects.filter(kind=NAME).exclude(status=RESOLVED)
    still = [fingerprint(NAME, source, str(pk)) for source, pk in _named(found)]
    close(told.exclude(fingerprint__in=still), "The machine’s state and its stops agree.")
    known = dict(told.values_list("fingerprint", "message"))
    machines = Equipment.objects.select_related("plant").in_bulk({pk for _, pk in found})
    news: list[tuple[Stream, Problem]] = []
    for (name, pk), each in found.items():
        stream = _read_since(name, each.since + GRACE)
        problem = _problem(each, machines[pk])
        if stream and known.get(fingerprint(NAME, stream.source, problem.cause)) != problem.message:
            news.append((stream, problem))
    raise_each(news)


def check_when_due() -> None:
    """Look once a minute."""
    when_due(NAME, EVERY, check)


def _disagreeing() -> Iterator[Disagreement]:
    with connection.cursor() as cursor:
        cursor.execute(DISAGREEING)
        for row in cursor.fetchall():
            yield Disagreement(*row)


def _named(found: Collection[tuple[str, int]]) -> Iterator[tuple[Source, int]]:
    sources = {source.name: source for source in Source.objects.filter(name__in={name for name, _ in found})}
    return ((sources[name], pk) for name, pk in found if name in sources)


def _read_since(source: str, at: datetime) -> Stream | None:
    """The stream of the source's stops, if both it and that of its machines were read to their end since."""
    streams = Stream.objects.filter(source__name=source, enabled=True).select_related("source")
    both = [stream for stream in streams if reads(stream, Kind.EQUIPMENT, Kind.DOWNTIME)]
    fresh = all(stream.read_through and stream.read_through >= at for stream in both)
    return next((stream for stream in both if fresh and reads(stream, Kind.DOWNTIME)), None)


def _problem(each: Disagreement, machine: Equipment) -> Problem:
    state = each.stage.replace("_", " ").lower() or each.status
    if each.open_since is None:
        title = f"{machine.name} is down without a stop"
        message = f"Its state is “{state}”, but no stop is running. The downtime since then is not counted."
    else:
        since = local(each.open_since, machine.plant.timezone)
        title = f"A stop of {machine.name} runs on though it is up"
        message = f"Its state is “{state}”, but a stop runs since {since}."
    return Problem(
        kind=NAME,
        cause=str(machine.pk),
        title=title,
        message=message,
        external_key=each.external_key,
        context={"state": each.stage or each.status, "seen": each.since.isoformat()},
        plant_id=machine.plant_id,
        equipment_id=machine.pk,
    )
