"""Closing of months: values as published are kept, computation goes on, and what differs is told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from kpis.definitions import CATALOGUE
from kpis.engine import evaluate
from kpis.families import breakdowns
from kpis.models import (
    ClosedPeriod,
    Downtime,
    Plant,
    Production,
    PublishedValue,
    Run,
    StaleDay,
    StaleWork,
    WorkOrder,
)
from kpis.scope import By, Scope, Value
from kpis.setups import day_clock

PLACES: tuple[By | None, ...] = (None, "line", "equipment")
SAME = 1e-9
DAY = timedelta(days=1)


class NotClosable(ValueError):
    """A month that cannot be closed, or was. The message says why."""


@dataclass(frozen=True, slots=True)
class Restated:
    """A value that is another today than it was published."""

    published: PublishedValue
    now: Value

    @property
    def difference(self) -> float | None:
        """Today's less the published one; None where one of them is undefined."""
        was, now = self.published.value, self.now.value
        return None if was is None or now is None else now - was


def last_of(month: date) -> date:
    """Its last day, of its first."""
    return (month + timedelta(days=31)).replace(day=1) - DAY


def window(plant: Plant, month: date) -> tuple[datetime, datetime]:
    """The [start, end) in UTC of the plant's production days of a month."""
    clock = day_clock(plant)
    start, end = clock.window(month).start, clock.window(last_of(month)).end
    return datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)


@transaction.atomic
def close(plant: Plant, month: date, *, by: str, completeness: float, note: str = "") -> ClosedPeriod:
    """Keep all values of a plant's month, of its lines and its machines. Raises NotClosable.

    Args:
        month: its first day.
        completeness: of the plant's records of the month.
    """
    now = timezone.now()
    Plant.objects.select_for_update(no_key=True).get(pk=plant.pk)
    _refuse(plant, month, now)
    period = ClosedPeriod.objects.create(
        plant=plant, month=month, closed_at=now, by=by, note=note, completeness=completeness
    )
    PublishedValue.objects.bulk_create(
        PublishedValue(
            period=period,
            kpi=value.kpi,
            line_id=value.key.id if part == "line" else None,
            equipment_id=value.key.id if part == "equipment" else None,
            value=value.value,
            numerator=value.numerator,
            denominator=value.denominator,
            sample_size=value.sample_size,
        )
        for part, value in _values(plant, month)
    )
    return period


def reopen(period: ClosedPeriod, *, by: str, reason: str) -> None:
    """Let a month be open again; what was published stays as history. Raises NotClosable."""
    rows = ClosedPeriod.objects.filter(pk=period.pk, reopened_at=None)
    if not rows.update(reopened_at=timezone.now(), reopened_by=by, reopen_reason=reason[:400]):
        raise NotClosable("It is open already.")


def restated(period: ClosedPeriod) -> list[Restated]:
    """What is another today: first the plant's values, then those of its lines and machines."""
    now = {(part, value.key.id, value.kpi): value for part, value in _values(period.plant, period.month)}
    rows = period.published.select_related("line", "equipment").order_by("line", "equipment", "kpi")
    found = [Restated(row, now[spot]) for row in rows if (spot := _spot(row)) in now]
    found.sort(key=lambda each: PLACES.index(_spot(each.published)[0]))
    return [each for each in found if _differs(each.published.value, each.now.value)]


def loaded_since(period: ClosedPeriod) -> list[tuple[str, int]]:
    """How many facts of the month each source brought, changed or took back after it was closed."""
    start, end = window(period.plant, period.month)
    spans = Q(start__lt=end) & (Q(end__gt=start) | Q(end=None) | Q(start__gte=start))
    kinds = ((Downtime, spans), (Run, spans), (Production, spans), (WorkOrder, _created(start, end)))
    counts: dict[str, int] = {}
    for model, within in kinds:
        rows = model._default_manager.filter(within, equipment__plant=period.plant)
        late = rows.filter(loaded_at__gt=period.closed_at).order_by()
        for source, count in late.values_list("source").annotate(rows=Count("pk")):
            counts[source] = counts.get(source, 0) + count
    return sorted(counts.items())


def beside(views: Sequence[tuple[By | None, Sequence[Value]]], scope: Scope) -> list[list[Value]]:
    """Values with what was published of them, where they are of one whole month that is closed.

    At most one query; none where no value is of a whole month, or is no place's.
    """
    spots = [[_of_month(by, value, scope) for value in values] for by, values in views]
    wanted = {spot for group in spots for spot in group if spot}
    known = _published(wanted, scope) if wanted else {}
    return [
        [_with(value, known.get(spot) if spot else None) for value, spot in zip(values, group, strict=True)]
        for (_, values), group in zip(views, spots, strict=True)
    ]


