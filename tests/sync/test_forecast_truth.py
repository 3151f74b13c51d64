"""Back-test: what the forecast said of the simulated factory's machines, and what then really happened."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import accumulate
from typing import NamedTuple

import pytest

from kpis.reliability.bounds import mtbf_bounds
from kpis.reliability.forecast import forecast
from sync.sandbox import Factory

NOW = datetime(2026, 11, 3, 12, 30, tzinfo=UTC)
DAYS, HORIZON = 120, 14
CUTS = (42, 56, 70, 84, 98)
"""Days after which a forecast is made of the fourteen that follow."""


class Day(NamedTuple):
    hours: float
    failures: int


@pytest.fixture(scope="module")
def machines() -> dict[str, list[Day]]:
    """Operating hours and failures of each day, by machine, as they truly were."""
    factory = Factory(seed=5, days=DAYS, machines=14, now=NOW, defects=False)
    found: defaultdict[str, defaultdict[date, list[float]]] = defaultdict(
        lambda: defaultdict(lambda: [0.0, 0.0])
    )
    for row in factory.truth():
        day = found[row.machine][row.day]
        day[0] += row.run_s / 3600
        day[1] += row.failures
    return {
        name: [Day(hours, int(failures)) for _, (hours, failures) in sorted(days.items())]
        for name, days in found.items()
    }


def times(days: list[Day]) -> Iterator[float]:
    """Operating hours at the failures, those of a day spread over it."""
    before = [0.0, *accumulate(day.hours for day in days)]
    for start, day in zip(before, days, strict=False):
        for n in range(day.failures):
            yield max(start + day.hours * (n + 0.5) / day.failures, 0.01)


def test_as_many_failures_come_as_were_foretold(machines: dict[str, list[Day]]) -> None:
    """At 90 %: at least nine of ten intervals hold what came."""
    told = [
        (
            forecast(list(times(days[:cut])), hours, hours / cut * HORIZON),
            sum(day.failures for day in days[cut : cut + HORIZON]),
        )
        for days in machines.values()
        for cut in CUTS
        if (hours := sum(day.hours for day in days[:cut]))
    ]
    assert len(told) >= 60
    assert sum(each.lower <= came <= each.upper for each, came in told) / len(told) >= 0.9


def test_the_mtbf_of_all_days_lies_in_the_bounds_of_half_of_them(machines: dict[str, list[Day]]) -> None:
    """At 90 %, less what the second half adds to the first by chance."""
    held = []
    for days in machines.values():
        half = days[: DAYS // 2]
        hours, failures = sum(day.hours for day in half), sum(day.failures for day in half)
        bounds = mtbf_bounds(hours, failures, 0.9)
        whole = sum(day.hours for day in days) / max(sum(day.failures for day in days), 1)
        assert bounds is not None
        held.append(bounds.lower <= whole and (bounds.upper is None or whole <= bounds.upper))
    assert sum(held) / len(held) >= 0.9
