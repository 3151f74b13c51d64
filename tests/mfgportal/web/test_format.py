"""Numbers as people read them."""

from dataclasses import replace

import pytest

from kpis.definitions import Unit
from mfgportal.web.format import amount, bounds, change, lasting, parts, percent, roughly, sample
from tests.mfgportal.test_figures import figure, value


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (None, Unit.SHARE, "—"),
        (0.6344, Unit.SHARE, "63.4 %"),
        (1.025, Unit.SHARE, "102.5 %"),
        (0, Unit.SECONDS, "0 h"),
        (45, Unit.SECONDS, "45 s"),
        (600, Unit.SECONDS, "10 min"),
        (9000, Unit.SECONDS, "2.5 h"),
        (5_400_000, Unit.SECONDS, "1,500 h"),
        (12345, Unit.COUNT, "12,345"),
        (700, Unit.PIECES, "700 pcs"),
        (12.34, Unit.RATE, "12.3 pcs/h"),
        (2.55, Unit.WEEKS, "2.5 weeks"),
        (1234.5, Unit.MONEY, "1,234 CHF"),
        (0, Unit.MONEY, "0.00 CHF"),
        (0.0123, Unit.MONEY_PER_PIECE, "0.012 CHF/pcs"),
        (45.5, Unit.MONEY_PER_HOUR, "45.50 CHF/h"),
    ],
)
def test_amounts(number: float | None, unit: str, text: str) -> None:
    assert str(amount(number, unit, "CHF")) == text


@pytest.mark.parametrize("unit", Unit)
def test_every_unit_is_written(unit: Unit) -> None:
    assert str(amount(1.0, unit, "EUR"))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0 s"), (59.6, "1 min"), (90, "1 min 30 s"), (6720, "1 h 52 min"), (277_200, "3 d 5 h")],
)
def test_how_long_one_thing_lasts(seconds: float, text: str) -> None:
    assert lasting(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0 s"), (45, "45 s"), (2135, "35 min"), (6720, "1 h"), (277_200, "3 d 5 h")],
)
def test_an_age_is_told_roughly(seconds: float, text: str) -> None:
    assert roughly(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(None, "—"), (0, "0 %"), (0.0004, "0.0 %"), (0.5, "50 %"), (0.9999, "99.9 %"), (1, "100 %")],
)
def test_all_and_nothing_are_said_of_all_and_nothing_only(share: float | None, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("kpi", "now", "before", "text"),
    [
        ("oee", 0.72, 0.70, "+2.0 pp"),
        ("oee", 0.68, 0.70, "−2.0 pp"),
        ("failures", 3, 5, "−2"),
        ("downtime", 7200, 3600, "+100 %"),
        ("downtime", 7200, 0, "+2.0 h"),
        ("mtbf", None, 5, ""),
    ],
)
def test_changes(kpi: str, now: float | None, before: float, text: str) -> None:
    assert change(figure(kpi, now, before)) == text


def test_a_ratio_names_its_parts_and_a_sum_has_none() -> None:
    assert [part.name for part in parts(figure("oee", 0.7, 0.7))] == [
        "Ideal time of good units",
        "Loading time",
    ]
    assert [part.name for part in parts(figure("mttr", 60, 60))] == ["Down time of failures", "Failures"]
    assert parts(figure("downtime", 60, 60)) == []


def test_what_a_value_rests_on() -> None:
    assert sample(figure("mttr", 60, 60, sample=(1, 1))) == "1 failure"
    assert sample(figure("oee", 0.5, 0.5, sample=(1200, 1))) == "1,200 records"


def test_bounds_say_their_confidence() -> None:
    known = value("mtbf", None, 0)
    assert bounds(known) == ""
    lower = replace(known, lower=36000.0, confidence=0.9)
    assert bounds(lower) == "at least 10.0 h, at 90 % confidence"
    assert bounds(replace(lower, upper=72000.0)) == "10.0 h to 20.0 h, at 90 % confidence"