def publishing(scope: Scope) -> tuple[int, datetime | None, datetime | None]:
    """A mark that changes when a month of the scope is closed or reopened. No query without a whole month."""
    first = scope.first_day if scope.first_day.day == 1 else last_of(scope.first_day.replace(day=1)) + DAY
    if last_of(first) > scope.last_day:
        return 0, None, None
    rows = ClosedPeriod.objects.filter(month__range=(first, scope.last_day)).order_by()
    if scope.plant_ids is not None:
        rows = rows.filter(plant__in=scope.plant_ids)
    found = rows.aggregate(count=Count("pk"), closed=Max("closed_at"), reopened=Max("reopened_at"))
    return found["count"], found["closed"], found["reopened"]


Place = tuple[By, int]
Spot = tuple[Place, date, str]
"""Place, month and KPI."""


def _refuse(plant: Plant, month: date, now: datetime) -> None:
    if month.day != 1:
        raise NotClosable("A month is named by its first day.")
    if window(plant, month)[1] > now:
        raise NotClosable(f"{month:%B %Y} is not over in {plant.name}.")
    if ClosedPeriod.objects.filter(plant=plant, month=month, reopened_at=None).exists():
        raise NotClosable(f"{month:%B %Y} of {plant.name} is closed already.")
    days = StaleDay.objects.filter(equipment__plant=plant, day__range=(month, last_of(month)))
    work = StaleWork.objects.filter(plant=plant, month=month)
    if days.exists() or work.exists():
        raise NotClosable(f"{month:%B %Y} of {plant.name} is being computed; try again in a minute.")


def _values(plant: Plant, month: date) -> Iterable[tuple[By | None, Value]]:
    """All KPIs of a plant's month, of the whole and of its lines and machines, where they can be split so."""
    scope = Scope(first_day=month, last_day=last_of(month), plant_ids=(plant.pk,))
    for part in PLACES:
        names = [
            name for name, kpi in CATALOGUE.items() if kpi.read and (part is None or part in breakdowns(kpi))
        ]
        for value in evaluate(names, scope, by=part):
            if part is None or value.key.id is not None:
                yield part, value


def _spot(row: PublishedValue) -> tuple[By | None, int | None, str]:
    part: By | None = "line" if row.line_id else "equipment" if row.equipment_id else None
    return part, row.line_id or row.equipment_id, row.kpi


def _differs(was: float | None, now: float | None) -> bool:
    if was is None or now is None:
        return was is not now
    return abs(was - now) > SAME * max(abs(was), abs(now), 1)


def _created(start: datetime, end: datetime) -> Q:
    return Q(created_at__gte=start, created_at__lt=end) | Q(completed_at__gte=start, completed_at__lt=end)


def _of_month(by: By | None, value: Value, scope: Scope) -> Spot | None:
    """Where a value is published, if it is of one whole month of one place."""
    whole = value.first_day.day == 1 and value.last_day == last_of(value.first_day)
    place = _place(by, value, scope) if whole else None
    return (place, value.first_day, value.kpi) if place else None


def _place(by: By | None, value: Value, scope: Scope) -> Place | None:
    """The one place a value is of: the part's, else the narrowest that the scope is limited to."""
    if by == "plant" or by == "line" or by == "equipment":
        return (by, value.key.id) if isinstance(value.key.id, int) else None
    if by is not None or scope.work_units_only:
        return None
    limits: tuple[tuple[By, tuple[int, ...] | None], ...] = (
        ("equipment", scope.equipment_ids),
        ("line", scope.line_ids),
        ("plant", scope.plant_ids),
    )
    for part, ids in limits:
        if ids is not None:
            return (part, ids[0]) if len(ids) == 1 else None
    return None


def _published(spots: set[Spot], scope: Scope) -> dict[Spot, PublishedValue]:
    rows = PublishedValue.objects.select_related("period").filter(
        period__reopened_at=None,
        period__month__in={month for _, month, _ in spots},
        kpi__in={name for _, _, name in spots},
    )
    if scope.plant_ids is not None:
        rows = rows.filter(period__plant__in=scope.plant_ids)
    ids: dict[By, set[int]] = {"plant": set(), "line": set(), "equipment": set()}
    for (part, key), _, _ in spots:
        ids[part].add(key)
    wanted = Q(line=None, equipment=None, period__plant__in=ids["plant"])
    wanted |= Q(line__in=ids["line"]) | Q(equipment__in=ids["equipment"])
    return {(_place_of(row), row.period.month, row.kpi): row for row in rows.filter(wanted)}


def _place_of(row: PublishedValue) -> Place:
    part, key, _ = _spot(row)
    return (part, key) if part and key else ("plant", row.period.plant_id)


def _with(value: Value, row: PublishedValue | None) -> Value:
    return replace(value, published=row.value, published_at=row.period.closed_at) if row else value
