"""Component sums by part and bucket: each family read once, at the finest asked for, the coarser are sums."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypedDict

from django.conf import settings

from kpis.buckets import Bucket, buckets
from kpis.definitions import Component, Kpi
from kpis.evaluation import Cell
from kpis.families import SHIFT, Family, Part, families_for
from kpis.hours import read_hours
from kpis.reading import Row, read_rows
from kpis.scope import WHOLE, By, Grain, Key, Scope, UnsupportedBreakdown, UnsupportedGrain
from kpis.work.levels import read_levels

LAST = 1 << 15
"""Place of the time off shift, number 0, behind all shifts."""
MARKS = {"place": min, "open": max, "currency_from": min, "currency_to": max}

Spot = tuple[Key, date | None, str]
"""Part, bucket and shift."""


class Currency(TypedDict):
    """As a ``Cell`` takes it."""

    currency: str
    in_base: bool


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of a scope by bucket of ``read_as`` (None: of the whole period) and by all the parts of ``bys``.

    ``rows`` of each home, with the names of what was summed there, and the parts of the rows; ``hours`` of
    the scope, where it was read by the hour; ``levels``: homes whose rows do not add up over time.
    """

    scope: Scope
    read_as: Grain | None
    rows: Mapping[str, list[Row]]
    names: Mapping[str, Sequence[str]]
    parts: Mapping[By, Part]
    hours: Sequence[Bucket] = ()
    levels: frozenset[str] = frozenset()

    def cells(self, grain: Grain | None, by: By | None) -> list[Cell]:
        """Cells by part (ordered by label, shifts by time) and bucket (by time).

        ``grain`` and ``by``: those that were read, or None for the sum over them.
        """
        found = self._found(grain, by)
        order: dict[Key, int] = {}
        for (key, _, _), rows in found.items():
            place = min(map(_place, rows.values())) if by == "shift" else 0
            order[key] = min(place, order.get(key, place))
        keys = sorted(order, key=lambda key: (order[key], key.label)) if by else [WHOLE]
        axis = list(self._axis(grain))
        return [
            self._cell(spot, bucket, found.get(spot, {}))
            for key in keys
            for bucket, shift in axis
            for spot in ((key, bucket.start if grain else None, shift),)
        ]

    def _found(self, grain: Grain | None, by: By | None) -> dict[Spot, dict[str, Row]]:
        """Merged rows by home, of each spot that has any."""
        found: dict[Spot, dict[str, Row]] = defaultdict(dict)
        for home, rows in self.rows.items():
            spots = _grouped(self._within(home, rows, grain), grain, by, self.parts)
            if grain == "rolling" and home not in self.levels:
                spots = _rolled(spots, self.scope)
            for spot, group in spots.items():
                found[spot][home] = _merged(group)
        return found

    def _within(self, home: str, rows: list[Row], grain: Grain | None) -> list[Row]:
        """Windows reach back before the scope; what is not by window does not. Of levels the last counts."""
        if home in self.levels and self.read_as and grain is None:
            *_, last = buckets(self.scope, self.read_as)
            return [row for row in rows if row["bucket"] == last.start]
        if self.read_as != "rolling" or grain == "rolling":
            return rows
        return [row for row in rows if row["bucket"] >= self.scope.first_day]

    def _axis(self, grain: Grain | None) -> Iterator[tuple[Bucket, str]]:
        """Buckets in order; of grain "shift" each day with the shifts that occur in the scope."""
        if grain is None:
            yield Bucket(self.scope.first_day, self.scope.first_day, self.scope.last_day), ""
            return
        rows = [row for group in self.rows.values() for row in group] if grain == "shift" else []
        places = {row["in_shift"]: _place(row) for row in sorted(rows, key=_place, reverse=True)} or {"": 0}
        names = sorted(places, key=lambda name: (places[name], name))
        for bucket in self.hours if grain == "hour" else buckets(self.scope, grain):
            yield from ((bucket, name) for name in names)

    def _cell(self, spot: Spot, bucket: Bucket, rows: Mapping[str, Row]) -> Cell:
        key, start, shift = spot
        return Cell(
            key=key,
            bucket=start,
            shift=shift,
            first_day=bucket.first_day,
            last_day=bucket.last_day,
            sums=self._sums(rows) if rows else None,
            families=frozenset(rows),
            **_currency(rows.values()),
            open_events=any(row.get("open") for row in rows.values()),
        )

    def _sums(self, rows: Mapping[str, Row]) -> dict[str, float]:
        """By component name; 0 of a family that has no rows here. What could not be converted adds up."""
        found: dict[str, float] = defaultdict(float)
        for home, names in self.names.items():
            for name in names:
                found[name.removeprefix("sum_")] += rows[home][name] if home in rows else 0.0
        return dict(found)


