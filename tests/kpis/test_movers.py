"""What moved OEE: points that add up to the change, strongest first. Pure."""

import pytest

from kpis.movers import movers
from kpis.scope import Key
from kpis.time_model import Losses

PRESS, LATHE = Key(1, "Press"), Key(2, "Lathe")


def test_points_add_up_to_the_change_of_oee_also_of_periods_of_different_length() -> None:
    before = Losses(1000, {(PRESS, "breakdown"): 100, (LATHE, "speed"): 50, (LATHE, "scrap"): 10})
    now = Losses(500, {(PRESS, "breakdown"): 10, (LATHE, "speed"): 60, (LATHE, "scrap"): 5})
    found = movers(now, before)
    oee = [1 - sum(each.lost.values()) / each.loading_s for each in (before, now)]
    assert sum(mover.points for mover in found) == pytest.approx(oee[1] - oee[0])
    assert [(mover.part, mover.loss) for mover in found] == [(PRESS, "breakdown"), (LATHE, "speed")]
    assert found[0].points == pytest.approx(0.08)
    assert found[1].points == pytest.approx(-0.07)


def test_run_time_that_cannot_be_judged_moves_nothing_and_the_rest_stands_for_it() -> None:
    before = Losses(100, {(PRESS, "breakdown"): 20, (PRESS, "without_ideal"): 0, (PRESS, "speed"): 16}, 1.0)
    now = Losses(100, {(PRESS, "breakdown"): 20, (PRESS, "without_ideal"): 40, (PRESS, "speed"): 8}, 0.5)
    assert movers(now, before) == []


def test_a_part_that_is_new_or_gone_counts() -> None:
    found = movers(Losses(100, {(LATHE, "setup"): 10}), Losses(100, {(PRESS, "setup"): 20}))
    assert [(mover.part.label, round(mover.points, 3)) for mover in found] == [
        ("Press", 0.2),
        ("Lathe", -0.1),
    ]


def test_without_loading_time_nothing_moved() -> None:
    some = Losses(100, {(PRESS, "setup"): 10})
    assert movers(some, Losses(0, {})) == movers(Losses(0, {}), some) == []
