"""Two canonical rows that are probably one thing: same code, or same name, in the same place."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction

from kpis.models.base import Master
from sync.checkpoints import when_due
from sync.identities import CANONICAL, normalise
from sync.mapping import NAMES
from sync.models import Stream, SyncException
from sync.queue.telling import raise_each
from sync.queue.writer import OPEN, Problem, close
from sync.records import Kind
from sync.sources import spec_of

NAME = "duplicate_master"
EVERY = timedelta(minutes=10)
# Where rows have to be the same besides, by kind.
PLACES: dict[Kind, tuple[str, ...]] = {
    Kind.EQUIPMENT: ("plant_id", "line_id", "parent_id", "work_unit"),
    Kind.PRODUCT: (),
    Kind.PART: (),
    Kind.TECHNICIAN: (),
}
Pair = tuple[Kind, Master, Master]


@transaction.atomic
def check() -> None:
    """Tell of pairs; close those that are no more. What a person dismissed stays so."""
    found = {_cause(*pair): pair for kind in PLACES for pair in _pairs(kind)}
    told = SyncException.objects.filter(kind=NAME)
    known = dict(told.values_list("context__pair", "status"))
    over = [pair for pair, status in known.items() if status == OPEN and pair not in found]
    close(told.filter(context__pair__in=over), "They are one by now, or differ.")
    streams = _streams()
    news: list[tuple[Stream, Problem]] = []
    for cause, pair in found.items():
        stream = streams.get((pair[2].source, pair[0])) or streams.get((pair[1].source, pair[0]))
        if stream and known.get(cause) not in {OPEN, "dismissed"}:
            news.append((stream, _problem(cause, *pair)))
    raise_each(news)


def check_when_due() -> None:
    """Look every ten minutes."""
    when_due(NAME, EVERY, check)


def _pairs(kind: Kind) -> Iterator[Pair]:
    model: Any = CANONICAL[kind]
    by_place: dict[Hashable, list[Master]] = defaultdict(list)
    for row in model.objects.filter(gone_at=None, active=True).exclude(source="").order_by("id"):
        by_place[tuple(getattr(row, name) for name in PLACES[kind])].append(row)
    for rows in by_place.values():
        seen: set[tuple[int, int]] = set()
        for same in (*_alike(rows, "code"), *_alike(rows, "name")):
            for one, other in pairwise(same):
                if (one.pk, other.pk) not in seen and not _differ(one, other):
                    seen.add((one.pk, other.pk))
                    yield kind, one, other


def _alike(rows: Sequence[Master], name: str) -> list[list[Master]]:
    groups: dict[str, list[Master]] = defaultdict(list)
    for row in rows:
        if text := normalise(getattr(row, name)):
            groups[text].append(row)
    return [group for group in groups.values() if len(group) > 1]


def _differ(one: Master, other: Master) -> bool:
    """Different codes tell two things of one name apart."""
    return bool(one.code and other.code and normalise(one.code) != normalise(other.code))


def _cause(kind: Kind, one: Master, other: Master) -> str:
    return f"{kind}:{one.pk}:{other.pk}"


def _streams() -> dict[tuple[str, Kind], Stream]:
    rows = Stream.objects.select_related("source").order_by("-rank")
    return {
        (stream.source.name, kind): stream
        for stream in rows
        if (spec := spec_of(stream))
        for kind in spec.kinds
    }


def _problem(cause: str, kind: Kind, one: Master, other: Master) -> Problem:
    what = NAMES[kind]
    same = "code" if one.code and other.code else "name"
    return Problem(
        kind=NAME,
        cause=cause,
        title=f"Two rows for one {what}: {other}",
        message=f"“{one}” of {one.source} and “{other}” of {other.source} have the same {same}"
        " in the same place.",
        external_key=other.external_key,
        context={"pair": cause, "row": {"kind": kind.value, "id": other.pk}, "rows": [one.pk, other.pk]},
        plant_id=getattr(one, "plant_id", None),
        equipment_id=other.pk if kind is Kind.EQUIPMENT else None,
    )
