"""Component sums of a scope from the tables: one query per family, by bucket and parts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncMonth, TruncQuarter, TruncWeek, TruncYear
from django.db.models.functions.datetime import TruncBase

from kpis.definitions import Component
from kpis.families import SHIFT, Family
from kpis.scope import By, Grain, Scope, UnsupportedGrain

Row = dict[str, Any]
"""``bucket``, ``in_shift``, ``part_<by>`` and ``label_<by>`` where asked for, ``sum_<component>``, marks."""

BUCKETS: Mapping[Grain, type[TruncBase]] = {
    "week": TruncWeek,
    "month": TruncMonth,
    "quarter": TruncQuarter,
    "year": TruncYear,
}


def in_scope(scope: Scope, family: Family = SHIFT) -> Q:
    """Limits the family's day rows to the scope's days and places."""
    return Q(day__range=(scope.first_day, scope.last_day)) & in_places(scope, family)


def in_places(scope: Scope, family: Family) -> Q:
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


def read_rows(
    family: Family, components: Sequence[Component], scope: Scope, grain: Grain | None, bys: Sequence[By]
) -> list[Row]:
    """Sums by bucket and by all the parts together; of grain "rolling" the days that its windows need."""
    if grain == "hour":
        raise UnsupportedGrain("Hours are not computed yet.")
    if grain == "rolling":
        scope = replace(scope, first_day=scope.first_day - timedelta(days=scope.rolling_days - 1))
    rows = family.days._default_manager.filter(in_scope(scope, family), family.only(components))
    groups, sums = _groups(family, grain, bys), family.sums(components) | dict(family.marks)
    if groups:
        return list(rows.values(**groups).annotate(**sums))
    whole = rows.aggregate(rows=Count("pk"), **sums)
    return [whole] if whole["rows"] else []


def _groups(family: Family, grain: Grain | None, bys: Sequence[By]) -> dict[str, Combinable]:
    groups: dict[str, Combinable] = {}
    if grain:
        groups["bucket"] = BUCKETS[grain]("day") if grain in BUCKETS else F("day")
    if grain == "shift":
        groups["in_shift"] = F(family.parts["shift"].label)
    for by in bys:
        groups |= {f"part_{by}": F(family.parts[by].id), f"label_{by}": F(family.parts[by].label)}
    return groups
