"""What a machine's failures say of it: MTBF with bounds, trend, growth, what to expect; and of a group: who
stands out, and the average history. All on operating hours."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kpis.histories import histories
from kpis.observations import Observed, observations
from kpis.reliability.bounds import Bounds, TooFewFailures, mtbf_bounds
from kpis.reliability.forecast import Forecast, forecast
from kpis.reliability.growth import LEAST, History, PowerLaw, Trend, Verdict, power_law, trend
from kpis.reliability.ranking import Actor, Standing, rank
from kpis.reliability.recurrence import MeanCumulative, mean_cumulative
from kpis.scope import Scope

CONFIDENCE = 0.9
HORIZON_DAYS = 30
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Health:
    """One machine. Times are operating hours.

    ``mtbf`` None: no failure, only ``bounds.lower`` is known. ``trend`` and ``growth`` None: too few failures
    (below three); ``growth`` also where all came at the end of the observation. ``one_rate``: no trend is
    evident, so that one MTBF describes the window. ``forecast`` is for ``horizon_days`` at the operating
    hours per day of the window.
    """

    machine: Observed
    hours: float
    failures: int
    mtbf: float | None
    bounds: Bounds | None
    trend: Trend | None
    growth: PowerLaw | None
    forecast: Forecast
    horizon_days: int
    confidence: float

    @property
    def one_rate(self) -> bool:
        return self.trend is None or self.trend.verdict == Verdict.NONE

    @property
    def rises(self) -> bool:
        """Whether its failure intensity rises beyond chance: a signal to look at it."""
        return self.trend is not None and self.trend.verdict == Verdict.RISING


@dataclass(frozen=True, slots=True)
class GroupHealth:
    """Machines of one equipment class: the worst first, and their mean cumulative number of failures."""

    equipment_class: str
    standings: tuple[Standing, ...]
    course: tuple[MeanCumulative, ...]


def health(
    scope: Scope, as_of: datetime, *, horizon_days: int = HORIZON_DAYS, confidence: float = CONFIDENCE
) -> list[Health]:
    """The machines in scope that operated in it, by id.

    One machine's failures are taken at their instants, those of several at their days: see ``observations``.
    """
    one = scope.equipment_ids is not None and len(scope.equipment_ids) == 1
    machines: Sequence[Observed] = histories(scope, as_of) if one else observations(scope)
    return health_of(machines, scope, horizon_days=horizon_days, confidence=confidence)


def health_of(
    machines: Sequence[Observed],
    scope: Scope,
    *,
    horizon_days: int = HORIZON_DAYS,
    confidence: float = CONFIDENCE,
) -> list[Health]:
    """``health`` of histories at hand."""
    days = (scope.last_day - scope.first_day).days + 1
    return [_health(machine, days, horizon_days, confidence) for machine in machines if machine.operating_s]


def _health(machine: Observed, days: int, horizon_days: int, confidence: float) -> Health:
    hours, times = machine.operating_s / 3600, machine.hours
    known = len(times) >= LEAST
    return Health(
        machine=machine,
        hours=hours,
        failures=len(times),
        mtbf=hours / len(times) if times else None,
        bounds=mtbf_bounds(hours, len(times), confidence),
        trend=trend(times, hours, level=LEVEL) if known else None,
        growth=_growth(times, hours, confidence) if known else None,
        forecast=forecast(times, hours, hours / days * horizon_days, confidence=confidence, level=LEVEL),
        horizon_days=horizon_days,
        confidence=confidence,
    )


def _growth(times: Sequence[float], hours: float, confidence: float) -> PowerLaw | None:
    try:
        return power_law(times, hours, unbiased=True, confidence=confidence)
    except TooFewFailures:
        return None


def groups(machines: Sequence[Observed], confidence: float = CONFIDENCE) -> list[GroupHealth]:
    """Machines by equipment class, as far as they operated; classes by name."""
    return [
        GroupHealth(
            name,
            tuple(_ranked(group, confidence)),
            tuple(mean_cumulative([_history(machine) for machine in group], confidence=confidence)),
        )
        for name, group in _classes(machines)
    ]


def standings(machines: Sequence[Observed], confidence: float = CONFIDENCE) -> list[list[Standing]]:
    """Those of ``groups`` alone."""
    return [_ranked(group, confidence) for _, group in _classes(machines)]


def _classes(machines: Sequence[Observed]) -> list[tuple[str, list[Observed]]]:
    classes: defaultdict[str, list[Observed]] = defaultdict(list)
    for machine in machines:
        if machine.operating_s:
            classes[machine.equipment_class].append(machine)
    return sorted(classes.items())


def _ranked(group: Sequence[Observed], confidence: float) -> list[Standing]:
    return rank([_actor(machine) for machine in group], confidence)


def _actor(machine: Observed) -> Actor:
    return Actor(machine.equipment_id, len(machine.hours), machine.operating_s / 3600)


def _history(machine: Observed) -> History:
    return History(machine.hours, machine.operating_s / 3600)
