"""An order that runs has made units nobody has reported yet: that time says nothing of performance."""

from math import inf

from tests.kpis.days import at, compute, output, run, whole

NOW = at(10 * 60)


def test_run_time_of_an_order_without_counts_yet_is_no_base_of_performance() -> None:
    row = whole(compute(run(8 * 60, inf), output(8 * 60, inf, 0, runs=[(8 * 60, inf)]), as_of=NOW))
    assert row.run_s == row.run_without_ideal_s == 2 * 3600
    assert row.ideal_s == 0


def test_an_open_order_counts_up_to_its_last_report() -> None:
    order = output(8 * 60, inf, 60, reported=9 * 60, runs=[(8 * 60, inf)])
    row = whole(compute(run(8 * 60, inf), order, as_of=NOW))
    assert row.run_without_ideal_s == 3600
    assert row.ideal_s == 3600


def test_an_open_order_of_a_source_that_does_not_say_when_it_reported_counts_whole() -> None:
    row = whole(compute(run(8 * 60, inf), output(8 * 60, inf, 60, runs=[(8 * 60, inf)]), as_of=NOW))
    assert row.run_without_ideal_s == 0


def test_once_it_ends_its_whole_run_time_counts() -> None:
    done = output(8 * 60, 10 * 60, 100, runs=[(8 * 60, 10 * 60)])
    row = whole(compute(run(8 * 60, 10 * 60), done))
    assert row.run_without_ideal_s == 0
    assert row.ideal_s == 6000


def test_an_ended_order_that_made_nothing_ran_slowly() -> None:
    none = output(8 * 60, 10 * 60, 0, runs=[(8 * 60, 10 * 60)])
    assert whole(compute(run(8 * 60, 10 * 60), none)).run_without_ideal_s == 0