def read(kpis: Sequence[Kpi], scope: Scope, grain: Grain | None, bys: Sequence[By]) -> Sums:
    """What the KPIs need, in one query per family.

    Raises UnsupportedBreakdown; ValueError where parts are asked together that do not add up to each other.
    """
    wanted = families_for(kpis, bys)
    if grain == "shift":
        _refuse_shifts([family for family, _ in wanted.values()], bys)
    rows: dict[str, list[Row]] = {}
    hours: list[Bucket] = []
    for home, (family, components) in wanted.items():
        if family.level:
            rows[home] = read_levels(family.level, components, scope, grain, bys)
        elif grain == "hour":
            rows[home], hours = read_hours(_of_machines(family, components), scope, bys)
        else:
            rows[home] = read_rows(family, components, scope, grain, bys)
    names = {home: list(family.sums(components)) for home, (family, components) in wanted.items()}
    parts = {by: family.parts[by] for family, _ in wanted.values() for by in bys}
    levels = frozenset(home for home, (family, _) in wanted.items() if family.level)
    return Sums(scope, grain, rows, names, parts, hours, levels)


def total(scope: Scope, components: Sequence[Component]) -> dict[str, float]:
    """Sums of components of the machines' time over the whole scope, by component name; 0 without rows."""
    rows = read_rows(SHIFT, components, scope, None, ())
    return {found.name: sum(row[f"sum_{found.name}"] for row in rows) for found in components}


def _of_machines(family: Family, components: list[Component]) -> list[Component]:
    if family.home != SHIFT.home:
        raise UnsupportedGrain(f"Components of {family.name} are kept by day; ask for days or longer.")
    return components


def _refuse_shifts(families: Iterable[Family], bys: Sequence[By]) -> None:
    for family in families:
        if "shift" not in family.parts:
            split = f"shifts cannot be split by {bys[0]}" if bys else f"{family.name} has no shifts"
            raise UnsupportedBreakdown(split)


def _grouped(
    rows: Iterable[Row], grain: Grain | None, by: By | None, parts: Mapping[By, Part]
) -> dict[Spot, list[Row]]:
    found: dict[Spot, list[Row]] = defaultdict(list)
    for row in rows:
        shift = row["in_shift"] if grain == "shift" else ""
        key = WHOLE if by is None else _key(row[f"part_{by}"], row[f"label_{by}"], parts[by])
        found[key, row["bucket"] if grain else None, shift].append(row)
    return found


def _rolled(spots: Mapping[Spot, list[Row]], scope: Scope) -> dict[Spot, list[Row]]:
    """The rows of each day in all windows that hold it."""
    found: dict[Spot, list[Row]] = defaultdict(list)
    for (key, day, shift), rows in spots.items():
        if day is None:
            continue
        ends = (day + timedelta(days=n) for n in range(scope.rolling_days))
        for end in ends:
            if scope.first_day <= end <= scope.last_day:
                found[key, end, shift] += rows
    return found


def _merged(rows: list[Row]) -> Row:
    """Their sum; open if any is, in the earliest place."""
    if len(rows) == 1:
        return rows[0]
    first = rows[0]
    merged: Row = {name: sum(row[name] for row in rows) for name in first if name.startswith("sum_")}
    return merged | {name: end(row[name] for row in rows) for name, end in MARKS.items() if name in first}


def _currency(rows: Iterable[Row]) -> Currency:
    """That of the plants, or the enterprise's where they have several; none where no money is read."""
    known = {row[name] for row in rows for name in ("currency_from", "currency_to") if name in row}
    if len(known) > 1:
        return Currency(currency=settings.ENTERPRISE_CURRENCY, in_base=True)
    return Currency(currency=next(iter(known), ""), in_base=False)


def _key(part: int | str | None, label: str | None, of: Part) -> Key:
    return Key(part, of.names.get(label or "", label or "") or of.none)


def _place(row: Row) -> int:
    return row.get("place") or LAST
