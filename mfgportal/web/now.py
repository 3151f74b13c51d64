"""What a place does now: its machines by state, what is down and what that costs, this shift and the last."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from kpis.current import Shifts, shifts_of
from kpis.definitions import CATALOGUE, Kpi
from kpis.engine import TimelineSpan, evaluate, timelines, values_of
from kpis.models import Equipment, LossClass
from kpis.setups import load_setups
from mfgportal.accounts.masks import may_see_costs
from mfgportal.accounts.models import User
from mfgportal.figures import Figure, Goals, Trust
from mfgportal.period import Period
from mfgportal.scope import Selection
from mfgportal.web.down import Down, down_now
from mfgportal.web.shift_figures import SHOWN, WEEK, ShiftFigures, by_shift, figures_of
from mfgportal.web.strip import LEGEND
from mfgportal.web.strips import Strips, strips_of

LONGEST = timedelta(hours=26)
"""Of the strips: a shift and the one before, but no weekend between."""
COST = "downtime_cost"
RUNS = frozenset({LossClass.RUNNING.value, LossClass.SPEED.value, LossClass.MICRO_STOP.value})
ABNORMAL_FIRST = (
    LossClass.BREAKDOWN,
    LossClass.EXTERNAL,
    LossClass.QUALITY,
    LossClass.SETUP,
    LossClass.MICRO_STOP,
    LossClass.SPEED,
    LossClass.UNKNOWN,
    LossClass.RUNNING,
    LossClass.PLANNED_STOP,
    LossClass.NOT_SCHEDULED,
)


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many machines are in a state. ``state``: of ``LossClass``."""

    state: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A KPI over the shifts that are shown; None where one has no data."""

    kpi: Kpi
    figures: list[Figure | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """``today``: its production day, which ``cost`` opens in.

    ``cost``: of today's stops; None where no rate is known, or the person may not see costs.
    """

    at: datetime
    states: list[StateCount]
    machines: int
    down: list[Down]
    shifts: list[ShiftFigures]
    cost: Figure | None
    today: Selection
    strips: Strips

    @property
    def running(self) -> int:
        """How many machines run, at whatever speed."""
        return sum(each.count for each in self.states if each.state in RUNS)

    @property
    def standing(self) -> list[Down]:
        """Open stops that nobody planned, the longest first."""
        return [each for each in self.down if not each.planned]

    @property
    def oee(self) -> Figure | None:
        """OEE of the running shift, else of the last."""
        return next((figure for figure in self.rows[0].figures if figure), None)

    @property
    def rows(self) -> list[FigureRow]:
        """The shifts' figures, a row for each KPI."""
        known = [{figure.kpi.name: figure for figure in shift.figures} for shift in self.shifts]
        return [FigureRow(CATALOGUE[name], [figures.get(name) for figures in known]) for name in SHOWN]


def now(user: User, chosen: Selection, trusted: Trust, machines: QuerySet[Equipment]) -> Now | None:
    """What runs and what is down of a plant, a line or a machine; None where nothing produces."""
    units = list(machines.filter(work_unit=True, gone_at=None, active=True).select_related("plant"))
    if not units:
        return None
    at, setups = timezone.now(), load_setups([unit.pk for unit in units])
    shifts = shifts_of((setup.schedule for setup in setups.values()), at)
    window = _window(shifts, at)
    spans = timelines(setups.keys(), *window, at, setups)
    goals = Goals.of(SHOWN, chosen)
    return Now(
        at=at,
        states=_states(found[-1] for found in spans.values() if found),
        machines=len(units),
        down=down_now(user, machines),
        shifts=_shifts(chosen, trusted, shifts, goals),
        cost=_cost(user, chosen, trusted),
        today=replace(chosen, period=Period(chosen.today, chosen.today)),
        strips=strips_of(units, spans, window, shifts, _oee(chosen, trusted, shifts, goals)),
    )


def _window(shifts: Shifts, at: datetime) -> tuple[datetime, datetime]:
    """From the begin of the last shift, unless a weekend lies between, to the end of the running one."""
    end = shifts.running.end if shifts.running else at
    if shifts.last and end - shifts.last.start <= LONGEST:
        return shifts.last.start, end
    return shifts.running.start if shifts.running else at - timedelta(hours=8), end


def _states(present: Iterable[TimelineSpan]) -> list[StateCount]:
    """How many are in each state, the abnormal first."""
    found = Counter(span.state for span in present)
    return [
        StateCount(state.value, LEGEND.get(state, state.label), found[state])
        for state in ABNORMAL_FIRST
        if found[state]
    ]


def _shifts(chosen: Selection, trusted: Trust, shifts: Shifts, goals: Goals) -> list[ShiftFigures]:
    """The running shift, and the last one that is over."""
    wanted = [span for span in (shifts.running, shifts.last) if span]
    if not wanted:
        return []
    first, last = min(span.day for span in wanted) - WEEK, max(span.day for span in wanted)
    values = by_shift(chosen, first, last)
    return [
        figures_of(span, values, chosen, trusted, goals, running=span is shifts.running) for span in wanted
    ]


def _oee(chosen: Selection, trusted: Trust, shifts: Shifts, goals: Goals) -> dict[int, Figure]:
    """OEE of each machine with its target, in the running shift, or in the last where none runs."""
    span = shifts.running or shifts.last
    if span is None:
        return {}
    kpi, target_of = CATALOGUE["oee"], goals.over("equipment")
    scope = replace(chosen.scope, first_day=span.day, last_day=span.day)
    return {
        value.key.id: Figure(kpi=kpi, now=value, before=None, trust=trusted, target=target_of(value))
        for value in values_of(kpi, scope, "shift", "equipment")
        if value.shift == span.name and isinstance(value.key.id, int) and value.value is not None
    }


def _cost(user: User, chosen: Selection, trusted: Trust) -> Figure | None:
    """What today's stops cost so far."""
    kpi = CATALOGUE[COST]
    if not may_see_costs(user):
        return None
    scope = replace(chosen.scope, first_day=chosen.today, last_day=chosen.today)
    (value,) = evaluate([COST], scope)
    return Figure(kpi=kpi, now=value, before=None, trust=trusted) if value.value is not None else None
