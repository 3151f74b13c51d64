"""What really happened, per machine and shift, independent of how the two servers tell it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import itemgetter

from sync.sandbox.machine import Job, Machine, Span
from sync.sandbox.shifts import Interval, ShiftDay, local_day, local_epoch, shifts_of
from sync.sandbox.spec import MICRO_STOP_S

OFF_SHIFT = ""


@dataclass(slots=True)
class TruthRow:
    """One machine in one shift of one production day (`shift` is "" outside of all shifts).

    `seconds` are planned seconds by loss class, micro-stop rule applied, plus "unknown" for planned time
    without
    any line; they add up to `planned_s`. `failures` count at their start; `failure_down_s` is their
    wall-clock time
    inside the window. `ideal_s` and `ideal_good_s` weigh pieces with their ideal cycle. An order's pieces
    are spread
    by its planned run time; scrap counts when it was booked.
    """

    machine: str
    day: date
    shift: str
    window: tuple[Interval, ...]
    planned_s: int = 0
    seconds: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    failures: int = 0
    failure_down_s: int = 0
    made: float = 0.0
    scrap: float = 0.0
    ideal_s: float = 0.0
    ideal_good_s: float = 0.0

    @property
    def loading_s(self) -> int:
        return self.planned_s - self.seconds["planned_stop"] - self.seconds["unknown"]

    @property
    def run_s(self) -> int:
        return self.seconds["running"] + self.seconds["speed"] + self.seconds["micro_stop"]


def loss_class_of(span: Span, now: int) -> str:
    """Short stops are performance losses; the whole length of the stop decides (of an open one: so far)."""
    short = min(span.stop, now) - span.start < MICRO_STOP_S
    return (
        "micro_stop"
        if short and span.reason.loss_class in ("breakdown", "external")
        else span.reason.loss_class
    )


def truth_of(machine: Machine, first: date, now: int) -> Iterator[TruthRow]:
    """Rows of every production day from `first` to the day of `now`, each cut at now."""
    spans = sorted((span for span in machine.history if span.start < now), key=lambda span: span.start)
    pieces = _pieces_per_second(machine, now)
    day, last, cursor = first, local_day(machine.plant, now), 0
    while day <= last:
        rows = list(_windows(machine, day, now))
        stop = rows[-1].window[-1][1]
        while cursor < len(spans) and spans[cursor].stop <= rows[0].window[0][0]:
            cursor += 1
        for row in rows:
            _fill(row, machine, spans, cursor, pieces, now)
        yield from rows
        day += timedelta(days=1)
        if stop > now:
            break


def _windows(machine: Machine, day: date, now: int) -> Iterator[TruthRow]:
    """One row per shift and one for the rest of the production day. The rest comes last."""
    plant = machine.plant
    start = local_epoch(plant, day, plant.day_start)
    stop = local_epoch(plant, day + timedelta(days=1), plant.day_start)
    shifts = shifts_of(plant, day)
    for shift in shifts:
        row = TruthRow(machine.code, day, shift.name, ((shift.start, shift.stop),))
        row.planned_s = sum(max(0, min(b, now) - a) for a, b in shift.planned)
        yield row
    edges = [start, *(edge for shift in shifts for edge in (shift.start, shift.stop)), stop]
    gaps = tuple(gap for gap in zip(edges[::2], edges[1::2], strict=True) if gap[0] < gap[1])
    yield TruthRow(machine.code, day, OFF_SHIFT, gaps or ((stop, stop),))


def _fill(
    row: TruthRow, machine: Machine, spans: list[Span], cursor: int, pieces: dict[int, float], now: int
) -> None:
    shift = next((each for each in shifts_of(machine.plant, row.day) if each.name == row.shift), None)
    stop = row.window[-1][1]
    for span in spans[cursor:]:
        if span.start >= stop:
            break
        _add_span(row, span, shift, pieces, now)
    row.seconds["unknown"] = row.planned_s - sum(row.seconds.values())
    scraps, key = machine.scraps, itemgetter(0)
    for at, quantity, job in scraps[
        bisect_left(scraps, row.window[0][0], key=key) : bisect_left(scraps, stop, key=key)
    ]:
        if at <= now and any(a <= at < b for a, b in row.window):
            row.scrap += quantity
            row.ideal_good_s -= quantity * job.cycle_s
    row.ideal_good_s += row.ideal_s


def _add_span(row: TruthRow, span: Span, shift: ShiftDay | None, pieces: dict[int, float], now: int) -> None:
    stop = min(span.stop, now)
    loss_class = loss_class_of(span, now)
    overlap = sum(max(0, min(stop, b) - max(span.start, a)) for a, b in shift.planned) if shift else 0
    if overlap:
        row.seconds[loss_class] += overlap
    if loss_class == "breakdown":
        row.failures += any(a <= span.start < b for a, b in row.window)
        row.failure_down_s += sum(max(0, min(stop, b) - max(span.start, a)) for a, b in row.window)
    if span.job and loss_class in ("running", "speed"):
        made = pieces[id(span.job)] * overlap
        row.made += made
        row.ideal_s += made * span.job.cycle_s


def _pieces_per_second(machine: Machine, now: int) -> dict[int, float]:
    """Whole pieces booked by now for each job, spread over the run time they were booked on."""
    run: dict[int, int] = defaultdict(int)
    booked: dict[int, int] = defaultdict(int)
    jobs: dict[int, Job] = {}
    for span in machine.history:
        if span.job and span.reason.loss_class in ("running", "speed") and span.start < now:
            jobs[id(span.job)] = span.job
            run[id(span.job)] += min(span.stop, now) - span.start
            booked[id(span.job)] += span.stop - span.start if span.stop <= now else 0
    return {key: int(booked[key] * job.pace / job.cycle_s) / run[key] for key, job in jobs.items()}
