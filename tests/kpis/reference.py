"""A slow, naive reading of the same rules, minute by minute, to hold the kernel against."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from math import inf
from typing import TypeVar

from kpis.evidence import OVERLAY, Output, RunLog, State, Stop
from tests.kpis.days import MIDNIGHT

Hours = tuple[float, float]
T = TypeVar("T", Stop, RunLog)
MICRO = 5
LONG = {State.NOT_SCHEDULED, State.PLANNED_STOP, State.BREAKDOWN, State.SETUP, State.EXTERNAL, State.QUALITY}
DOWN = {State.BREAKDOWN, State.SETUP, State.EXTERNAL, State.QUALITY}
RAN = {State.SPEED, State.MICRO_STOP, State.RUNNING}


def minute(instant: float) -> float:
    return instant if instant == inf else round((instant - MIDNIGHT) / 60)


@dataclass
class Slow:
    """One machine's day, in minutes after midnight. Results by (slot, name)."""

    shifts: list[Hours]
    breaks: list[Hours]
    stops: list[Stop]
    runs: list[RunLog]
    outputs: list[Output]
    work_unit: bool
    now: int
    first: int
    last: int
    order: tuple[State, ...] = OVERLAY
    seconds: defaultdict[tuple[int, str], float] = field(default_factory=lambda: defaultdict(float))
    numbers: Counter[tuple[int, str]] = field(default_factory=Counter)

    def compute(self) -> None:
        for at in range(self.first, min(self.last, self.now)):
            self._time(at)
        down = self._covered({State.BREAKDOWN})
        self._starts("failures", down)
        self._starts("stops", self._covered(DOWN))
        long = self._covered(LONG)
        self._starts("micro_stops", self._covered({State.MICRO_STOP}), hidden=long)
        for at in down & self._today():
            self.seconds[self.slot(at), "failure_down_s"] += 60
        if self.work_unit:
            for output in self.outputs:
                self._count(output)

    def slot(self, at: int) -> int:
        inside = [n for n, (a, b) in enumerate(self.shifts, 1) if a * 60 <= at % 1440 < b * 60]
        return inside[0] if inside else 0

    def planned(self, at: int) -> bool:
        return bool(self.slot(at)) and not any(a * 60 <= at % 1440 < b * 60 for a, b in self.breaks)

    def _today(self) -> set[int]:
        return set(range(self.first, min(self.last, self.now)))

    def effective(self, stop: Stop) -> State:
        short = min(minute(stop.end), self.now) - minute(stop.start) < MICRO
        return State.MICRO_STOP if short and stop.state in (State.BREAKDOWN, State.EXTERNAL) else stop.state

    def _covered(self, states: set[State]) -> set[int]:
        found = [(stop.start, stop.end) for stop in self.stops if self.effective(stop) in states]
        return self._minutes(found, self.now)

    def _minutes(self, spans: Iterable[tuple[float, float]], until: float) -> set[int]:
        return {at for a, b in spans for at in range(int(minute(a)), int(min(minute(b), until)))}

    def _starts(self, name: str, covered: set[int], hidden: Set[int] = frozenset()) -> None:
        for at in covered & self._today():
            if at - 1 not in covered and at not in hidden:
                self.numbers[self.slot(at), name] += 1

    def _time(self, at: int) -> None:
        slot = self.slot(at)
        self.seconds[slot, "calendar_s"] += 60
        logged = [State.SPEED if r.reduced_speed else State.RUNNING for r in self._live(self.runs, at)]
        stopped = [self.effective(stop) for stop in self._live(self.stops, at)]
        states = stopped + logged
        logged += [state for state in stopped if state in (State.SPEED, State.RUNNING)]
        assumed = any(at in self._spread(o) for o in self.outputs if self._own(o))
        nothing = State.RUNNING if assumed or not self.work_unit else State.UNKNOWN
        state = min(states, key=self.order.index, default=nothing)
        if self.planned(at):
            self.seconds[slot, state.loss_class] += 60
            if self.work_unit and state in RAN and self._blind(at):
                self.seconds[slot, "run_without_ideal_s"] += 60
        elif logged and state in (State.SPEED, State.RUNNING):
            self.seconds[slot, "overtime_run_s"] += 60

    def _live(self, found: Iterable[T], at: int) -> list[T]:
        return [fact for fact in found if minute(fact.start) <= at < minute(fact.end)]

    def _own(self, output: Output) -> bool:
        return bool(output.quantity) and not output.runs and output.start != output.end

    def _spread(self, output: Output) -> set[int]:
        limit = min(self.now, minute(output.reported)) if minute(output.end) > self.now else self.now
        return self._minutes(output.runs or [(output.start, output.end)], limit)

    def _counted_until(self, output: Output) -> float:
        if minute(output.end) <= self.now:
            return self.now
        return min(self.now, minute(output.reported)) if output.quantity else minute(output.start)

    def _blind(self, at: int) -> bool:
        """Ran at this minute, and nobody knows how long a unit should take."""
        orders = [output for output in self.outputs if output.start != output.end]
        names = {output.order for output in orders if output.order}
        ideal = [o for o in orders if o.ideal_cycle_s and at < self._counted_until(o)]
        known = {output.order for output in ideal}
        timed = any(minute(o.start) <= at < min(minute(o.end), self.now) for o in ideal)
        live = self._live(self.runs, at)
        if any(run.order in known for run in live):
            return False
        named = any(run.order in names for run in live)
        stray = any(run.order not in names for run in live) and not timed
        assumed = any(at in self._spread(o) for o in orders if self._own(o) and not o.ideal_cycle_s)
        return named or stray or assumed

    def _count(self, output: Output) -> None:
        at = int(minute(output.start))
        spread = self._spread(output) or {at}
        if at >= self.now:
            return
        ideal = output.ideal_cycle_s or 0
        correction = output.start == output.end and not output.quantity
        for moment in spread & set(range(self.first, min(self.last, self.now))):
            slot, share = self.slot(moment), 1 / len(spread)
            self.seconds[slot, "quantity"] += output.quantity * share
            self.seconds[slot, "scrap"] += output.scrap * share
            if slot or correction:
                good = output.quantity - output.scrap
                self.seconds[slot, "ideal_s"] += output.quantity * ideal * share
                self.seconds[slot, "ideal_good_s"] += good * ideal * share
