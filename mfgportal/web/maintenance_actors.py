"""MTBF and MTTR of machines with their bounds, those that fail more than their like first."""

from dataclasses import dataclass

from kpis.reliability.growth import Verdict
from mfgportal.reliability import Machine, bad_actors
from mfgportal.scope import Place, Selection
from mfgportal.web import reliability_words as words
from mfgportal.web.format import HOUR, NONE, duration, percent
from mfgportal.web.reliability_classes import CERTAIN, plant_name


@dataclass(frozen=True, slots=True)
class ActorRow:
    """A machine in words. ``stands_out``: it is all but certain to be worse than its class."""

    pk: int
    name: str
    plant: str
    equipment_class: str
    failures: int
    mtbf: str
    bounds: str
    mttr: str
    down: str
    worse: str
    stands_out: bool
    trend: str
    rises: bool


def actors(selection: Selection, most: int) -> list[ActorRow]:
    """The machines that failed, the worst first."""
    found = bad_actors(selection, most)
    return [_row(each.machine, selection.place, compared=each.compared) for each in found]


def _row(found: Machine, place: Place, *, compared: bool) -> ActorRow:
    health, lost = found.health, found.observation.down_s
    return ActorRow(
        pk=health.machine.equipment_id,
        name=health.machine.name,
        plant=plant_name(found, place),
        equipment_class=words.class_name(health.machine.equipment_class),
        failures=health.failures,
        mtbf=NONE if health.mtbf is None else str(duration(health.mtbf * HOUR)),
        bounds=words.between(health.bounds, health.confidence),
        mttr=str(duration(lost / health.failures)),
        down=str(duration(lost)),
        worse=percent(found.standing.worse) if compared else NONE,
        stands_out=compared and found.standing.worse >= CERTAIN,
        trend=words.TITLES[health.trend.verdict] if health.trend else "too few",
        rises=health.trend is not None and health.trend.verdict == Verdict.RISING,
    )
