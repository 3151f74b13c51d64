"""A trend as lines and dots of an SVG, laid out here so that the page, the PDF and a mail need no script."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

from kpis.targets import State
from mfgportal import locales
from mfgportal.reports.executive import Trend, TrendPoint
from mfgportal.web.format import amount

WIDTH, HEIGHT = 600.0, 150.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 12.0, 16.0, 24.0
STEP = 0.1


@dataclass(frozen=True, slots=True)
class Dot:
    """A value. ``text``: as people read it; ``mark``: "off", "warning" or "". ``open``: the period runs."""

    x: float
    y: float
    text: str
    mark: str


@dataclass(frozen=True, slots=True)
class Stroke:
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """``published``: where a value stood before late data moved it, from there to where it is."""

    trend: Trend
    lines: tuple[str, ...]
    dots: tuple[Dot, ...]
    targets: tuple[Stroke, ...]
    published: tuple[Stroke, ...]
    ticks: tuple[Label, ...]
    names: tuple[Label, ...]

    @property
    def width(self) -> int:
        return int(WIDTH)

    @property
    def height(self) -> int:
        return int(HEIGHT)


@dataclass(frozen=True, slots=True)
class Scale:
    """Shares from ``low`` to ``high`` upwards; so many buckets from left to right."""

    low: float
    high: float
    count: int

    def x(self, place: int) -> float:
        inner = WIDTH - LEFT - RIGHT
        return round(LEFT + inner * (place + 0.5) / self.count, 1)

    def y(self, share: float) -> float:
        inner = HEIGHT - TOP - BOTTOM
        return round(TOP + inner * (self.high - share) / (self.high - self.low), 1)


def plots(trends: Sequence[Trend]) -> list[Plot]:
    """All on one scale, so that plants can be compared; none where no value is known."""
    shares = [share for trend in trends for point in trend.points for share in _shares(point)]
    if not shares:
        return []
    low, high = floor(min(shares) / STEP) * STEP, ceil(max(shares) / STEP) * STEP
    high = high if high > low else low + STEP
    return [_plot(trend, Scale(low, high, len(trend.points))) for trend in trends]


def _shares(point: TrendPoint) -> Iterable[float]:
    target = point.target.value if point.target else None
    return (share for share in (point.now.value, target, point.published) if share is not None)


def _plot(trend: Trend, scale: Scale) -> Plot:
    points = trend.points
    half = (scale.x(1) - scale.x(0)) / 2 if len(points) > 1 else 20.0
    return Plot(
        trend,
        tuple(_lines(points, scale)),
        tuple(_dot(point, place, scale) for place, point in enumerate(points) if point.now.value is not None),
        tuple(
            Stroke(
                scale.x(place) - half,
                scale.y(point.target.value),
                scale.x(place) + half,
                scale.y(point.target.value),
            )
            for place, point in enumerate(points)
            if point.target
        ),
        tuple(
            Stroke(scale.x(place), scale.y(point.published), scale.x(place), scale.y(point.now.value))
            for place, point in enumerate(points)
            if point.published is not None and point.now.value is not None
        ),
        tuple(
            Label(4, scale.y(share) + 4, f"{locales.number(share * 100)} %")
            for share in (scale.low, scale.high)
        ),
        tuple(
            Label(scale.x(place) - 3 * len(_short(point)), HEIGHT - 7, _short(point))
            for place, point in enumerate(points)
        ),
    )


def _lines(points: Sequence[TrendPoint], scale: Scale) -> Iterable[str]:
    """Between neighbours that are both known: a gap stays a gap."""
    for (place, one), (_, other) in pairwise(enumerate(points)):
        if one.now.value is not None and other.now.value is not None:
            ends = (scale.x(place), scale.y(one.now.value), scale.x(place + 1), scale.y(other.now.value))
            yield "M{} {}L{} {}".format(*ends)


def _dot(point: TrendPoint, place: int, scale: Scale) -> Dot:
    marks = {State.OFF: "off", State.WARNING: "warning"}
    value = point.now.value or 0.0
    text = f"{point.name}: {amount(value, point.now.unit)}"
    return Dot(scale.x(place), scale.y(value), text, marks.get(point.state or State.ON, ""))


def _short(point: TrendPoint) -> str:
    return locales.day(point.first, "MMM") if point.name[0] != "Q" else point.name.replace(" 20", " ’")
