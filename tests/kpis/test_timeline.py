from datetime import datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from kpis.engine import TimelineSpan, timeline, timelines
from kpis.models import CalendarLeave, Equipment, LossClass
from tests.kpis.factory import make_machine, make_plant, produce, run, stop, utc

pytestmark = pytest.mark.django_db

START, END = utc(2026, 6, 1), utc(2026, 6, 2)
LATER = utc(2026, 7, 1)


@pytest.fixture
def machine() -> Equipment:
    return make_machine(make_plant([(6, 14)], [(10, 10.5)]))


def states(spans: list[TimelineSpan]) -> list[tuple[float, str]]:
    """(hour of start, what it is)."""
    return [(span.start.hour + span.start.minute / 60, span.not_scheduled or span.state) for span in spans]


def covers(spans: list[TimelineSpan], start: datetime, end: datetime) -> bool:
    edges = [span.start for span in spans] + [spans[-1].end]
    return edges == [start, *(span.end for span in spans)] and edges[-1] == end


def test_a_day_tells_breaks_unknown_and_down_apart(machine: Equipment) -> None:
    run(machine, utc(2026, 6, 1, 6), utc(2026, 6, 1, 12))
    stop(machine, utc(2026, 6, 1, 9), utc(2026, 6, 1, 11))
    spans = timeline(machine, START, END, LATER)
    assert states(spans) == [
        (0, "off shift"),
        (6, "running"),
        (9, "breakdown"),
        (10, "break"),
        (10.5, "breakdown"),
        (11, "running"),
        (12, "unknown"),
        (14, "off shift"),
    ]
    assert covers(spans, START, END)


def test_spans_name_their_reason_and_records_strongest_first(machine: Equipment) -> None:
    log = run(machine, utc(2026, 6, 1, 6), utc(2026, 6, 1, 12))
    failure = stop(machine, utc(2026, 6, 1, 8), utc(2026, 6, 1, 9))
    setup = stop(machine, utc(2026, 6, 1, 8), utc(2026, 6, 1, 8, 30), "changeover")
    span = timeline(machine, utc(2026, 6, 1, 8), utc(2026, 6, 1, 8, 10), LATER)[0]
    assert (span.state, span.reason) == (LossClass.BREAKDOWN, "Equipment failure")
    assert [(ref.kind, ref.id) for ref in span.facts] == [
        ("downtime", failure.pk),
        ("downtime", setup.pk),
        ("run", log.pk),
    ]


def test_nothing_is_told_after_now_and_what_goes_on_is_open(machine: Equipment) -> None:
    stop(machine, utc(2026, 6, 1, 7), None)
    spans = timeline(machine, START, END, utc(2026, 6, 1, 8))
    assert spans[-1].end == utc(2026, 6, 1, 8)
    assert [span.open for span in spans] == [False, False, True]
    assert timeline(machine, utc(2026, 6, 1, 9), END, utc(2026, 6, 1, 8)) == []


def test_holidays_are_leave(machine: Equipment) -> None:
    calendar = machine.plant.calendar
    assert calendar is not None
    CalendarLeave.objects.create(
        calendar=calendar, start=utc(2026, 6, 1, 12), end=utc(2026, 6, 1, 13), equipment=machine
    )
    run(machine, utc(2026, 6, 1, 6), utc(2026, 6, 1, 14))
    spans = timeline(machine, utc(2026, 6, 1, 11), END, LATER)
    assert states(spans) == [(11, "running"), (12, "leave"), (13, "running"), (14, "off shift")]


def test_an_order_without_run_logs_shows_as_running(machine: Equipment) -> None:
    order = produce(machine, utc(2026, 6, 1, 6), utc(2026, 6, 1, 8), 10, 60)
    span = timeline(machine, utc(2026, 6, 1, 6), utc(2026, 6, 1, 7), LATER)[0]
    assert span.state == LossClass.RUNNING
    assert [(ref.kind, ref.id) for ref in span.facts] == [("production", order.pk)]


def test_a_window_over_the_clock_change_is_whole() -> None:
    machine = make_machine(make_plant([(6, 14), (14, 22), (22, 24), (0, 6)], timezone="Europe/Paris"))
    spans = timeline(machine, utc(2026, 3, 28, 21), utc(2026, 3, 29, 4), LATER)
    assert [(span.start, span.shift) for span in spans] == [(utc(2026, 3, 28, 21), "Shift 3")]
    assert covers(spans, utc(2026, 3, 28, 21), utc(2026, 3, 29, 4))


def test_many_timelines_are_each_the_one_of_its_machine(
    machine: Equipment, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    other = make_machine(make_plant([(6, 14)]), name="other")
    run(machine, utc(2026, 6, 1, 6), utc(2026, 6, 1, 12))
    stop(other, utc(2026, 6, 1, 9), None)
    with django_assert_max_num_queries(10):
        found = timelines([machine.pk, other.pk], START, END, LATER)
    assert found == {each.pk: timeline(each, START, END, LATER) for each in (machine, other)}
    assert timelines([machine.pk], LATER, LATER, LATER) == {machine.pk: []}
