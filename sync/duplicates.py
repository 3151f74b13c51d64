"""The same stop under two keys of one source: the lower key counts, in whatever order they come."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from sync.items import Item
from sync.load.facts import Ids
from sync.mapping import shown
from sync.models import HeldRecord, RawRecord, Source, Stream, SyncException
from sync.places import Places
from sync.queue.writer import Problem
from sync.records import DowntimeRecord
from sync.staging import as_json

Stop = tuple[int, int, datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Doubles:
    """What to load, what waits as a duplicate, and keys of loaded stops that are to be judged again."""

    good: list[Item]
    problems: list[Problem]
    again: set[str]


def separate(source: Source, items: Sequence[Item], ids: Ids) -> Doubles:
    """Take out the stops that another key of the same source has recorded too."""
    stops = {item.key: _stop(item.record, ids) for item in items if isinstance(item.record, DowntimeRecord)}
    if not stops:
        return Doubles(list(items), [], set())
    named: dict[Stop, list[str]] = defaultdict(list)
    for key, stop in stops.items():
        named[stop].append(key)
    for stop, key in _loaded(source, stops):
        if stop in named:
            named[stop].append(key)
    first = {stop: min(keys, key=natural) for stop, keys in named.items()}
    double = {key: first[stop] for key, stop in stops.items() if first[stop] != key}
    again = {key for stop, keys in named.items() for key in keys if key not in stops and key != first[stop]}
    places = Places(source, [item for item in items if item.key in double], ids)
    problems = [_problem(item, double[item.key], places) for item in items if item.key in double]
    return Doubles([item for item in items if item.key not in double], problems, again)


def _stop(record: DowntimeRecord, ids: Ids) -> Stop:
    return ids[record.equipment], ids[record.reason], record.start, record.end


def _loaded(source: Source, stops: dict[str, Stop]) -> list[tuple[Stop, str]]:
    wanted = [{"equipment_id": stop[0], "start": stop[2]} for stop in stops.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT t.equipment_id, t.reason_id, t.start, t."end", t.external_key FROM kpis_downtime t'
            " JOIN jsonb_to_recordset(%s) AS s (equipment_id bigint, start timestamptz)"
            " ON t.equipment_id = s.equipment_id AND t.start = s.start"
            " WHERE t.source = %s AND t.deleted_at IS NULL",
            [as_json(wanted), source.name],
        )
        return [(row[:4], row[4]) for row in cursor.fetchall() if row[4] not in stops]


def natural(key: str) -> tuple[str, int, str]:
    """Keys in the order a source gives them out: line/9 before line/10."""
    model, _, number = key.rpartition("/")
    return (model, int(number), "") if number.isdecimal() else (model, 0, number)


def _problem(item: Item, original: str, places: Places) -> Problem:
    held = places.held(item)
    return Problem(
        kind="duplicate",
        cause=item.key,
        title=f"Stop recorded twice: {places.name(item).removeprefix('of ')}",
        message=f"{item.key} has the same machine, start, end and reason as {original}. It is left out.",
        external_key=item.key,
        trace_id=item.row.trace_id,
        context={"original": original, **shown(item)},
        plant_id=held.plant_id,
        equipment_id=held.equipment_id,
        held=held,
    )


def waiting_for(stream: Stream, originals: Collection[str]) -> list[int]:
    """Landed rows held as duplicates of stops that have changed."""
    if not originals:
        return []
    doubles = SyncException.objects.filter(
        source=stream.source, kind="duplicate", context__original__in=list(originals)
    )
    rows = HeldRecord.objects.filter(exception__in=doubles, raw__stream=stream)
    return list(rows.values_list("raw_id", flat=True))


def landed(stream: Stream, keys: Collection[str]) -> list[int]:
    """The landed rows with these keys."""
    rows = RawRecord.objects.filter(stream=stream, external_key__in=keys)
    return list(rows.values_list("id", flat=True))
