"""What a change of a figure means: direction, and whether it is more than the ordinary."""

from dataclasses import replace
from datetime import date

import pytest

from kpis.definitions import CATALOGUE
from kpis.engine import Value
from mfgportal.assumptions import Assumptions
from mfgportal.figures import Figure, Trust
from mfgportal.scope import Level, Place
from sync.completeness import Completeness
from sync.freshness import Freshness

TRUST = Trust(
    completeness=Completeness(90, 10),
    freshness=Freshness(None, ()),
    zone="Europe/Paris",
    assumptions=Assumptions(Place(Level.ENTERPRISE, None, "Enterprise", ())),
)
DAY = date(2026, 11, 24)


def value(kpi: str, number: float | None, sample: int) -> Value:
    unit = CATALOGUE[kpi].unit
    return Value(kpi=kpi, unit=unit, value=number, sample_size=sample, first_day=DAY, last_day=DAY)


def figure(
    kpi: str, now: float | None, before: float | None, *, sample: tuple[int, int] = (50, 50)
) -> Figure:
    return Figure(
        kpi=CATALOGUE[kpi], now=value(kpi, now, sample[0]), before=value(kpi, before, sample[1]), trust=TRUST
    )


@pytest.mark.parametrize(
    ("kpi", "now", "before", "direction"),
    [
        ("oee", 0.7, 0.6, "better"),
        ("oee", 0.6, 0.7, "worse"),
        ("oee", 0.70001, 0.7, "same"),
        ("downtime", 7200, 3600, "worse"),
        ("downtime", 3600, 7200, "better"),
        ("failures", 0, 0, "same"),
        ("failures", 1, 0, "worse"),
        ("mtbf", None, 3600, ""),
        ("mtbf", 3600, None, ""),
    ],
)
def test_direction_follows_what_is_good(
    kpi: str, now: float | None, before: float | None, direction: str
) -> None:
    assert figure(kpi, now, before).direction == direction


def test_without_comparison_there_is_no_direction() -> None:
    alone = Figure(kpi=CATALOGUE["oee"], now=value("oee", 0.7, 9), before=None, trust=TRUST)
    assert (alone.delta, alone.direction, alone.notable) == (None, "", False)


@pytest.mark.parametrize(
    ("kpi", "now", "before", "sample", "notable"),
    [
        ("oee", 0.70, 0.71, (50, 50), False),
        ("oee", 0.70, 0.75, (50, 50), True),
        ("downtime", 3700, 3600, (50, 50), False),
        ("downtime", 7200, 3600, (50, 50), True),
        ("failures", 4, 2, (90, 90), False),
        ("failures", 40, 10, (90, 90), True),
        ("failures", 3, 0, (90, 90), False),
        ("mttr", 7200, 3600, (2, 3), False),
        ("mttr", 7200, 3600, (40, 30), True),
    ],
)
def test_few_failures_make_no_alarm(
    kpi: str, now: float, before: float, sample: tuple[int, int], notable: bool
) -> None:
    assert figure(kpi, now, before, sample=sample).notable is notable


@pytest.mark.parametrize(
    ("kpi", "now", "so_far", "direction"),
    [("downtime", 3600, True, ""), ("downtime", 9000, False, "worse"), ("mttr", 3600, False, "better")],
)
def test_less_of_a_period_that_is_not_over_is_not_yet_better(
    kpi: str, now: float, so_far: bool, direction: str
) -> None:
    found = replace(figure(kpi, now, 7200), running=True)
    assert (found.so_far, found.direction) == (so_far, direction)
    assert not replace(found, running=False).so_far


def test_relative_change_needs_something_to_compare_with() -> None:
    assert figure("downtime", 10, 0).relative is None
    assert figure("downtime", 150, 100).relative == pytest.approx(0.5)
