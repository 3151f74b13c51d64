"""The strips of a place's machines under each other: the last shift and the running one, on one axis."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kpis.current import Shifts, ShiftSpan
from kpis.engine import TimelineSpan
from kpis.models import Equipment, LossClass
from mfgportal.figures import Figure
from mfgportal.web.format import MINUTE, lasting
from mfgportal.web.strip import WIDTH, Strip, strip

MOST = 24
LOST = (LossClass.BREAKDOWN, LossClass.SETUP, LossClass.EXTERNAL, LossClass.QUALITY)
QUIET = (LossClass.NOT_SCHEDULED, LossClass.RUNNING)


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a shift begins: ``x`` and ``width`` in percent of the strip."""

    x: str
    width: str
    span: ShiftSpan


@dataclass(frozen=True, slots=True)
class MachineStrip:
    """``said``: the strip in words. ``state``, ``label``, ``lasted``: what the machine does, and how long."""

    machine: Equipment
    strip: Strip
    said: str
    state: str
    label: str
    lasted: str
    oee: Figure | None

    @property
    def fill(self) -> str:
        """OEE as length in percent."""
        return _percent(self.oee.now.value if self.oee else None) or "0"

    @property
    def goal(self) -> str:
        """Its target, "" without one."""
        return _percent(self.oee.target.value if self.oee and self.oee.target else None)


@dataclass(frozen=True, slots=True)
class Strips:
    """``rows``: the most time lost first; ``hidden``: how many more there are; ``of``: the shift of OEE."""

    rows: list[MachineStrip]
    edges: list[Edge]
    axis: Strip
    legend: list[tuple[str, str]]
    hidden: int
    of: str

    @property
    def aimed(self) -> bool:
        """Whether any machine has a target."""
        return any(row.goal for row in self.rows)


def strips_of(
    machines: Sequence[Equipment],
    spans: Mapping[int, Sequence[TimelineSpan]],
    window: tuple[datetime, datetime],
    shifts: Shifts,
    oee: Mapping[int, Figure],
) -> Strips:
    """Strips of machines over one window, drawn to one scale; ``oee``: theirs in the shift that counts."""
    zone, counted = machines[0].plant.timezone, shifts.running or shifts.last
    known = [machine for machine in machines if spans.get(machine.pk)]
    known.sort(key=lambda machine: (-_lost(spans[machine.pk]), machine.name))
    rows = [_row(machine, spans[machine.pk], window, oee.get(machine.pk)) for machine in known[:MOST]]
    legend = dict(pair for row in rows for pair in row.strip.legend)
    order = [state.value for state in LossClass]
    return Strips(
        rows=rows,
        edges=list(_edges(shifts, window)),
        axis=strip([], *window, zone),
        legend=sorted(legend.items(), key=lambda pair: order.index(pair[0])),
        hidden=len(known) - len(rows),
        of=counted.name if counted else "today",
    )


def _lost(spans: Sequence[TimelineSpan]) -> float:
    return sum((span.end - span.start).total_seconds() for span in spans if span.state in LOST)


def _row(
    machine: Equipment,
    spans: Sequence[TimelineSpan],
    window: tuple[datetime, datetime],
    oee: Figure | None,
) -> MachineStrip:
    drawn = strip(spans, *window, machine.plant.timezone)
    last = drawn.blocks[-1]
    start = next(block.span.start for block in reversed(drawn.blocks) if block.state == last.state)
    return MachineStrip(
        machine=machine,
        strip=drawn,
        said=_said(machine, spans),
        state=last.state,
        label=last.label,
        lasted=_lasted((last.span.end - start).total_seconds()),
        oee=oee,
    )


def _lasted(seconds: float) -> str:
    """To the minute; a first minute in seconds."""
    return lasting(seconds - seconds % MINUTE if seconds >= MINUTE else seconds)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{max(0.0, min(share, 1.0)) * 100:.2f}"


def _said(machine: Equipment, spans: Sequence[TimelineSpan]) -> str:
    """What the picture shows, in words: time by state."""
    seconds = defaultdict[LossClass, float](float)
    for span in spans:
        seconds[span.state] += (span.end - span.start).total_seconds()
    told = [f"{state.label.lower()} {lasting(seconds[state])}" for state in LossClass if seconds[state]]
    return f"{machine.name}: {', '.join(told)}"


def _edges(shifts: Shifts, window: tuple[datetime, datetime]) -> Iterator[Edge]:
    """The shifts that begin in the window."""
    start, end = window
    scale = WIDTH / (end - start).total_seconds()
    for span in (shifts.last, shifts.running):
        if span and start <= span.start < end:
            width = (min(span.end, end) - span.start).total_seconds() * scale
            yield Edge(f"{(span.start - start).total_seconds() * scale:.3f}", f"{width:.3f}", span)
