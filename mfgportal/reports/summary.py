"""Which sentences a report begins with, in which order. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kpis.money_lost import MoneyLost
from mfgportal.figures import Figure
from mfgportal.reports import words
from mfgportal.reports.words import Growth, Restatement, Times
from sync.completeness import Completeness

FACTORS = ("availability", "performance", "quality")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the sentences are made from. ``lost`` None: the reader may not see costs."""

    times: Times
    whole: Mapping[str, Figure]
    plants: Mapping[str, Mapping[str, Figure]]
    lost: MoneyLost | None
    lost_before: MoneyLost | None
    growth: Growth
    complete: Completeness
    complete_of: Mapping[str, Completeness]
    restated: Sequence[Restatement]
    late: Sequence[str]


@dataclass(frozen=True, slots=True)
class Summary:
    """Sentences: what changed against what and by how much, why, and what is missing."""

    changed: tuple[str, ...]
    why: tuple[str, ...]
    missing: tuple[str, ...]


def summary(told: Told) -> Summary:
    """The report in a few sentences."""
    return Summary(_said(_changed(told)), _said(_why(told)), _said(_missing(told)))


def _changed(told: Told) -> Iterable[str]:
    oee = told.whole.get("oee")
    if oee:
        yield f"{words.level(oee, told.times)} {words.against_target(oee)}".strip()
    yield words.targets_met(_each(told, "oee"))
    if told.lost and told.lost_before:
        yield words.stops_cost(told.lost, told.lost_before, told.times)
    for name in ("maintenance_cost", "pm_compliance"):
        if name in told.whole:
            figure = told.whole[name]
            yield f"{words.level(figure, told.times)} {words.against_target(figure)}".strip()


def _why(told: Told) -> Iterable[str]:
    oee = told.whole.get("oee")
    if oee:
        yield words.driver(oee, [told.whole[name] for name in FACTORS if name in told.whole])
        yield words.plant_behind(oee, _each(told, "oee"))
    if told.lost and told.lost_before:
        yield words.largest_loss(told.lost)
        yield words.loss_that_grew(told.lost, told.lost_before, told.times)
    yield words.reliability(told.growth)


def _missing(told: Told) -> Iterable[str]:
    yield words.complete(told.complete, told.complete_of)
    yield words.without_data([name for name, figures in told.plants.items() if not figures])
    if "oee" in told.whole:
        yield words.unknown_time(told.whole["oee"])
    if told.lost:
        yield words.unpriced(told.lost)
    yield words.late(told.late)
    yield words.restated(told.restated)


def _each(told: Told, kpi: str) -> dict[str, Figure]:
    return {name: figures[kpi] for name, figures in told.plants.items() if kpi in figures}


def _said(sentences: Iterable[str]) -> tuple[str, ...]:
    return tuple(sentence for sentence in sentences if sentence)
