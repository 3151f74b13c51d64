"""The shift strip: one bar of states, positioned by attributes, readable without scripts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.urls import reverse

from kpis.engine import FactRef, TimelineSpan
from kpis.models import LossClass

WIDTH = 100.0
TICKS = 12
PLAIN = frozenset({LossClass.RUNNING, LossClass.NOT_SCHEDULED})
"""States drawn without a pattern: the usual."""
LEGEND = {LossClass.NOT_SCHEDULED: "Break or off shift", LossClass.UNKNOWN: "Unknown: no record"}


@dataclass(frozen=True, slots=True)
class Block:
    """A span as drawn: ``x`` and ``width`` in percent of the strip."""

    x: str
    width: str
    state: str
    label: str
    title: str
    url: str
    span: TimelineSpan

    @property
    def patterned(self) -> bool:
        return self.state not in PLAIN

    @property
    def stop(self) -> bool:
        """Whether a stop gives it its state, so that it opens to one."""
        return bool(self.span.facts) and self.span.facts[0].kind == "downtime" and self.patterned


@dataclass(frozen=True, slots=True)
class Tick:
    """``minor``: left out where there is little room."""

    x: str
    text: str
    anchor: str
    minor: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """A window of one machine. ``future``: where what has not happened begins, "" if all is past.

    ``goes_on``: where a stop that is open reaches to now, "" if none is.
    """

    blocks: list[Block]
    ticks: list[Tick]
    legend: list[tuple[str, str]]
    future: str
    future_width: str
    goes_on: str


def strip(spans: Sequence[TimelineSpan], start: datetime, end: datetime, zone: str) -> Strip:
    """Lay spans out over [start, end), with ticks at full hours of the zone."""
    scale = WIDTH / (end - start).total_seconds()
    blocks = [_block(span, start, scale, ZoneInfo(zone)) for span in _joined(spans)]
    states = {span.state for span in spans}
    reached = (max((span.end for span in spans), default=start) - start).total_seconds() * scale
    stopped = bool(blocks) and blocks[-1].stop and blocks[-1].span.open
    return Strip(
        blocks=blocks,
        ticks=_ticks(start, end, scale, ZoneInfo(zone)),
        legend=[(state.value, LEGEND.get(state, state.label)) for state in LossClass if state in states],
        future=f"{reached:.3f}" if reached < WIDTH - 0.05 else "",
        future_width=f"{max(0.0, WIDTH - reached):.3f}",
        goes_on=f"{reached:.3f}" if stopped else "",
    )


def _joined(spans: Sequence[TimelineSpan]) -> Iterator[TimelineSpan]:
    """Spans that touch and say the same, as one with the records of all."""
    for _, group in groupby(spans, key=lambda span: (span.state, span.not_scheduled, span.reason_id)):
        parts = list(group)
        facts = dict.fromkeys(fact for part in parts for fact in part.facts)
        yield replace(parts[0], end=parts[-1].end, open=parts[-1].open, facts=tuple(facts))


def event_url(fact: FactRef) -> str:
    return reverse("event", args=[fact.kind, fact.id])


def state_label(span: TimelineSpan) -> str:
    """The state in words: the reason of a stop, the kind of time that is not planned."""
    if span.state == LossClass.NOT_SCHEDULED:
        names = {"break": "Planned break", "leave": "Closed", "off shift": "Off shift"}
        return names.get(span.not_scheduled, span.state.label)
    if span.state == LossClass.UNKNOWN:
        return "Unknown: no record"
    return span.state.label


def _block(span: TimelineSpan, start: datetime, scale: float, zone: ZoneInfo) -> Block:
    label = state_label(span)
    until = "now" if span.open else f"{span.end.astimezone(zone):%H:%M}"
    what = f"{label}: {span.reason}" if span.reason and span.reason != label else label
    return Block(
        x=f"{(span.start - start).total_seconds() * scale:.3f}",
        width=f"{(span.end - span.start).total_seconds() * scale:.3f}",
        state=span.state.value,
        label=label,
        title=f"{span.start.astimezone(zone):%H:%M} – {until} {what}",
        url=event_url(span.facts[0]) if span.facts else "",
        span=span,
    )


def _ticks(start: datetime, end: datetime, scale: float, zone: ZoneInfo) -> list[Tick]:
    """Full local hours, as many as fit."""
    hours = (end - start).total_seconds() / 3600
    step = next((step for step in (1, 2, 3, 4, 6) if hours / step <= TICKS), 12)
    at = start.replace(minute=0, second=0, microsecond=0)  # zones are whole quarters of an hour apart
    found: list[Tick] = []
    while at <= end:
        local = at.astimezone(zone)
        if at >= start and local.hour % step == 0 and local.minute == 0:
            x = (at - start).total_seconds() * scale
            anchor = "start" if x < 2 else "end" if x > WIDTH - 2 else "middle"
            found.append(Tick(f"{x:.3f}", f"{local:%H:%M}", anchor, minor=len(found) % 2 == 1))
        at += timedelta(minutes=15)
    return found
