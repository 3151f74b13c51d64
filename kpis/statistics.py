"""Statistics of failures that say how sure they are. Pure: times and counts in, estimates with bounds out.

Times may be in any unit; results are in the same. All of ``kpis.reliability`` under one name: ``trend`` and
``power_law`` for repaired machines (``grouped_power_law`` of counts, ``power_law_of`` several machines), then
one MTBF (``mtbf_bounds``) where there is no trend; ``weibull`` and ``kaplan_meier`` for parts that are
replaced; ``mean_cumulative`` and ``rank`` for many machines; ``forecast`` for what comes next.

>>> from kpis import statistics
>>> lower, upper = statistics.mtbf_bounds(800, 2, 0.9)
>>> round(lower), round(upper)
(127, 2251)
>>> law = statistics.power_law([5, 40, 43, 175, 389, 712, 747, 795, 1299, 1478], 1500, unbiased=True)
>>> round(law.beta, 4), round(law.mtbf, 2)
(0.4835, 310.23)
>>> fit = statistics.weibull([16, 34, 53, 75, 93, 120], censored=[])
>>> round(fit.shape, 3), round(fit.scale, 2)
(1.933, 73.53)
"""

from kpis.reliability.arrangements import ReverseArrangements, reverse_arrangements
from kpis.reliability.bounds import Bounds, TooFewFailures, mtbf_bounds, rate_bounds
from kpis.reliability.forecast import Forecast, forecast
from kpis.reliability.growth import (
    History,
    PowerLaw,
    Trend,
    Verdict,
    grouped_power_law,
    power_law,
    power_law_of,
    trend,
)
from kpis.reliability.life import Survival, Weibull, kaplan_meier, weibull
from kpis.reliability.ranking import Actor, Standing, rank
from kpis.reliability.recurrence import MeanCumulative, mean_cumulative

__all__ = [
    "Actor",
    "Bounds",
    "Forecast",
    "History",
    "MeanCumulative",
    "PowerLaw",
    "ReverseArrangements",
    "Standing",
    "Survival",
    "TooFewFailures",
    "Trend",
    "Verdict",
    "Weibull",
    "forecast",
    "grouped_power_law",
    "kaplan_meier",
    "mean_cumulative",
    "mtbf_bounds",
    "power_law",
    "power_law_of",
    "rank",
    "rate_bounds",
    "reverse_arrangements",
    "trend",
    "weibull",
]
