"""Component sums by the hour, computed from the facts when asked: an hour is a production day, but short."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timezone
from typing import Any

from django.utils.timezone import now

from kpis.buckets import Bucket
from kpis.days import DayClock
from kpis.definitions import Component
from kpis.families import SHIFT
from kpis.intervals import Span
from kpis.kernel import compute_day
from kpis.loading import Window, load_facts, per_day
from kpis.models import Equipment
from kpis.plans import DayPlan, plan_days
from kpis.rows import Row as ShiftRow
from kpis.scope import By, Scope, UnsupportedBreakdown, UnsupportedGrain
from kpis.setups import Setup, load_setups
from kpis.writing import SHIFT_COLUMNS, shift_values

MOST_DAYS = 7
HOUR_S = 3600.0
Row = dict[str, Any]


def read_hours(
    components: Sequence[Component], scope: Scope, bys: Sequence[By]
) -> tuple[list[Row], list[Bucket]]:
    """Rows as ``kpis.reading`` gives them, per machine, hour and shift; and all hours of the scope.

    Raises UnsupportedGrain for more than one line or machine, or a longer period; UnsupportedBreakdown.
    """
    _refuse(scope, bys)
    as_of = now()
    machines = _machines(scope, bys)
    setups = load_setups(list(machines))
    rows = [
        _row(row, span, setup, components, machines[setup.machine.id], bys, as_of)
        for setup in setups.values()
        for span, found in _computed(setup, scope, as_of.timestamp())
        for row in found
    ]
    clocks = [setup.schedule.clock for setup in setups.values()][:1]
    return rows, [bucket for clock in clocks for bucket in hour_buckets(clock, scope)]


def hours_of(clock: DayClock, day: date) -> Iterator[Span]:
    """The hours of the plant's clock in a production day, 23 to 25; cut where the day begins within one."""
    start, end = clock.window(day)
    while start < end:
        after = min(end, named(clock, start).timestamp() + HOUR_S)
        yield Span(start, after)
        start = after


def named(clock: DayClock, instant: float) -> datetime:
    """Start of the full hour on the plant's clock, with its offset: an hour that comes twice is two."""
    local = datetime.fromtimestamp(instant, clock.zone).replace(microsecond=0)
    offset = timezone(local.utcoffset() or UTC.utcoffset(None))
    return local.astimezone(offset).replace(minute=0, second=0)


def hour_buckets(clock: DayClock, scope: Scope) -> list[Bucket]:
    found: dict[datetime, Bucket] = {}
    for day in scope.days:
        for span in hours_of(clock, day):
            start = named(clock, span.start)
            found.setdefault(start, Bucket(start, day, day))
    return list(found.values())


def _refuse(scope: Scope, bys: Sequence[By]) -> None:
    if len(scope.equipment_ids or ()) != 1 and len(scope.line_ids or ()) != 1:
        raise UnsupportedGrain("By hour, only one line or one machine can be looked at; name one.")
    if (scope.last_day - scope.first_day).days >= MOST_DAYS:
        raise UnsupportedGrain(f"By hour, a period may have {MOST_DAYS} days at most; choose a shorter one.")
    for by in bys:
        if by not in SHIFT.parts:
            raise UnsupportedBreakdown(f"Hours cannot be split by {by}. Possible: {', '.join(SHIFT.parts)}.")


def _machines(scope: Scope, bys: Sequence[By]) -> dict[int, Row]:
    """The machines in scope, with what a row says of its parts."""
    found = Equipment.objects.all()
    wanted = {"plant": scope.plant_ids, "line": scope.line_ids, "pk": scope.equipment_ids}
    for path, ids in wanted.items():
        if ids is not None:
            found = found.filter(**{f"{path}__in": ids})
    if scope.work_units_only:
        found = found.filter(work_unit=True)
    paths = {
        f"{word}_{by}": path.removeprefix("equipment__").replace("equipment_id", "pk")
        for by in bys
        if by != "shift"
        for word, path in (("part", SHIFT.parts[by].id), ("label", SHIFT.parts[by].label))
    }
    rows = found.values_list("pk", *paths.values())
    return {row[0]: dict(zip(paths, row[1:], strict=True)) for row in rows}


def _computed(setup: Setup, scope: Scope, as_of: float) -> Iterator[tuple[Span, list[ShiftRow]]]:
    """The rows of each hour that has begun, within the machine's history."""
    if setup.history_from is None:
        return
    clock = setup.schedule.clock
    first, last = max(scope.first_day, setup.history_from), min(scope.last_day, clock.day_of(as_of))
    plans = [
        hour
        for plan in plan_days(setup.schedule, first, last, as_of)
        for span in hours_of(clock, plan.day)
        if (hour := cut(plan, span)).frames
    ]
    if not plans:
        return
    (facts,) = load_facts([Window(setup.machine.id, plans[0].start, plans[-1].end)])
    for plan, found in per_day(facts, plans):
        if plan.start < setup.until or any(found):
            yield Span(plan.start, plan.end), compute_day(plan, found, setup.machine, as_of).rows


def cut(plan: DayPlan, span: Span) -> DayPlan:
    """The part of a day's plan that lies in the span; its slots keep their numbers."""
    start, end = max(plan.start, span.start), min(plan.end, span.end)
    frames = tuple(
        frame._replace(start=max(frame.start, start), end=min(frame.end, end))
        for frame in plan.frames
        if frame.start < end and start < frame.end
    )
    slots = tuple(slot._replace(start=max(slot.start, start), end=min(slot.end, end)) for slot in plan.slots)
    return replace(plan, start=start, end=end, slots=slots, frames=frames)


def _row(
    row: ShiftRow,
    span: Span,
    setup: Setup,
    components: Sequence[Component],
    parts: Mapping[str, Any],
    bys: Sequence[By],
    as_of: datetime,
) -> Row:
    start = named(setup.schedule.clock, span.start)
    values = dict(
        zip(SHIFT_COLUMNS, shift_values(setup.machine.id, start.date(), row, False, as_of), strict=True)
    )
    found: Row = {"bucket": start, "place": row.slot.number, "open": row.open_events, **parts}
    if "shift" in bys:
        found |= {"part_shift": row.slot.name, "label_shift": row.slot.name}
    for component in components:
        counts = setup.machine.work_unit or not component.work_units
        found[f"sum_{component.name}"] = float(values[component.column or component.name]) if counts else 0.0
    return found
