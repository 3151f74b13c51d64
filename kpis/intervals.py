"""Arithmetic of half-open time spans [start, end). Pure.

Instants are epoch seconds (UTC) as floats: whole seconds are exact, microseconds nearly so, and a sweep over
them is several times faster than over datetimes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from math import inf
from typing import NamedTuple


class Span(NamedTuple):
    start: float
    end: float


class Claim(NamedTuple):
    """Says what a span is. Claims compare by strength: lowest priority, then start, then ``tie``."""

    priority: int
    start: float
    tie: int
    end: float


class Piece(NamedTuple):
    """A part of a window and the claim that won it; None where nobody claimed."""

    start: float
    end: float
    claim: Claim | None


def merge(spans: Iterable[Span]) -> list[Span]:
    """Sorted disjoint spans; overlapping and touching ones are one, empty ones are gone."""
    merged: list[Span] = []
    first, last = inf, -inf
    for start, end in sorted(spans):
        if end <= start:
            continue
        if start > last:
            if first < last:
                merged.append(Span(first, last))
            first, last = start, end
        elif end > last:
            last = end
    if first < last:
        merged.append(Span(first, last))
    return merged


def clip(spans: Iterable[Span], start: float, end: float) -> list[Span]:
    """What of each span lies in [start, end)."""
    cut = (Span(max(a, start), min(b, end)) for a, b in spans)
    return [span for span in cut if span.start < span.end]


def intersect(left: Iterable[Span], right: Iterable[Span]) -> list[Span]:
    """What is in both. Both are sorted and disjoint, as ``merge`` gives them."""
    common: list[Span] = []
    others = list(right)
    for start, end in left:
        common += within(others, start, end)
    return common


def subtract(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """What of ``spans`` no hole covers. Spans keep their order; holes may overlap."""
    left: list[Span] = []
    merged = merge(holes)
    for start, end in spans:
        for hole in clip(merged, start, end):
            if start < hole.start:
                left.append(Span(start, hole.start))
            start = hole.end
        if start < end:
            left.append(Span(start, end))
    return left


def total(spans: Iterable[Span]) -> float:
    """Seconds, each span counted in full."""
    return sum(end - start for start, end in spans)


def within(spans: Sequence[Span], start: float, end: float) -> list[Span]:
    """``clip`` for sorted disjoint spans, in logarithmic time."""
    if start >= end:
        return []
    first = _first_reaching(spans, start)
    found = list(spans[first : bisect_left(spans, (end,), lo=first)])
    if found and found[0].start < start:
        found[0] = Span(start, found[0].end)
    if found and found[-1].end > end:
        found[-1] = Span(found[-1].start, end)
    return found


def covers(spans: Sequence[Span], instant: float) -> bool:
    """Whether an instant is in one of sorted disjoint spans."""
    at = bisect_right(spans, (instant, inf)) - 1
    return at >= 0 and instant < spans[at].end


def _first_reaching(spans: Sequence[Span], instant: float) -> int:
    at = bisect_left(spans, (instant,))
    return at - 1 if at and spans[at - 1].end > instant else at


def overlay(claims: Iterable[Claim], start: float, end: float) -> list[Piece]:
    """One claim per instant of [start, end), the strongest; the pieces partition the window.

    Neither the order of the claims nor repeats of one matter.
    """
    waiting = sorted(claims, key=lambda claim: claim.start, reverse=True)
    live: list[Claim] = []
    pieces: list[Piece] = []
    now = start
    while now < end:
        while waiting and waiting[-1].start <= now:
            heappush(live, waiting.pop())
        while live and live[0].end <= now:
            heappop(live)
        until = min(end, waiting[-1].start) if waiting else end
        winner = live[0] if live else None
        if winner is not None and winner.end < until:
            until = winner.end
        if pieces and pieces[-1].claim == winner:
            pieces[-1] = Piece(pieces[-1].start, until, winner)
        else:
            pieces.append(Piece(now, until, winner))
        now = until
    return pieces
