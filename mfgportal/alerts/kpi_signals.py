"""KPIs against their target or a fixed limit, bucket by bucket. The queries of a rule are few and fixed."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import cast

from kpis.buckets import bucket_start
from kpis.days import DayClock
from kpis.definitions import CATALOGUE, Better, Kpi
from kpis.engine import By, Grain, UnsupportedBreakdown, Value, evaluate
from kpis.models import ShiftComponents
from kpis.scope import Key, Scope, UnsupportedGrain
from kpis.setups import load_clocks
from kpis.targets import Spot, State, judge, load_targets
from mfgportal.alerts.age import kinds_of, known_to
from mfgportal.alerts.hysteresis import Mark, mark
from mfgportal.alerts.models import AlertRule, Signal
from mfgportal.alerts.places import parts_of, plants_in, scope_of, spot_of, subject_of
from mfgportal.alerts.reading import CannotJudge, Reading, Sight
from mfgportal.web.format import amount

MARKS = {State.ON: Mark.CLEAR, State.WARNING: Mark.BAND, State.OFF: Mark.BREACH}
DAYS = {"shift": 1, "day": 1, "week": 7, "month": 31}
IDLE_DAYS = 10
"""How many days without production are looked back over for the buckets a rule needs."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A defined value of a bucket beside its limit."""

    value: Value
    mark: Mark
    limit: float


Stands = Callable[[Spot, Value], Stand | None]


def look(rule: AlertRule, now: datetime) -> Sight:
    """How every subject of the rule stands, by the buckets that are over.

    Raises:
        CannotJudge: the data is late, or the KPI cannot be had that way.
    """
    kpi = CATALOGUE.get(rule.kpi)
    if kpi is None:
        raise CannotJudge(f"there is no KPI {rule.kpi!r} any more")
    data, plant_ids = known_to(rule, now, kinds_of(kpi)), plants_in(rule)
    known = data.through
    clocks = load_clocks(plant_ids)
    scope = _scope(rule, clocks, known)
    parts = _by_part(rule, scope, _closed(rule, scope, known))
    spots = parts_of(rule.each, [key.id for key in parts if isinstance(key.id, int)]) if rule.each else {}
    stands = _against_target(kpi, plant_ids, scope.last_day) if _by_target(rule) else _against_limit(rule)
    found = (
        _reading(rule, kpi, key, _spot(rule, key, spots), values, stands, clocks)
        for key, values in parts.items()
    )
    readings = [replace(each, held=data.why_not(each.place)) for each in found if each]
    return Sight(readings, complete=False)


def _by_target(rule: AlertRule) -> bool:
    return rule.signal == Signal.TARGET


def _scope(rule: AlertRule, clocks: Mapping[int, DayClock], known: datetime) -> Scope:
    """Enough days for the buckets needed; up to the last whole bucket, unless the one under way counts."""
    today = min((clock.day_of(known.timestamp()) for clock in clocks.values()), default=known.date())
    grain = cast("Grain", rule.grain)
    partial = rule.running or rule.grain == AlertRule.Grain.SHIFT
    last = today if partial else bucket_start(today, grain) - timedelta(days=1)
    needed = max(rule.open_after, rule.close_after) * DAYS[rule.grain] + IDLE_DAYS
    return scope_of(rule, bucket_start(last - timedelta(days=needed), grain), last)


def _closed(rule: AlertRule, scope: Scope, known: datetime) -> Callable[[Value], bool]:
    """Tells whether a bucket is over. Days are, by the scope; shifts by their end. One query at most."""
    if rule.running or rule.grain != AlertRule.Grain.SHIFT:
        return lambda value: True
    rows = ShiftComponents.objects.filter(end__gt=known, day__gte=scope.last_day - timedelta(days=1))
    if scope.plant_ids is not None:
        rows = rows.filter(equipment__plant__in=scope.plant_ids)
    under_way = set(rows.values_list("day", "shift_name").distinct())
    return lambda value: (value.bucket, value.shift) not in under_way


def _by_part(rule: AlertRule, scope: Scope, closed: Callable[[Value], bool]) -> Mapping[Key, Sequence[Value]]:
    by = cast("By", rule.each) if rule.each else None
    try:
        values = evaluate([rule.kpi], scope, grain=cast("Grain", rule.grain), by=by)
    except (UnsupportedBreakdown, UnsupportedGrain) as refused:
        raise CannotJudge(str(refused)) from refused
    parts: defaultdict[Key, list[Value]] = defaultdict(list)
    for value in values:
        if value.value is not None and closed(value):
            parts[value.key].append(value)
    return parts


def _spot(rule: AlertRule, key: Key, spots: Mapping[int, Spot]) -> Spot | None:
    if not rule.each:
        return spot_of(rule)
    return spots.get(key.id) if isinstance(key.id, int) else None


def _against_target(kpi: Kpi, plant_ids: Sequence[int], until: date) -> Stands:
    targets = load_targets([kpi.name], plant_ids, until)

    def stand(spot: Spot, value: Value) -> Stand | None:
        target = targets.of(kpi.name, spot, value.last_day)
        return Stand(value, MARKS[judge(value.value, target)], target.value) if target else None

    return stand


def _against_limit(rule: AlertRule) -> Stands:
    above, limit = rule.side == AlertRule.Side.ABOVE, rule.limit or 0.0

    def stand(spot: Spot, value: Value) -> Stand | None:
        found = mark(value.value or 0.0, limit, rule.close_limit, above=above)
        return Stand(value, found, limit)

    return stand


def _reading(
    rule: AlertRule,
    kpi: Kpi,
    key: Key,
    spot: Spot | None,
    values: Sequence[Value],
    stands: Stands,
    clocks: Mapping[int, DayClock],
) -> Reading | None:
    """None: the place is no longer in use, or has no target."""
    judged = [found for value in values if (found := stands(spot, value))] if spot else []
    if spot is None or not judged:
        return None
    latest = judged[-1]
    needed = judged[-max(rule.open_after, rule.close_after) :]
    return Reading(
        subject=subject_of(spot),
        text=_text(rule, kpi, key.label or rule.place_name, latest),
        marks=tuple(each.mark for each in judged),
        value=latest.value.value,
        limit=latest.limit,
        unit=kpi.unit,
        high_is_bad=kpi.better == Better.DOWN if _by_target(rule) else rule.side == AlertRule.Side.ABOVE,
        place=spot,
        window=_window(clocks, spot, needed[0].value.first_day, latest.value.last_day),
    )


def _text(rule: AlertRule, kpi: Kpi, place: str, latest: Stand) -> str:
    now, limit = amount(latest.value.value, kpi.unit), amount(latest.limit, kpi.unit)
    if _by_target(rule):
        return f"{kpi.title} of {place} is off target: {now} (target {limit})"
    return f"{kpi.title} of {place} is {rule.side} {limit}: {now}"


def _window(
    clocks: Mapping[int, DayClock], spot: Spot, first: date, last: date
) -> tuple[datetime, datetime] | None:
    clock = clocks.get(spot.plant_id) if spot.plant_id is not None else next(iter(clocks.values()), None)
    if clock is None:
        return None
    start, end = clock.window(first).start, clock.window(last).end
    return datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
