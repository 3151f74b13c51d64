"""What a work order counts: by which day, for how long, and what a day alone cannot tell."""

from datetime import date, timedelta
from typing import Any

import pytest

from kpis.work.facts import Order
from kpis.work.tally import Part, tally
from tests.kpis.work.books import at, book, order, plan, rules, sums


def test_counts_go_to_the_days_of_the_plant() -> None:
    one = order(
        created_at=at(1, 21.9),
        began_at=at(1, 22.5),
        completed_at=at(2, 23),
        priority="high",
        team="A",
        technician_id=7,
    )
    split: dict[str, Any] = {"work_type": "corrective", "priority": "high", "team": "A", "technician_id": 7}
    rows = tally(book(one))
    assert rows.keys() == {Part(date(2026, 6, day), **split) for day in (1, 2, 3)}
    assert rows[Part(date(2026, 6, 1), **split)] == {"created": 1}
    assert rows[Part(date(2026, 6, 2), **split)] == {"responded": 1, "response_s": pytest.approx(0.6 * 3600)}
    assert rows[Part(date(2026, 6, 3), **split)] == {
        "completed": 1,
        "cycled": 1,
        "cycle_s": pytest.approx(25.1 * 3600),
        "repaired": 1,
        "repair_s": 24.5 * 3600,
        "corrective_completed": 1,
        "first_time_fixed": 1,
    }


def test_the_response_runs_from_the_request() -> None:
    found = sums(
        book(order(requested_at=at(1, 6), created_at=at(1, 7), began_at=at(1, 8), status="in_progress"))
    )
    assert found == {"created": 1, "responded": 1, "response_s": 7200}


def test_paper_written_after_the_work_began_waited_for_nothing() -> None:
    assert "response_s" not in sums(book(order(created_at=at(1, 9), began_at=at(1, 8), status="in_progress")))


def test_days_are_no_hours() -> None:
    """Odoo keeps the day of the request and of the closing: the orders count, their durations do not."""
    one = order(
        created_at=at(1, 0), created_on=date(2026, 6, 1), began_at=at(2), completed_on=date(2026, 6, 3)
    )
    assert sums(book(one)) == {
        "created": 1,
        "response_day_only": 1,
        "completed": 1,
        "completed_day_only": 1,
        "corrective_completed": 1,
        "first_time_fixed": 1,
    }


def test_an_order_opened_again_is_not_completed() -> None:
    assert sums(book(order(status="open", created_at=at(1), completed_at=at(2)))) == {"created": 1}


def test_cancelled() -> None:
    assert sums(book(order(status="cancelled", created_at=at(1), cancelled_at=at(2)))) == {
        "created": 1,
        "cancelled": 1,
    }


@pytest.mark.parametrize(
    ("done", "interval", "kept"),
    [
        (at(10, 23 - 2), 28, {"pm_on_time": 1, "pm_within_day": 1, "pm_within_fifth": 1}),
        (at(11), 28, {"pm_within_day": 1, "pm_within_fifth": 1}),
        (at(15), 28, {"pm_within_fifth": 1}),
        (at(16), 28, {}),
        (at(12), None, {}),
        (at(28 - 20, month=7), 365, {"pm_within_fifth": 1}),
        (at(9, month=7), 365, {}),
        (None, 28, {}),
    ],
)
def test_three_criteria_of_preventive_work(
    done: object, interval: float | None, kept: dict[str, int]
) -> None:
    one = order(
        work_type="preventive",
        status="completed" if done else "open",
        due_at=at(10),
        completed_at=done,
        interval_days=interval,
    )
    found = {name: value for name, value in sums(book(one)).items() if name.startswith("pm_")}
    assert found == {"pm_due": 1, **kept}


@pytest.mark.parametrize("status", ["open", "on_hold", "cancelled"])
def test_preventive_work_that_is_not_done_stays_due(status: str) -> None:
    found = sums(book(order(work_type="preventive", status=status, due_at=at(10))))
    assert found == {"pm_due": 1}


