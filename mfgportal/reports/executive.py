"""The executive report of a month or quarter: one structure for the page, the PDF and the mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kpis.buckets import bucket_start
from kpis.definitions import CATALOGUE
from kpis.engine import Value, View, evaluate_views
from kpis.health import Health, health_of
from kpis.models import Plant, Target
from kpis.money_lost import MoneyLost, money_lost
from kpis.observations import Observation, observations
from kpis.periods import beside
from kpis.reliability.growth import Verdict
from kpis.scope import Scope
from kpis.targets import State, judge
from mfgportal import locales
from mfgportal.accounts.masks import may_see_costs
from mfgportal.figures import Figure, Goals, Trust, by_plants, trust
from mfgportal.period import Period
from mfgportal.reports.question import Question, Span, last_of, title
from mfgportal.reports.summary import Summary, Told, summary
from mfgportal.reports.words import Growth, Restatement, Times
from mfgportal.web.format import amount
from mfgportal.web.published import restated
from sync.completeness import Completeness

PRODUCTION = ("oee", "availability", "performance", "quality")
MACHINES = ("failures", "mtbf", "mttr")
WORK = ("pm_compliance", "planned_work")
COSTS = ("maintenance_cost", "labour_cost", "part_cost", "contractor_cost", "other_cost", "downtime_cost")
SIDE_BY_SIDE = ("oee", "availability", "mtbf", "mttr", "pm_compliance", "maintenance_cost", "downtime_cost")
RESTATABLE = ("oee", "mtbf", "maintenance_cost")
YEAR = timedelta(days=364)


@dataclass(frozen=True, slots=True)
class PlantColumn:
    """A plant beside the others. ``figures`` by KPI name; empty where there is no data."""

    plant: Plant
    figures: Mapping[str, Figure]
    completeness: Completeness


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """OEE of one month or quarter. ``restated``: what late data changed in it, in words; "" for nothing.

    ``published``: the value it was closed with, where it reads otherwise today and is one month.
    """

    first: date
    name: str
    now: Value
    target: Target | None
    restated: str = ""
    published: float | None = None

    @property
    def state(self) -> State | None:
        return judge(self.now.value, self.target) if self.target else None


@dataclass(frozen=True, slots=True)
class Trend:
    """Of a plant, or of all of them together (``plant`` None)."""

    plant: Plant | None
    points: tuple[TrendPoint, ...]

    @property
    def name(self) -> str:
        return self.plant.name if self.plant else "All plants"


@dataclass(frozen=True, slots=True)
class Rising:
    """A machine whose failures come ever closer."""

    observation: Observation
    health: Health
    plant: str


@dataclass(frozen=True, slots=True)
class Reliability:
    """``first``: of the year that was judged; it ends with the report's period."""

    first: date
    last: date
    growth: Growth
    rising: tuple[Rising, ...]


@dataclass(frozen=True, slots=True)
class Executive:
    """``lost`` None: the person may not see costs."""

    question: Question
    title: str
    times: Times
    trust: Trust
    whole: Mapping[str, Figure]
    plants: tuple[PlantColumn, ...]
    trends: tuple[Trend, ...]
    restated: tuple[Restatement, ...]
    lost: MoneyLost | None
    reliability: Reliability
    summary: Summary


def executive(question: Question) -> Executive:
    """All of it, within the plants and rights of the person who asks; no query per machine."""
    chosen = question.selection
    known, each = by_plants(chosen)
    trusted = trust(chosen, known)
    names = _names(question)
    goals = Goals.of(names, chosen)
    whole, parts = _figures(question, names, trusted, goals)
    trends, changed = _trends(question, goals)
    lost, lost_before = _lost(question)
    reliable = _reliability(question)
    plants = tuple(
        PlantColumn(plant, parts.get(plant.pk, {}), each[plant.pk]) for plant in question.place.plants
    )
    told = Told(
        times=_times(question),
        whole=whole,
        plants={column.plant.name: column.figures for column in plants},
        lost=lost,
        lost_before=lost_before,
        growth=reliable.growth,
        complete=known,
        complete_of={column.plant.name: column.completeness for column in plants},
        restated=changed,
        late=tuple(stream.title for stream in trusted.freshness.late),
    )
    return Executive(
        question=question,
        title=title(question.first, question.span),
        times=told.times,
        trust=trusted,
        whole=whole,
        plants=plants,
        trends=trends,
        restated=changed,
        lost=lost,
        reliability=reliable,
        summary=summary(told),
    )


def _names(question: Question) -> tuple[str, ...]:
    costs = COSTS if may_see_costs(question.user) else ()
    return (*PRODUCTION, *MACHINES, *WORK, *costs)


def _times(question: Question) -> Times:
    now, before = question.period, question.before
    if not question.running:
        name = title(before.first, question.span)
        return Times(f"in {title(question.first, question.span)}", f"in {name}")
    return Times(_from_to(now), _from_to(before))


