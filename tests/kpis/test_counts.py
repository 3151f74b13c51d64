"""Where counts go, and what a missing ideal cycle does."""

from math import inf

import pytest

from kpis.rows import Row
from tests.kpis.days import at, calendar, compute, output, run, whole

TWO = calendar((6, 14), (14, 22))
OTHER = ("test", "other")


def counted(row: Row) -> tuple[float, float, float, float]:
    return row.quantity, row.scrap, row.ideal_s, row.ideal_good_s


def test_counts_are_spread_by_the_run_time_of_the_order() -> None:
    runs = [(8 * 60, 9 * 60), (14 * 60, 17 * 60)]
    found = compute(
        *(run(a, b) for a, b in runs), output(8 * 60, 20 * 60, 100, scrap=20, runs=runs), pattern=TWO
    )
    _, early, late = found.rows
    assert counted(early) == (25, 5, 25 * 60, 20 * 60)
    assert counted(late) == (75, 15, 75 * 60, 60 * 60)


def test_counts_without_run_logs_are_spread_by_elapsed_time_and_show_that_it_ran() -> None:
    _, early, late = compute(output(13 * 60, 17 * 60, 100), pattern=TWO).rows
    assert (early.quantity, late.quantity) == (25, 75)
    assert early.run_s == 3600
    assert late.run_s == 3 * 3600


def test_an_order_that_made_nothing_is_no_evidence_of_running() -> None:
    assert whole(compute(output(0, 24 * 60, 0))).run_s == 0


def test_elapsed_time_off_shift_is_no_overtime() -> None:
    off, *_ = compute(output(20 * 60, 29 * 60, 90), pattern=TWO).rows
    assert off.overtime_run_s == 0
    assert off.quantity == 70


def test_counts_off_shift_keep_quantity_but_are_no_part_of_oee() -> None:
    off, *_ = compute(
        run(23 * 60, 24 * 60), output(23 * 60, 24 * 60, 60, runs=[(23 * 60, 24 * 60)]), pattern=TWO
    ).rows
    assert counted(off) == (60, 0, 0, 0)


def test_scrap_is_booked_at_its_instant() -> None:
    _, early, late = compute(
        output(13 * 60, 14 * 60, 60), output(15 * 60, 15 * 60, 0, scrap=6), pattern=TWO
    ).rows
    assert counted(early) == (60, 0, 3600, 3600)
    assert counted(late) == (0, 6, 0, -360)


def test_scrap_booked_after_the_shift_still_lowers_quality() -> None:
    off, *_ = compute(output(23 * 60, 23 * 60, 0, scrap=6), pattern=TWO).rows
    assert counted(off) == (0, 6, 0, -360)


def test_counts_of_an_open_order_were_made_before_they_were_reported() -> None:
    order = output(6 * 60, inf, 80, reported=14 * 60)
    result = compute(order, pattern=TWO, as_of=at(20 * 60))
    assert [row.quantity for row in result.rows] == [80, 0]
    assert not order.moves_with_time(at(30 * 60))


def test_counts_of_an_open_order_without_a_report_spread_up_to_now() -> None:
    order = output(6 * 60, inf, 80)
    result = compute(order, pattern=TWO, as_of=at(22 * 60))
    assert [row.quantity for row in result.rows] == [40, 40]
    assert result.provisional


def test_an_end_that_is_dated_ahead_moves_with_time() -> None:
    order = output(6 * 60, 21 * 60, 80, reported=8 * 60)
    assert order.moves_with_time(at(20 * 60))
    assert not order.moves_with_time(at(21 * 60))


def test_an_order_across_days_leaves_each_day_its_share() -> None:
    result = compute(output(-12 * 60, 12 * 60, 100))
    assert whole(result).quantity == 50


@pytest.mark.parametrize("ideal", [None, 0])
def test_a_missing_ideal_cycle_leaves_its_run_time_out_of_performance(ideal: float | None) -> None:
    runs = [(0.0, 60.0)]
    row = whole(
        compute(
            run(0, 60),
            run(60, 120, OTHER),
            output(0, 60, 30, ideal=ideal, runs=runs),
            output(60, 120, 60, order=OTHER, runs=[(60, 120)]),
        )
    )
    assert row.quantity == 90
    assert row.ideal_s == 3600
    assert row.run_without_ideal_s == 3600
    assert row.run_s == 7200


def test_a_run_without_an_order_is_judged_by_the_orders_of_its_time() -> None:
    row = whole(compute(run(0, 120, None), output(0, 60, 60, order=None)))
    assert row.run_without_ideal_s == 3600


def test_a_run_nobody_counted_says_nothing_of_performance() -> None:
    row = whole(compute(run(0, 120, OTHER)))
    assert row.run_without_ideal_s == row.run_s == 7200