def test_corrective_work_has_a_due_date_too_but_is_no_preventive_work() -> None:
    assert "pm_due" not in sums(book(order(due_at=at(10), status="open")))


def scheduled(one: Order) -> dict[date, tuple[float, float]]:
    return {
        part.day: (values["scheduled"], values.get("scheduled_done", 0))
        for part, values in tally(book(one)).items()
        if "scheduled" in values
    }


def test_done_on_any_day_of_the_week_is_as_scheduled() -> None:
    """1 June 2026 is a Monday."""
    one = order(planned=plan((at(25, month=5), at(2))), completed_at=at(7, 20))
    assert scheduled(one) == {date(2026, 6, 2): (1, 1)}


def test_a_plan_moved_within_its_week_stays_broken() -> None:
    """Wednesday's change to next week does not save this week; next week has it as its own."""
    one = order(planned=plan((at(25, month=5), at(2)), (at(3), at(9))), completed_at=at(9))
    assert scheduled(one) == {date(2026, 6, 2): (1, 0), date(2026, 6, 9): (1, 1)}


def test_a_plan_moved_before_its_week_begins_is_the_new_plan() -> None:
    one = order(planned=plan((at(20, month=5), at(2)), (at(28, month=5), at(9))), completed_at=at(2))
    assert scheduled(one) == {date(2026, 6, 9): (1, 0)}


def test_a_plan_first_seen_later_counts_as_first_seen() -> None:
    one = order(planned=plan((at(3), at(2)), (at(4), at(5))), completed_at=at(5))
    assert scheduled(one) == {date(2026, 6, 2): (1, 1)}


def test_what_was_taken_off_the_plan_before_the_week_is_not_scheduled() -> None:
    assert not scheduled(order(planned=plan((at(20, month=5), at(2)), (at(29, month=5), None))))


def test_a_repair_soon_after_another_is_a_repeat() -> None:
    first = order(created_at=at(1), completed_at=at(2))
    again = order(created_at=at(9), completed_at=at(9, 9))
    later = order(created_at=at(20), completed_at=at(20, 9))
    assert sums(book(first, again, later))["first_time_fixed"] == 2
    assert sums(book(first, again, later))["repeat_failures"] == 1
    assert "repeat_failures" not in sums(book(first, again, rules=rules(repeat_window=timedelta(days=6))))


@pytest.mark.parametrize(
    "other",
    [
        {"created_at": at(2, 7.9), "status": "open"},  # asked for before the first was done
        {"created_at": at(3), "status": "cancelled"},
        {"created_at": at(3), "work_type": "preventive", "status": "open"},
    ],
)
def test_what_is_no_repeat(other: dict[str, object]) -> None:
    found = sums(book(order(created_at=at(1), completed_at=at(2, 8)), order(**other)))
    assert found["first_time_fixed"] == 1
    assert "repeat_failures" not in found


def test_days_tell_a_repeat_where_times_are_not_known() -> None:
    first = order(created_at=at(1), completed_on=date(2026, 6, 2))
    again = order(created_at=at(2, 6), status="open")
    assert sums(book(first, again))["repeat_failures"] == 1


def test_without_a_machine_nobody_can_tell_a_repeat() -> None:
    found = sums(book(order(created_at=at(1), completed_at=at(2)), order(created_at=at(3)), machine=False))
    assert "corrective_completed" not in found
    assert "repeat_failures" not in found


def test_scheduled_hours_are_those_that_were_estimated() -> None:
    kept = order(planned=plan((at(25, month=5), at(2))), completed_at=at(7, 20), estimated_s=3600)
    late = order(planned=plan((at(25, month=5), at(2))), completed_at=at(8, 20), estimated_s=7200)
    blind = order(planned=plan((at(25, month=5), at(2))), completed_at=at(7, 20), estimated_s=None)
    names = ("scheduled_s", "scheduled_done_s", "scheduled_without_estimate")
    found = [sums(book(one)) for one in (kept, late, blind)]
    told = [tuple(each.get(name, 0) for name in names) for each in found]
    assert told == [(3600, 3600, 0), (7200, 0, 0), (0, 0, 1)]
