"""How a machine spends its planned time: a race of random stops against the plan."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import log
from random import Random
from typing import NamedTuple, Protocol

from sync.sandbox.shifts import Interval, ShiftDay
from sync.sandbox.spec import (
    BLOCKED,
    CHANGEOVER,
    DEFECT,
    ELECTRICAL,
    FAILURE,
    MATERIAL,
    MEETING,
    MINOR,
    NO_ORDERS,
    OPERATOR,
    PLANNED_MAINTENANCE,
    REDUCED_SPEED,
    REDUCED_YIELD,
    RUNNING,
    SETUP,
    TOOL_FAILURE,
    WARM_UP,
    Line,
    Plant,
    Reason,
)

SHORTEST_RUN_S = 45
LASTS_OVER_BREAKS = (SETUP, CHANGEOVER, PLANNED_MAINTENANCE, NO_ORDERS)


@dataclass(slots=True)
class Order:
    """A manufacturing order of a line; each machine of the line has one job of it."""

    number: int
    product: int
    quantity: int
    length_s: float
    production_id: int = 0
    open_jobs: int = 0


@dataclass(slots=True)
class Job:
    """One machine's work order. Pieces come at an even rate over its run time."""

    order: Order
    cycle_s: float
    pace: float
    scrap_rate: float
    workorder_id: int = 0
    operation_id: int = 0
    run_s: int = 0
    scrapped: int = 0

    @property
    def made(self) -> int:
        return int(self.run_s * self.pace / self.cycle_s) if self.cycle_s else 0


@dataclass(slots=True)
class Span:
    """One line of a machine's true history, in epoch seconds, half open."""

    start: int
    stop: int
    reason: Reason
    job: Job | None
    line_id: int = 0


class Scrap(NamedTuple):
    at: int
    quantity: int
    job: Job


class Forced(NamedTuple):
    """A planned happening: at that time, or as soon as the machine is free."""

    at: int
    action: str  # "stop", "finish", "begin"
    reason: Reason = SETUP
    seconds: int = 0  # what is left of it
    job: Job | None = None


class Floor(Protocol):
    """What a machine tells the outside."""

    def spent(self, machine: Machine, span: Span, made: int) -> None: ...
    def scrapped(self, machine: Machine, scrap: Scrap) -> None: ...
    def finished(self, machine: Machine, job: Job, at: int) -> None: ...
    def failed(self, machine: Machine, span: Span) -> None: ...
    def maintained(self, machine: Machine, at: int) -> None: ...


class Hazard(NamedTuple):
    """A kind of random stop: how often per running hour, how long (median and spread of a lognormal)."""

    reason: Reason
    per_hour: float
    median_s: float
    sigma: float


COMMON = (
    Hazard(MINOR, 0.07, 160, 0.4),
    Hazard(MATERIAL, 0.02, 1000, 0.7),
    Hazard(OPERATOR, 0.012, 700, 0.6),
    Hazard(BLOCKED, 0.018, 900, 0.7),
    Hazard(DEFECT, 0.007, 800, 0.5),
    Hazard(REDUCED_YIELD, 0.004, 420, 0.5),
)
FAILURES = ((FAILURE, 0.56), (TOOL_FAILURE, 0.26), (ELECTRICAL, 0.18))


