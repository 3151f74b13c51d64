"""Component sums by part and bucket: one query for the finest asked for, the coarser are sums of its rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from django.db.models import Count, F, FloatField, Max, Min, Q, QuerySet, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, TruncMonth, TruncWeek

from kpis.buckets import Bucket, buckets
from kpis.definitions import Component, Kpi, Total
from kpis.definitions import components as c
from kpis.evaluation import Cell
from kpis.models import LossClass, ReasonComponents, ShiftComponents
from kpis.scope import WHOLE, By, Grain, Key, Scope, UnsupportedBreakdown

ALWAYS = (c.FACTS, c.UNKNOWN, c.OEE_PLANNED, c.RUN_WITHOUT_IDEAL, c.OEE_RUN)
"""What every value is shown with."""

PARTS: Mapping[By, tuple[str, str]] = {
    "plant": ("equipment__plant_id", "equipment__plant__name"),
    "line": ("equipment__line_id", "equipment__line__name"),
    "equipment": ("equipment_id", "equipment__name"),
    "shift": ("shift_name", "shift_name"),
    "reason": ("reason_id", "reason__name"),
    "loss_class": ("loss_class", "loss_class"),
}
NO_LINE = "No line"
LAST = 1 << 15
"""Place of the time off shift, number 0, behind all shifts."""

Row = dict[str, Any]


def in_scope(scope: Scope) -> Q:
    """Limits component rows, of shifts or of reasons, to the scope."""
    limits = Q(day__range=(scope.first_day, scope.last_day))
    for path, ids in (
        ("equipment__plant_id__in", scope.plant_ids),
        ("equipment__line_id__in", scope.line_ids),
        ("equipment_id__in", scope.equipment_ids),
    ):
        if ids is not None:
            limits &= Q(**{path: ids})
    return limits & Q(equipment__work_unit=True) if scope.work_units_only else limits


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of a scope by bucket of one grain (None: of the whole period) and by all the parts of ``bys``."""

    scope: Scope
    rows: list[Row]

    def cells(self, grain: Grain | None, by: By | None) -> list[Cell]:
        """Cells by part (ordered by label, shifts by time) and bucket (by time).

        ``grain`` and ``by``: those that were read, or None for the sum over them.
        """
        found = {spot: _merged(rows) for spot, rows in _grouped_by(self.rows, grain, by).items()}
        order = {key: _place(row) if by == "shift" else 0 for (key, _, _), row in found.items()}
        keys = sorted(order, key=lambda key: (order[key], key.label)) if by else [WHOLE]
        axis = list(_axis(self.scope, grain, self.rows))
        return [
            _cell(
                key,
                bucket,
                shift,
                found.get((key, bucket.start if grain else None, shift)),
                in_grain=bool(grain),
            )
            for key in keys
            for bucket, shift in axis
        ]


def read(kpis: Sequence[Kpi], scope: Scope, grain: Grain | None, bys: Sequence[By]) -> Sums:
    """What the KPIs need, in one query. Raises UnsupportedBreakdown; ValueError where reasons are mixed in.

    Reasons split only the time that has one, so that their rows do not add up to anything else.
    """
    by_reason = [by for by in bys if by in {"reason", "loss_class"}]
    if by_reason and len(bys) > 1:
        raise ValueError(f"{by_reason[0]} cannot be read together with other parts")
    rows = _reason_rows if by_reason else _shift_rows
    return Sums(scope, rows(kpis, scope, grain, bys))


Spot = tuple[Key, date | None, str]
"""Part, bucket and shift."""


def _grouped_by(rows: list[Row], grain: Grain | None, by: By | None) -> dict[Spot, list[Row]]:
    found: dict[Spot, list[Row]] = defaultdict(list)
    for row in rows:
        shift = row["in_shift"] if grain == "shift" else ""
        found[_key(row, by), row["bucket"] if grain else None, shift].append(row)
    return found


def _merged(rows: list[Row]) -> Row:
    """Their sum; open if any is, in the earliest place."""
    if len(rows) == 1:
        return rows[0]
    first = rows[0]
    merged = {name: sum(row[name] for row in rows) for name in first if name.startswith("sum_")}
    ends = {"place": min, "open": max}
    return merged | {name: end(row[name] for row in rows) for name, end in ends.items() if name in first}


