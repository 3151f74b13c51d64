"""What a number is made of: the component rows under it, whose sums are its components."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from kpis.definitions import Component, Kpi
from kpis.families import Family, families_for
from kpis.reading import in_scope
from kpis.scope import By, Scope
from kpis.work.levels import read_levels

Row = dict[str, Any]
MORE = ("shift", "start", "end", "provisional", "computed_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a number stands: in a scope, in one part of a breakdown, in one shift.

    ``key``: id or code of the part; None: of what has none. ``shift``: a shift's name; None: any time.
    """

    scope: Scope
    by: By | None = None
    key: int | str | None = None
    shift: str | None = None

    @property
    def bys(self) -> list[By]:
        """The breakdowns it takes a part of."""
        return list(self.parts)

    @property
    def parts(self) -> dict[By, int | str | None]:
        named: dict[By, int | str | None] = {} if self.by is None else {self.by: self.key}
        return named if self.shift is None else {**named, "shift": self.shift}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one family; none of levels, which stand in the totals alone.

    Each has ``id``, ``day``, ``part_<by>`` and ``label_<by>`` of all that the family can be split by,
    ``sum_<component>``, and ``extra``: those of MORE that the family has.
    """

    family: Family
    components: tuple[Component, ...]
    rows: QuerySet[Any, Row]
    totals: Mapping[str, float]
    extra: tuple[str, ...]


def tables(kpi: Kpi, spot: Spot) -> list[Table]:
    """The tables under a number, each in order of day; over all rows the sums are the number's components.

    Raises UnsupportedBreakdown where its components cannot be split that way.
    """
    found = families_for([kpi], spot.bys)
    return [_table(kpi, family, spot) for family, _ in found.values()]


def _table(kpi: Kpi, family: Family, spot: Spot) -> Table:
    own = tuple(found for found in dict.fromkeys(kpi.components) if found.family == family.home)
    if family.level:
        return _level(family, own, spot)
    sums = family.sums(own)
    columns = {field.name for field in family.days._meta.concrete_fields}
    extra = tuple(name for name in MORE if name in columns)
    rows = family.days._default_manager.filter(
        in_scope(spot.scope, family), family.only(own), _narrow(family, spot)
    )
    return Table(
        family=family,
        components=own,
        rows=rows.values("id", "day", *extra, **_parts(family)).annotate(**sums).order_by("day", "id"),
        totals={name.removeprefix("sum_"): total or 0.0 for name, total in rows.aggregate(**sums).items()},
        extra=extra,
    )


def _level(family: Family, own: tuple[Component, ...], spot: Spot) -> Table:
    """What stands at the end of the scope: read from facts, so that it has no rows of its own."""
    found = [
        row
        for row in read_levels(family.level, own, spot.scope, None, spot.bys)
        if all(row[f"part_{by}"] == key for by, key in spot.parts.items())
    ]
    totals = {one.name: sum(row[f"sum_{one.name}"] or 0.0 for row in found) for one in own}
    nothing = family.days._default_manager.none().values("id").order_by("id")
    return Table(family=family, components=own, rows=nothing, totals=totals, extra=())


def _narrow(family: Family, spot: Spot) -> Q:
    limits = Q()
    for by, key in spot.parts.items():
        path = family.parts[by].id
        limits &= Q(**({f"{path}__isnull": True} if key is None else {path: key}))
    return limits


def _parts(family: Family) -> dict[str, F]:
    return {
        f"{what}_{by}": F(path)
        for by, part in family.parts.items()
        for what, path in (("part", part.id), ("label", part.label))
    }


def part_of(row: Row, family: Family, by: By) -> tuple[int | str | None, str]:
    """Id and name of a row's part, as a breakdown by it names them."""
    part, label = family.parts[by], row[f"label_{by}"] or ""
    return row[f"part_{by}"], part.names.get(label, label) or part.none


def families_of(kpi: Kpi) -> Sequence[str]:
    """The homes of its components: which facts it follows from."""
    return list(dict.fromkeys(component.family for component in kpi.components))
