"""A pure day for the kernel: minutes after midnight of 1 June 2026 UTC, without a database."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from math import inf
from zoneinfo import ZoneInfo

from kpis.calendars import Attendance, Calendar, day_start
from kpis.days import DayClock
from kpis.evidence import DayFacts, Machine, Order, Output, RunLog, State, Stop
from kpis.intervals import Span
from kpis.kernel import compute_day
from kpis.plans import DayPlan, Schedule, plan_days
from kpis.rows import DayResult, Row

DAY = date(2026, 6, 1)
MIDNIGHT = datetime(2026, 6, 1, tzinfo=UTC).timestamp()
NOON_AFTER = MIDNIGHT + 36 * 3600
PRESS = Machine(1, True, 300)
COMPRESSOR = Machine(2, False, 300)
ORDER: Order = ("test", "order")


def at(minute: float) -> float:
    return MIDNIGHT + 60 * minute


def stop(start: float, end: float, state: State = State.BREAKDOWN, reason: int = 7) -> Stop:
    return Stop(at(start), at(end) if end < inf else inf, state, reason, 1)


def run(start: float, end: float, order: Order | None = ORDER, *, slow: bool = False) -> RunLog:
    return RunLog(at(start), at(end) if end < inf else inf, slow, order, 1)


def output(
    start: float,
    end: float,
    quantity: float,
    scrap: float = 0,
    ideal: float | None = 60,
    *,
    order: Order | None = ORDER,
    runs: Sequence[tuple[float, float]] = (),
    reported: float = inf,
) -> Output:
    spans = tuple(Span(at(a), at(b)) for a, b in runs)
    ended = at(end) if end < inf else inf
    return Output(at(start), ended, quantity, scrap, ideal, order, at(reported), 1, spans)


def facts(*found: Stop | RunLog | Output) -> DayFacts:
    kinds = (Stop, RunLog, Output)
    stops, runs, outputs = ([fact for fact in found if isinstance(fact, kind)] for kind in kinds)
    return DayFacts(stops, runs, outputs)  # type: ignore[arg-type]


def calendar(*shifts: tuple[float, float], breaks: Sequence[tuple[float, float]] = ()) -> Calendar:
    """Shifts and breaks of every day, in hours of UTC."""
    rows = [(a, b, False) for a, b in shifts] + [(a, b, True) for a, b in breaks]
    return Calendar("UTC", tuple(Attendance(day, a, b, pause) for day in range(7) for a, b, pause in rows))


def plan(pattern: Calendar | None = None, as_of: float = NOON_AFTER, day: date = DAY) -> DayPlan:
    clock = DayClock(ZoneInfo("UTC"), day_start(pattern))
    return plan_days(Schedule(clock, pattern), day, day, as_of)[0]


def compute(
    *found: Stop | RunLog | Output,
    pattern: Calendar | None = None,
    machine: Machine = PRESS,
    as_of: float = NOON_AFTER,
) -> DayResult:
    return compute_day(plan(pattern, as_of), facts(*found), machine, as_of)


def whole(result: DayResult) -> Row:
    """The only row of a day round the clock."""
    (row,) = result.rows
    return row