def _from_to(period: Period) -> str:
    return f"from {locales.day(period.first)} to {locales.day(period.last)}"


def _figures(
    question: Question, names: tuple[str, ...], trusted: Trust, goals: Goals
) -> tuple[dict[str, Figure], dict[int, dict[str, Figure]]]:
    """Of the whole by KPI, and of each plant: two queries per family."""
    chosen, views = question.selection, [View(names), View(names, by="plant")]
    now = evaluate_views(views, chosen.scope)
    now = beside([(None, now[0]), ("plant", now[1])], chosen.scope)
    before = evaluate_views(views, question.selection_before.scope)

    def figures(values: Sequence[Value], earlier: Sequence[Value], *, each: bool) -> list[Figure]:
        known = {(value.kpi, value.key.id): value for value in earlier}
        target_of = goals.over("plant" if each else None)
        return [
            Figure(
                kpi=CATALOGUE[value.kpi],
                now=value,
                before=known.get((value.kpi, value.key.id)),
                trust=trusted,
                target=target_of(value),
            )
            for value in values
        ]

    parts: dict[int, dict[str, Figure]] = {}
    for figure in figures(now[1], before[1], each=True):
        if isinstance(figure.key.id, int):
            parts.setdefault(figure.key.id, {})[figure.kpi.name] = figure
    return {each.kpi.name: each for each in figures(now[0], before[0], each=False)}, parts


def _trends(question: Question, goals: Goals) -> tuple[tuple[Trend, ...], tuple[Restatement, ...]]:
    """OEE of the last twelve months or quarters, and every value of their months that was restated."""
    span = question.span
    scope = replace(question.selection.scope, first_day=question.months[0])
    views = [View(("oee",), span), View(("oee",), span, "plant")]
    whole, parts = evaluate_views(views, scope)
    months = _by_month(question, scope)
    changed = [value for value in months if restated(value)]
    trends = []
    if len(question.place.plants) > 1:
        trends.append(Trend(None, _points(whole, span, goals, [], each=False)))
    for plant in question.place.plants:
        mine = [value for value in parts if value.key.id == plant.pk]
        late = [value for value in changed if value.key.id == plant.pk and value.kpi == "oee"]
        if mine:
            trends.append(Trend(plant, _points(mine, span, goals, late, each=True)))
    return tuple(trends), tuple(_restatement(value) for value in changed)


def _by_month(question: Question, scope: Scope) -> list[Value]:
    """What may have been published: plants' months, oldest first."""
    names = tuple(name for name in RESTATABLE if name in _names(question))
    (months,) = evaluate_views([View(names, "month", "plant")], scope)
    (found,) = beside([("plant", months)], scope)
    return sorted(found, key=lambda value: value.first_day)


def _points(
    values: Sequence[Value], span: Span, goals: Goals, changed: Sequence[Value], *, each: bool
) -> tuple[TrendPoint, ...]:
    target_of = goals.over("plant" if each else None)
    found = []
    for value in values:
        first = bucket_start(value.first_day, span)
        inside = [late for late in changed if first <= late.first_day <= last_of(first, span)]
        words = "; ".join(f"{locales.day(late.first_day, 'MMM')}: {restated(late)}" for late in inside)
        published = inside[0].published if span == "month" and inside else None
        found.append(TrendPoint(first, title(first, span), value, target_of(value), words, published))
    return tuple(found)


def _restatement(value: Value) -> Restatement:
    return Restatement(
        plant=value.key.label,
        month=locales.day(value.first_day, "yMMMM"),
        kpi=CATALOGUE[value.kpi].title,
        published=str(amount(value.published, value.unit, value.currency)),
        now=str(amount(value.value, value.unit, value.currency)),
        on=locales.day(value.published_at.date()) if value.published_at else "",
    )


def _lost(question: Question) -> tuple[MoneyLost | None, MoneyLost | None]:
    if not may_see_costs(question.user):
        return None, None
    return money_lost(question.selection.scope), money_lost(question.selection_before.scope)


def _reliability(question: Question) -> Reliability:
    """Of the year that ends with the period: of a month alone, failures are too few to tell."""
    last = question.period.last
    scope = replace(question.selection.scope, first_day=last - YEAR)
    found = {each.equipment_id: each for each in observations(scope)}
    names = {plant.pk: plant.name for plant in question.place.plants}
    healths = health_of(list(found.values()), scope)
    rising = sorted((each for each in healths if each.rises), key=lambda each: -each.failures)
    shown = tuple(
        Rising(machine, each, names.get(machine.plant_id, ""))
        for each in rising
        for machine in (found[each.machine.equipment_id],)
    )
    verdicts = [each.trend.verdict for each in healths if each.trend]
    growth = Growth(
        rising=tuple(each.observation.name for each in shown),
        falling=verdicts.count(Verdict.FALLING),
        steady=verdicts.count(Verdict.NONE),
        too_few=sum(each.trend is None for each in healths),
    )
    return Reliability(last - YEAR, last, growth, shown)