@dataclass
class Machine:
    """A work center. `mtbf_h` counts running hours; `care` scales how often everything else goes wrong."""

    plant: Plant
    line: Line
    number: int
    index: int
    code: str
    name: str
    mtbf_h: float
    mttr_s: float
    care: float
    pace: float
    scrap_rate: float
    setup_s: float
    workcenter_id: int = 0
    equipment_id: int = 0
    asset_id: int = 0
    cycles: dict[int, float] = field(default_factory=dict)
    operations: dict[int, int] = field(default_factory=dict)
    forced: deque[Forced] = field(default_factory=deque)
    history: list[Span] = field(default_factory=list)
    scraps: list[Scrap] = field(default_factory=list)
    job: Job | None = None
    busy_until: int = 0
    pending: Forced | None = None
    last_run_stop: int = 0
    hazards: tuple[Hazard, ...] = ()
    weights: tuple[float, ...] = ()
    per_second: float = 0.0

    def __post_init__(self) -> None:
        common = [hazard._replace(per_hour=hazard.per_hour * self.care) for hazard in COMMON]
        failures = [Hazard(reason, share / self.mtbf_h, self.mttr_s, 0.75) for reason, share in FAILURES]
        self.hazards = (*common, *failures)
        self.weights = tuple(hazard.per_hour for hazard in self.hazards)
        self.per_second = sum(self.weights) / 3600

    def plan(self, happenings: list[Forced]) -> None:
        """Adds planned happenings; earlier ones that wait for a free machine stay ahead."""
        self.forced = deque(sorted((*self.forced, *happenings), key=lambda forced: forced.at))

    def live(self, shift: ShiftDay, rng: Random, floor: Floor) -> None:
        """Spends one shift. Every planned second gets a span, unless a longer breakdown covers it."""
        for start, stop in shift.planned:
            self._spend((max(start, self.busy_until), stop), rng, floor)
        if self.pending and self.pending.reason not in LASTS_OVER_BREAKS:
            self.pending = None
        self.scrap_due(floor)

    def scrap_due(self, floor: Floor) -> None:
        """Books the pieces rejected since the last time, at the end of the last run."""
        job = self.job
        if job is None or not (due := round(job.made * job.scrap_rate) - job.scrapped):
            return
        job.scrapped += due
        scrap = Scrap(self.last_run_stop - 1, due, job)
        self.scraps.append(scrap)
        floor.scrapped(self, scrap)

    def _spend(self, span: Interval, rng: Random, floor: Floor) -> None:
        at, stop = span
        while at < stop:
            if self.pending:
                at = self._wait(self.pending, at, stop, floor)
            elif self.forced and self.forced[0].at <= at:
                self._obey(self.forced.popleft(), at, floor)
            else:
                at = self._run(at, stop, rng, floor)

    def _wait(self, pending: Forced, at: int, stop: int, floor: Floor) -> int:
        end = min(stop, at + pending.seconds)
        left = pending.seconds - (end - at)
        self._note(Span(at, end, pending.reason, self.job), floor)
        self.pending = pending._replace(seconds=left) if left else None
        if not left and pending.reason is PLANNED_MAINTENANCE:
            floor.maintained(self, end)
        return end

    def _obey(self, forced: Forced, at: int, floor: Floor) -> None:
        if forced.action == "finish":
            self.scrap_due(floor)
            if self.job:
                floor.finished(self, self.job, at)
            self.job = None
            return
        if forced.action == "begin":
            self.job = forced.job
        if forced.seconds:
            self.pending = forced

    def _run(self, at: int, stop: int, rng: Random, floor: Floor) -> int:
        limit = min(stop, max(at + 1, self.forced[0].at)) if self.forced else stop
        end = at + max(SHORTEST_RUN_S, int(rng.expovariate(self.per_second)))
        if end >= limit - SHORTEST_RUN_S:
            self._note_run(Span(at, limit, self._speed(rng), self.job), floor)
            return limit
        self._note_run(Span(at, end, self._speed(rng), self.job), floor)
        return self._stop(end, stop, rng, floor)

    def _speed(self, rng: Random) -> Reason:
        return REDUCED_SPEED if rng.random() < 0.035 else RUNNING

    def _stop(self, at: int, stop: int, rng: Random, floor: Floor) -> int:
        hazard = rng.choices(self.hazards, self.weights)[0]
        seconds = max(30, int(rng.lognormvariate(log(hazard.median_s), hazard.sigma)))
        if hazard.reason is MINOR:
            seconds = min(seconds, 280)
        if hazard.reason.loss_class != "breakdown":
            self._note(Span(at, min(at + seconds, stop), hazard.reason, self.job), floor)
            return at + seconds
        span = Span(
            at, at + seconds, hazard.reason, self.job
        )  # repair goes on through breaks and after hours
        self.busy_until = span.stop
        self._note(span, floor)
        floor.failed(self, span)
        return span.stop

    def _note_run(self, span: Span, floor: Floor) -> None:
        if self.job:
            self.job.run_s += span.stop - span.start
        self.last_run_stop = span.stop
        self._note(span, floor)

    def _note(self, span: Span, floor: Floor) -> None:
        self.history.append(span)
        floor.spent(self, span, self.job.made if self.job else 0)


def changeover(machine: Machine, job: Job, at: int, rng: Random) -> list[Forced]:
    """Finishing the order before, and setting up for the next one."""
    reason = CHANGEOVER if rng.random() < 0.6 else SETUP
    seconds = int(rng.lognormvariate(log(machine.setup_s), 0.4))
    return [Forced(at, "finish"), Forced(at, "begin", reason, seconds, job)]


def week_habits(shifts: tuple[ShiftDay, ...], rng: Random) -> list[Forced]:
    """Warm-up and a meeting when the week starts."""
    first = shifts[0]
    if first.day.weekday() != 0:
        return []
    warm_up = Forced(first.start, "stop", WARM_UP, rng.randrange(420, 900))
    meeting = Forced(first.start, "stop", MEETING, 900)
    return [meeting, warm_up] if first.day.isocalendar().week % 2 else [warm_up]
