"""KPI values as people and programs get them: with the period before, completeness, zone, age of the data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import log, sqrt
from typing import Literal

from kpis.definitions import CATALOGUE, Better, Kpi, Total, Unit
from kpis.engine import By, Key, Value, View, evaluate_views
from kpis.models import Target
from kpis.periods import beside
from kpis.targets import Spot, State, Targets, judge, load_targets, may_have_target
from mfgportal.assumptions import Assumption, Assumptions
from mfgportal.place_ids import places
from mfgportal.scope import Level, Selection
from sync.completeness import Completeness, HeldBy, by_plant, completeness, held, held_by_exception
from sync.freshness import Freshness, freshness

Direction = Literal["better", "worse", "same", ""]
FAILURES = "failures"
# A change below these is no change: it would be shown as 0.
SAME_POINTS = 0.0005
SAME_SHARE = 0.005
# A change below these is ordinary: said in words, not in colour.
NOTABLE_POINTS = 0.02
NOTABLE_SHARE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What holds for all figures of a selection.

    ``data_as_of``: the oldest last good read of the fact streams; None = never read. ``zone``: IANA name, ""
    where plants of several zones meet (each in its own). ``assumptions``: what figures take for granted.
    """

    completeness: Completeness
    freshness: Freshness
    zone: str
    assumptions: Assumptions

    @property
    def data_as_of(self) -> datetime | None:
        return self.freshness.data_as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A KPI's value ``now`` and in the period ``before`` (None: no comparison asked).

    ``now`` has value, undefined reason, numerator, denominator, unit, sample size, bounds and open flag.
    ``running``: the period is not over, so that a total still grows. ``target``: the one that holds for the
    place on the period's last day.
    """

    kpi: Kpi
    now: Value
    before: Value | None
    trust: Trust
    running: bool = False
    target: Target | None = None

    @property
    def state(self) -> State | None:
        """How it stands to its target; None without one."""
        return judge(self.now.value, self.target) if self.target else None

    @property
    def assumptions(self) -> list[Assumption]:
        """What it takes for granted."""
        return self.trust.assumptions.of(self.kpi)

    @property
    def key(self) -> Key:
        return self.now.key

    @property
    def delta(self) -> float | None:
        """``now`` − ``before`` in the KPI's unit; None where either is undefined or not asked for."""
        if self.before is None or self.before.value is None or self.now.value is None:
            return None
        return self.now.value - self.before.value

    @property
    def relative(self) -> float | None:
        """``delta`` as a fraction of the value before; None where that is 0."""
        if self.delta is None or self.before is None or not self.before.value:
            return None
        return self.delta / abs(self.before.value)

    @property
    def so_far(self) -> bool:
        """Whether it is less than before only so far: a total of a period that is not over."""
        return self.running and isinstance(self.kpi, Total) and self.delta is not None and self.delta < 0

    @property
    def direction(self) -> Direction:
        """Whether the change is good; "" where there is none to judge, or it is too early to."""
        if self.delta is None or self.so_far:
            return ""
        if self._within(SAME_POINTS, SAME_SHARE):
            return "same"
        return "better" if (self.delta > 0) == (self.kpi.better == Better.UP) else "worse"

    @property
    def notable(self) -> bool:
        """Whether the change is more than the ordinary; of few failures, more than chance would make it."""
        if not self.direction or self._within(NOTABLE_POINTS, NOTABLE_SHARE):
            return False
        return not self._counts_failures or self._beyond_chance

    @property
    def _counts_failures(self) -> bool:
        return FAILURES in {component.name for component in self.kpi.components}

    @property
    def _beyond_chance(self) -> bool:
        """Failures that a constant rate would hardly give: the log of the ratio is beyond 2 sigma."""
        if self.before is None or not self.now.value or not self.before.value:
            return False
        counts = [
            value.sample_size if self.kpi.name != FAILURES else value.value
            for value in (self.now, self.before)
        ]
        if not all(counts):
            return False
        sigma = sqrt(sum(1 / count for count in counts if count))
        return abs(log(self.now.value / self.before.value)) > 2 * sigma

    def _within(self, points: float, share: float) -> bool:
        """Whether the change is smaller than that: in points of a share, as a share of other values."""
        if self.kpi.unit == Unit.SHARE:
            return abs(self.delta or 0.0) < points
        return not self.delta or (self.relative is not None and abs(self.relative) < share)


@dataclass(frozen=True, slots=True)
class Point:
    """A bucket of a trend. ``before``: the bucket of the same place in the period before.

    ``target``: the one that holds on the bucket's last day.
    """

    bucket: date
    shift: str
    now: Value
    before: Value | None
    target: Target | None = None

    @property
    def state(self) -> State | None:
        """How it stands to its target; None without one."""
        return judge(self.now.value, self.target) if self.target else None


