"""Failure histories of machines on a clock of operating time, as ``kpis.reliability`` takes them.

A failure is what the roll-up counts as one: breakdowns that overlap or touch, each at or above the plant's
micro-stop limit, at its start. The last run, still going on at the end of the window, is part of the
observation (time-censored).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import accumulate
from math import inf

from django.db.models import F, Sum
from django.db.models.functions import Extract

from kpis.evidence import State, Stop, effective_state
from kpis.intervals import Span, merge
from kpis.kernel import compute_day
from kpis.loading import Window, load_facts
from kpis.models import Downtime, Equipment, LossClass, ShiftComponents
from kpis.plans import plan_days
from kpis.reading import in_scope
from kpis.reliability.growth import History
from kpis.scope import Scope
from kpis.setups import Setup, load_setups


@dataclass(frozen=True, slots=True)
class Failure:
    """``operating_s``: operating time of the machine from the start of the window to this failure.

    ``stop_id``: the stop (``Downtime``) it began with.
    """

    start: datetime
    end: datetime | None
    operating_s: float
    stop_id: int | None = None


def on_clock(seconds: float, operating_s: float) -> float:
    """Hours of a failure, within the observation. One before any operation is put at its first moment."""
    return min(max(seconds, 1.0), operating_s) / 3600


@dataclass(frozen=True, slots=True)
class MachineHistory:
    """One machine in a window; ``operating_s`` is its operating time in it (exposure)."""

    equipment_id: int
    name: str
    equipment_class: str
    plant_id: int
    failures: tuple[Failure, ...]
    operating_s: float

    @property
    def hours(self) -> list[float]:
        """Operating hours at the failures."""
        return [on_clock(failure.operating_s, self.operating_s) for failure in self.failures]

    @property
    def history(self) -> History:
        """In operating hours."""
        return History(self.hours, self.operating_s / 3600)


def histories(scope: Scope, as_of: datetime) -> list[MachineHistory]:
    """Histories of the machines in scope that operated in it, by id. A fixed number of queries."""
    days = _operating_days(scope)
    setups = load_setups(days)
    machines = Equipment.objects.filter(pk__in=setups).only("name", "equipment_class", "plant_id")
    failures, stops = _failures(scope, setups, as_of)
    before = _operating_before(setups, days, failures)
    return [
        MachineHistory(
            machine.pk,
            machine.name,
            machine.equipment_class,
            machine.plant_id,
            tuple(
                Failure(
                    _time(start),
                    None if end == inf else _time(end),
                    before[machine.pk, start],
                    stops[machine.pk, start],
                )
                for start, end in failures[machine.pk]
            ),
            sum(seconds for _, seconds in days[machine.pk]),
        )
        for machine in machines.order_by("pk")
    ]


Days = Mapping[int, Sequence[tuple[date, float]]]


def _operating_days(scope: Scope) -> Days:
    rows = ShiftComponents.objects.filter(in_scope(scope)).values("equipment_id", "day")
    found: defaultdict[int, list[tuple[date, float]]] = defaultdict(list)
    summed = rows.annotate(seconds=Sum("operating_s")).order_by("equipment_id", "day")
    for equipment_id, day, seconds in summed.values_list("equipment_id", "day", "seconds"):
        found[equipment_id].append((day, seconds))
    return found


Moment = tuple[int, float]
"""A machine and an instant, in epoch seconds."""


def _failures(
    scope: Scope, setups: Mapping[int, Setup], as_of: datetime
) -> tuple[dict[int, list[Span]], dict[Moment, int]]:
    """Those that start in the window, by machine, an open one until infinity; and the stops at each start."""
    windows = {pk: _window(scope, setup) for pk, setup in setups.items()}
    now = as_of.timestamp()
    found = {pk: list[Span]() for pk in setups}
    breakdowns, stops = _breakdowns(setups, windows, now)
    for pk, spans in breakdowns.items():
        start, end = windows[pk]
        found[pk] = [span for span in merge(spans) if start <= span.start < min(end, now)]
    return found, stops


def _window(scope: Scope, setup: Setup) -> Span:
    clock = setup.schedule.clock
    return Span(clock.window(scope.first_day).start, clock.window(scope.last_day).end)


def _breakdowns(
    setups: Mapping[int, Setup], windows: Mapping[int, Span], now: float
) -> tuple[dict[int, list[Span]], dict[Moment, int]]:
    if not windows:
        return {}, {}
    first, last = min(w.start for w in windows.values()), max(w.end for w in windows.values())
    rows = Downtime.objects.filter(
        equipment__in=setups,
        reason__loss_class=LossClass.BREAKDOWN,
        inherited=False,
        deleted_at=None,
        start__lt=_time(last),
    ).exclude(end__lt=_time(first))
    found: defaultdict[int, list[Span]] = defaultdict(list)
    stops: dict[Moment, int] = {}
    columns = ("equipment_id", Extract("start", "epoch"), Extract(F("end"), "epoch"), "pk")
    for pk, start, end, stop_id in rows.order_by("pk").values_list(*columns):
        stop = Stop(float(start), inf if end is None else float(end), State.BREAKDOWN, 0, 0)
        if effective_state(stop, setups[pk].machine.micro_stop_s, now) is State.BREAKDOWN:
            found[pk].append(Span(stop.start, stop.end))
            stops.setdefault((pk, stop.start), stop_id)
    return found, stops


def _operating_before(
    setups: Mapping[int, Setup], days: Days, failures: Mapping[int, Collection[Span]]
) -> dict[Moment, float]:
    """Operating time from the start of the window to each failure: the days before, and its own so far."""
    until = {pk: _until(found) for pk, found in days.items()}
    moments = [(pk, span.start) for pk, spans in failures.items() for span in spans]
    return {
        (pk, instant): until[pk].get(_day(setups[pk], instant), 0.0) + so_far
        for (pk, instant), so_far in zip(moments, _so_far(setups, moments), strict=True)
    }


def _until(days: Sequence[tuple[date, float]]) -> dict[date, float]:
    """Operating time before each day."""
    before = [0.0, *accumulate(seconds for _, seconds in days)]
    return {day: seconds for (day, _), seconds in zip(days, before, strict=False)}


def _day(setup: Setup, instant: float) -> date:
    return setup.schedule.clock.day_of(instant)


def _so_far(setups: Mapping[int, Setup], moments: Iterable[Moment]) -> Iterator[float]:
    """Operating time of the production day up to each moment, as the kernel would have told it then."""
    asked = [(setups[pk], instant) for pk, instant in moments]
    plans = [
        plan_days(setup.schedule, day, day, instant)[0]
        for setup, instant in asked
        for day in (_day(setup, instant),)
    ]
    windows = [
        Window(setup.machine.id, plan.start, plan.end) for (setup, _), plan in zip(asked, plans, strict=True)
    ]
    for (setup, instant), plan, facts in zip(asked, plans, load_facts(windows), strict=True):
        rows = compute_day(plan, facts, setup.machine, instant).rows
        yield sum(row.operating_s for row in rows)


def _time(instant: float) -> datetime:
    return datetime.fromtimestamp(instant, UTC)
