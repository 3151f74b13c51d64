"""Component sums of a scope from the tables: one query per family, by bucket and parts.

Whole months come from the month tables, the days at the edges from the day tables.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncMonth, TruncQuarter, TruncWeek, TruncYear
from django.db.models.functions.datetime import TruncBase

from kpis.buckets import MONTHS, Bucket, buckets
from kpis.definitions import Component
from kpis.families import SHIFT, Family
from kpis.scope import By, Grain, Scope

Row = dict[str, Any]
"""``bucket``, ``in_shift``, ``part_<by>`` and ``label_<by>`` where asked for, ``sum_<component>``, marks.

Rows of one bucket and part may be two, of months and of days.
"""

BUCKETS: Mapping[Grain, type[TruncBase]] = {
    "week": TruncWeek,
    "month": TruncMonth,
    "quarter": TruncQuarter,
    "year": TruncYear,
}
ONE_DAY = timedelta(days=1)


class Source(NamedTuple):
    """Rows of a family in a scope; ``time``: their column of time."""

    rows: QuerySet[Any]
    time: str


def in_scope(scope: Scope, family: Family = SHIFT) -> Q:
    """Limits the family's day rows to the scope's days and places."""
    return Q(day__range=(scope.first_day, scope.last_day)) & _in_places(scope, family)


def sources(scope: Scope, grain: Grain | None, family: Family) -> list[Source]:
    """The rows that add up to the scope, in one table or two: as few as the grain allows.

    The family is that of ``shortest``.
    """
    months = _whole_months(scope) if grain is None or grain in MONTHS else []
    if not months or family.months is None:
        return [Source(family.days._default_manager.filter(in_scope(scope, family)), "day")]
    first, last = months[0], months[-1]
    places = _in_places(scope, family)
    whole = family.months._default_manager.filter(places, month__range=(first.start, last.start))
    found = [Source(whole, "month")]
    edges = _edges(scope, first.first_day, last.last_day)
    if edges:
        found.append(Source(family.days._default_manager.filter(places, edges), "day"))
    return found


def shortest(family: Family, scope: Scope, bys: Sequence[By] = ()) -> Family:
    """The rows of whole plants, where the question is not about less."""
    whole = family.of_plants
    if whole is None or scope.line_ids is not None or scope.equipment_ids is not None:
        return family
    return whole if whole.parts.keys() >= {*bys} else family


def read_rows(
    family: Family, components: Sequence[Component], scope: Scope, grain: Grain | None, bys: Sequence[By]
) -> list[Row]:
    """Sums by bucket and by all the parts together; of grain "rolling" the days that its windows need."""
    if grain == "rolling":
        scope = replace(scope, first_day=scope.first_day - timedelta(days=scope.rolling_days - 1))
    family = shortest(family, scope, bys)
    sums = {"rows": Count("pk"), **family.sums(components), **family.marks}
    parts = [
        source.rows.filter(family.only(components))
        .values(**_groups(family, source.time, grain, bys))
        .annotate(**sums)
        for source in sources(scope, grain, family)
    ]
    return [row for row in united(parts) if row["rows"]]


def united(parts: Sequence[QuerySet[Any, Any]]) -> Iterable[Row]:
    """The rows of all, in one query."""
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


def _in_places(scope: Scope, family: Family) -> Q:
    limits = Q()
    wanted: Iterable[tuple[By, tuple[int, ...] | None]] = (
        ("plant", scope.plant_ids),
        ("line", scope.line_ids),
        ("equipment", scope.equipment_ids),
    )
    for by, ids in wanted:
        if ids is not None:
            limits &= Q(**{f"{family.parts[by].id}__in": ids})
    return limits & Q(**{family.work_unit: True}) if scope.work_units_only else limits


def _whole_months(scope: Scope) -> list[Bucket]:
    return [
        bucket
        for bucket in buckets(scope, "month")
        if bucket.first_day == bucket.start and (bucket.last_day + ONE_DAY).day == 1
    ]


def _edges(scope: Scope, first: date, last: date) -> Q:
    """The days of the scope before and after the whole months from ``first`` to ``last``."""
    edges = Q()
    if scope.first_day < first:
        edges |= Q(day__range=(scope.first_day, first - ONE_DAY))
    if last < scope.last_day:
        edges |= Q(day__range=(last + ONE_DAY, scope.last_day))
    return edges


def _groups(family: Family, time: str, grain: Grain | None, bys: Sequence[By]) -> dict[str, Combinable]:
    groups: dict[str, Combinable] = {} if grain or bys else {"whole": Value(1)}
    if grain:
        groups["bucket"] = BUCKETS[grain](time) if grain in BUCKETS else F(time)
    if grain == "shift":
        groups["in_shift"] = F(family.parts["shift"].label)
    for by in bys:
        groups |= {f"part_{by}": F(family.parts[by].id), f"label_{by}": F(family.parts[by].label)}
    return groups