@dataclass(frozen=True, slots=True)
class Survey:
    """A place as a whole, its parts by each breakdown, and one KPI's trend in the selection's grain."""

    whole: list[Figure]
    parts: dict[By, list[Figure]]
    trend: list[Point]


def survey(
    names: Sequence[str], selection: Selection, trust: Trust, *, trend: str, bys: Sequence[By] = ()
) -> Survey:
    """Figures of the named KPIs in their order, of the whole and of its parts.

    One query per period, and one for the targets, or two where a line has one; one more for what was
    published, where whole months are shown.
    """
    views = [View((trend,), selection.grain), View(tuple(names)), *(View(tuple(names), by=by) for by in bys)]
    points, *now = evaluate_views(views, selection.scope)
    points, *now = beside([(None, points), *zip((None, *bys), now, strict=True)], selection.scope)
    if selection.compare:
        points_before, *before = evaluate_views(views, selection.scope_before)
    else:
        points_before, before = [], [[] for _ in now]
    goals = Goals.of([*names, trend], selection)
    running = selection.period.last >= selection.today
    whole, *parts = (
        _figures(values, earlier, trust, goals.over(by), running=running)
        for values, earlier, by in zip(now, before, (None, *bys), strict=True)
    )
    return Survey(whole, dict(zip(bys, parts, strict=True)), _points(points, points_before, goals))


TargetOf = Callable[[Value], Target | None]


@dataclass(frozen=True, slots=True)
class Goals:
    """The targets of a selection, for its whole and its parts."""

    targets: Targets
    spot: Spot

    @classmethod
    def of(cls, names: Sequence[str], selection: Selection) -> "Goals":
        """One query, or two where a line has a target."""
        plants = [plant.pk for plant in selection.place.plants]
        wanted = [name for name in dict.fromkeys(names) if may_have_target(CATALOGUE[name])]
        return cls(load_targets(wanted, plants, selection.period.last), _spot(selection))

    def over(self, by: By | None) -> TargetOf:
        """The target of a value of the whole, or of a part of the breakdown; parts that are no places have
        none."""
        return lambda value: self._held(value, by) if by in PLACES else None

    def _held(self, value: Value, by: By | None) -> Target | None:
        own, key = self.spot, value.key.id
        if by is None:
            return self.targets.of(value.kpi, own, value.last_day)
        part = {"plant": own.plant_id, "line": own.line_id, "equipment": own.equipment_id}
        part[by] = key if isinstance(key, int) else None
        spot = Spot(part["plant"], part["line"], part["equipment"])
        return self.targets.of(value.kpi, spot, value.last_day)


PLACES: tuple[By | None, ...] = (None, "plant", "line", "equipment")


def _spot(selection: Selection) -> Spot:
    place = selection.place
    plant = place.plants[0].pk if len(place.plants) == 1 and place.level != Level.ENTERPRISE else None
    line = place.id if place.level == Level.LINE else None
    return Spot(plant, line, place.id if place.level == Level.EQUIPMENT else None)


def _figures(
    now: Sequence[Value], before: Sequence[Value], trust: Trust, target_of: TargetOf, *, running: bool
) -> list[Figure]:
    earlier = {(value.kpi, value.key.id): value for value in before}
    return [
        Figure(
            kpi=CATALOGUE[value.kpi],
            now=value,
            before=earlier.get((value.kpi, value.key.id)),
            trust=trust,
            running=running,
            target=target_of(value),
        )
        for value in now
    ]


def _points(now: Sequence[Value], before: Sequence[Value], goals: Goals) -> list[Point]:
    """Paired by place in the period: the third day beside the third day before."""
    target_of = goals.over(None)
    padded = [*before, *[None] * (len(now) - len(before))]
    return [
        Point(value.bucket or value.first_day, value.shift, value, earlier, target_of(value))
        for value, earlier in zip(now, padded, strict=False)
    ]


def trust(selection: Selection, known: Completeness | None = None) -> Trust:
    """Completeness of the selection's place and period, unless it is known, and the age of the data."""
    start, end = selection.window
    return Trust(
        completeness=known or completeness(start=start, end=end, **places(selection)),
        freshness=freshness(),
        zone=selection.place.zone,
        assumptions=Assumptions(selection.place),
    )


def held_back(selection: Selection) -> list[HeldBy]:
    """The open exceptions that hold rows of the selection back, most rows first. One query."""
    start, end = selection.window
    return held_by_exception(start=start, end=end, **places(selection))


def by_plants(selection: Selection) -> tuple[Completeness, dict[int, Completeness]]:
    """Completeness of all plants of the selection together, and of each: what is counted once for both.

    A held row whose plant is not known counts in each plant, and once in the whole.
    """
    start, end = selection.window
    ids = [plant.pk for plant in selection.place.plants]
    each = by_plant(start=start, end=end, plant_ids=ids)
    loaded = sum(known.loaded for known in each.values())
    return Completeness(loaded, held(start=start, end=end, plant_ids=ids)), each
