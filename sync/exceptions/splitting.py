"""Split a key that means several things: some of its records name a key of their own from now on."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields

from django.db import transaction
from django.db.models import QuerySet

from sync.exceptions.correcting import put
from sync.exceptions.errors import NotAllowed
from sync.exceptions.steps import INLINE, lock, need_reason
from sync.identities import identity_key
from sync.landing import locked
from sync.mapping import NAMES, read, ref_of
from sync.models import HeldRecord, RawRecord, Stream, SyncException
from sync.queue.kinds import Resolution
from sync.queue.writer import fingerprint, record_event
from sync.records import Kind, Record, Ref
from sync.replay import replay_rows

MOST_ROWS = 1000
"""As many rows are split off at once; each gets a correction."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows an exception holds that could be split off together. ``name`` is what ``split`` takes."""

    name: str
    title: str
    rows: int


def split_groups(exception: SyncException) -> list[Group]:
    """The ways to part what an exception holds: by plant, by machine, by kind, by month; most rows first.

    A group of all rows parts nothing and is left out.
    """
    held = exception.held_records.select_related("plant", "equipment")
    ways: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in _WAYS}
    rows = list(held[:MOST_ROWS])
    for row in rows:
        for name, value, title in _ways(row):
            ways[name][value, title] += 1
    return [
        Group(f"{name}:{value}", title, count)
        for name, groups in ways.items()
        for (value, title), count in groups.most_common(20)
        if count < len(rows)
    ]


_WAYS = ("plant", "equipment", "kind", "month")


def _ways(row: HeldRecord) -> Iterator[tuple[str, str, str]]:
    if row.plant:
        yield "plant", str(row.plant_id), f"Those of {row.plant.name}"
    if row.equipment:
        yield "equipment", str(row.equipment_id), f"Those of {row.equipment.name}"
    if row.kind in set(Kind):
        yield "kind", row.kind, f"Each {NAMES[Kind(row.kind)]}"
    if row.start:
        yield "month", f"{row.start:%Y-%m}", f"Those of {row.start:%B %Y}"


@transaction.atomic
def split(
    exception: SyncException, *, by: str, reason: str, group: str = "", keys: Collection[str] = ()
) -> SyncException:
    """Part some of its records from an unknown key: they wait for a key of their own, to be mapped apart.

    It is a correction of each of these records, so it stays in later syncs, and is listed and revocable.

    Args:
        group: name of one of ``split_groups``.
        keys: keys of landed rows, instead of a group.

    Returns:
        The exception that holds them from now on.

    Raises:
        AlreadyResolved: it is not open any more.
        NotAllowed: another kind, no such rows, all of its rows, too many, or an empty reason.
    """
    mine = lock(exception, Resolution.SPLIT)
    need_reason(reason)
    held = HeldRecord.objects.filter(exception=mine)
    raw_ids = list(_chosen(held, group, keys).values_list("raw_id", flat=True)[: MOST_ROWS + 1])
    if not raw_ids or len(raw_ids) == held.count():
        raise NotAllowed("Choose some of its records, and not all of them.")
    if len(raw_ids) > MOST_ROWS:
        raise NotAllowed(f"Up to {MOST_ROWS:,} records can be split off at once.")
    number = mine.splits.count() + 1
    part = _rename(mine, raw_ids, number, reason, by)
    replay_rows(raw_ids, most=INLINE)
    return _told(mine, part, len(raw_ids), reason, by)


def _chosen(held: QuerySet[HeldRecord], group: str, keys: Collection[str]) -> QuerySet[HeldRecord]:
    if keys:
        return held.filter(raw__external_key__in=list(keys))
    way, _, value = group.partition(":")
    if way in {"plant", "equipment"} and value.isdecimal():
        return held.filter(**{way: int(value)})
    if way == "kind":
        return held.filter(kind=value)
    year, _, month = value.partition("-")
    if way == "month" and year.isdecimal() and month.isdecimal():
        return held.filter(start__year=int(year), start__month=int(month))
    return held.none()


def _rename(exception: SyncException, raw_ids: list[int], number: int, reason: str, by: str) -> Ref:
    """Have the records name a key of their own; return that."""
    old = ref_of(exception.context)
    name = old.label or next(iter(old.codes), old.key)
    part = Ref(kind=old.kind, key=f"split/{exception.pk}-{number}", label=f"{name}, part {number}")
    value = {"kind": part.kind.value, "key": part.key, "label": part.label}
    found = 0
    for record, field in _naming(old, raw_ids):
        where = {"source": exception.source, "external_key": record.external_key, "field": field}
        put(where, value, original=name, reason=reason, by=by, exception=exception)
        found += 1
    if not found:
        raise NotAllowed("These are records of the thing itself, not of what happened to it.")
    return part


def _naming(ref: Ref, raw_ids: Collection[int]) -> Iterator[tuple[Record, str]]:
    """The records of rows that name a key, with the field that does."""
    streams = Stream.objects.filter(raw_records__in=raw_ids).distinct().select_related("source")
    for stream in streams:
        mine = RawRecord.objects.filter(stream=stream, id__in=raw_ids).values_list("id", flat=True)
        for item in read(stream, locked(list(mine))).items:
            for field in fields(item.record):
                value = getattr(item.record, field.name)
                same = isinstance(value, Ref) and value.kind is ref.kind
                if same and identity_key(value) == identity_key(ref):
                    yield item.record, field.name


def _told(mine: SyncException, part: Ref, rows: int, reason: str, by: str) -> SyncException:
    mark = fingerprint(mine.kind, mine.source, f"{part.kind}:{identity_key(part)}")
    new = SyncException.objects.filter(fingerprint=mark).first()
    if new is None:
        raise NotAllowed("These records wait for something else, too; resolve that first.")
    new.split_from = mine
    new.save(update_fields=["split_from"])
    record_event(mine, "split", f"{rows} records went to No. {new.pk}. {reason}", by=by)
    record_event(new, "split", f"Its records were part of No. {mine.pk}. {reason}", by=by)
    return new
