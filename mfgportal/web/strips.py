"""The strips of a place's machines under each other: the last shift and the running one, on one axis."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kpis.current import Shifts, ShiftSpan
from kpis.engine import TimelineSpan
from kpis.models import Equipment, LossClass
from mfgportal.web.format import lasting
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


@dataclass(frozen=True, slots=True)
class Strips:
    """``rows``: those that lost most time first; ``hidden``: how many more there are."""

    rows: list[MachineStrip]
    edges: list[Edge]
    axis: Strip
    legend: list[tuple[str, str]]
    hidden: int


def strips_of(
    machines: Sequence[Equipment],
    spans: Mapping[int, Sequence[TimelineSpan]],
    window: tuple[datetime, datetime],
    shifts: Shifts,
    zone: str,
) -> Strips:
    """Strips of machines over one window, drawn to one scale."""
    known = [machine for machine in machines if spans.get(machine.pk)]
    known.sort(key=lambda machine: (-_lost(spans[machine.pk]), machine.name))
    rows = [_row(machine, spans[machine.pk], window, zone) for machine in known[:MOST]]
    legend = dict(pair for row in rows for pair in row.strip.legend)
    order = [state.value for state in LossClass]
    return Strips(
        rows=rows,
        edges=list(_edges(shifts, window)),
        axis=strip([], *window, zone),
        legend=sorted(legend.items(), key=lambda pair: order.index(pair[0])),
        hidden=len(known) - len(rows),
    )


def _lost(spans: Sequence[TimelineSpan]) -> float:
    return sum((span.end - span.start).total_seconds() for span in spans if span.state in LOST)


def _row(
    machine: Equipment, spans: Sequence[TimelineSpan], window: tuple[datetime, datetime], zone: str
) -> MachineStrip:
    drawn = strip(spans, *window, zone)
    last = drawn.blocks[-1]
    start = next(block.span.start for block in reversed(drawn.blocks) if block.state == last.state)
    return MachineStrip(
        machine=machine,
        strip=drawn,
        said=_said(machine, spans),
        state=last.state,
        label=last.label,
        lasted=lasting((last.span.end - start).total_seconds()),
    )


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