def total(scope: Scope, components: Sequence[Component]) -> dict[str, float]:
    """Sums over the whole scope, by component name; 0 without rows."""
    return _sums(ShiftComponents.objects.filter(in_scope(scope)).aggregate(**_shift_sums(components)))


def _shift_rows(kpis: Sequence[Kpi], scope: Scope, grain: Grain | None, bys: Sequence[By]) -> list[Row]:
    wanted = dict.fromkeys(chain(ALWAYS, *(kpi.components for kpi in kpis)))
    rows = ShiftComponents.objects.filter(in_scope(scope))
    return _grouped(
        rows, _groups(grain, bys), _shift_sums(wanted) | {"place": Min("shift"), "open": Max("open_events")}
    )


def _reason_rows(kpis: Sequence[Kpi], scope: Scope, grain: Grain | None, bys: Sequence[By]) -> list[Row]:
    (by,) = bys
    for kpi in kpis:
        if not isinstance(kpi, Total) or not all(component.loss_class for component in kpi.components):
            raise UnsupportedBreakdown(f"{kpi.title} cannot be split by {by}: not all of it has a reason")
    if grain == "shift":
        raise UnsupportedBreakdown(f"shifts cannot be split by {by}")
    wanted = dict.fromkeys(chain.from_iterable(kpi.components for kpi in kpis))
    seconds = {
        f"sum_{component.name}": Coalesce(Sum("seconds", filter=Q(loss_class=component.loss_class)), 0.0)
        for component in wanted
    }
    classes = [component.loss_class for component in wanted]
    rows = ReasonComponents.objects.filter(in_scope(scope), loss_class__in=classes)
    return _grouped(rows, _groups(grain, bys), seconds | {"sum_facts": Sum("events")})


def _grouped(
    rows: QuerySet[Any], groups: Mapping[str, Combinable], sums: Mapping[str, Combinable]
) -> list[Row]:
    if groups:
        return list(rows.values(**groups).annotate(**sums))
    whole = rows.aggregate(rows=Count("pk"), **sums)
    return [whole] if whole["rows"] else []


def _groups(grain: Grain | None, bys: Sequence[By]) -> dict[str, Combinable]:
    groups: dict[str, Combinable] = {}
    if grain:
        groups["bucket"] = _BUCKETS.get(grain, F("day"))
    if grain == "shift":
        groups["in_shift"] = F("shift_name")
    for by in bys:
        part, label = PARTS[by]
        groups |= {f"part_{by}": F(part), f"label_{by}": F(label)}
    return groups


_BUCKETS: Mapping[Grain, Combinable] = {"week": TruncWeek("day"), "month": TruncMonth("day")}


def _shift_sums(components: Iterable[Component]) -> dict[str, Combinable]:
    return {
        f"sum_{component.name}": Coalesce(
            Sum(
                component.column or component.name,
                filter=Q(equipment__work_unit=True) if component.work_units else None,
            ),
            0,
            output_field=FloatField(),
        )
        for component in components
    }


def _key(row: Row, by: By | None) -> Key:
    if by is None:
        return WHOLE
    label = row[f"label_{by}"]
    return Key(row[f"part_{by}"], (LossClass(label).label if by == "loss_class" else label) or NO_LINE)


def _place(row: Row) -> int:
    return row["place"] or LAST


def _axis(scope: Scope, grain: Grain | None, rows: list[Row]) -> Iterator[tuple[Bucket, str]]:
    """Buckets in order; of grain "shift" each day with the shifts that occur in the scope."""
    if grain is None:
        yield Bucket(scope.first_day, scope.first_day, scope.last_day), ""
        return
    ordered = sorted(rows, key=_place, reverse=True) if grain == "shift" else []
    places = {row["in_shift"]: _place(row) for row in ordered} or {"": 0}
    names = sorted(places, key=lambda name: (places[name], name))
    for bucket in buckets(scope, grain):
        yield from ((bucket, name) for name in names)


def _cell(key: Key, bucket: Bucket, shift: str, row: Row | None, *, in_grain: bool) -> Cell:
    return Cell(
        key=key,
        bucket=bucket.start if in_grain else None,
        shift=shift,
        first_day=bucket.first_day,
        last_day=bucket.last_day,
        sums=None if row is None else _sums(row),
        open_events=bool(row and row.get("open")),
    )


def _sums(row: Row) -> dict[str, float]:
    return {name.removeprefix("sum_"): value for name, value in row.items() if name.startswith("sum_")}
