"""Days of 23 and 25 hours, nights of 7 and 9, through roll-up and engine."""

from datetime import date, datetime, timedelta

import pytest

from kpis.engine import evaluate
from kpis.models import Equipment, ShiftComponents
from kpis.rollup import rebuild
from tests.kpis.factory import make_machine, make_plant, produce, run, scope_of, stop, utc

pytestmark = pytest.mark.django_db

HOUR = 3600.0
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
NIGHT = [(6, 14), (14, 22), (22, 24), (0, 6)]


def rows(day: date) -> list[ShiftComponents]:
    return list(ShiftComponents.objects.filter(day=day).order_by("shift"))


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_a_calendar_day_has_the_hours_it_has(day: date, hours: int) -> None:
    machine = make_machine(make_plant(timezone="Europe/Paris"))
    start = utc(day.year, day.month, day.day) - timedelta(days=2)
    stop(machine, start, start + timedelta(hours=1))
    rebuild(start + timedelta(days=9))
    (row,) = rows(day)
    assert row.calendar_s == row.planned_s == row.unknown_s == hours * HOUR
    (week,) = [v for v in evaluate(["utilisation"], scope_of(day - timedelta(days=6), day)) if v.denominator]
    held = ShiftComponents.objects.filter(day__range=(day - timedelta(days=6), day))
    assert week.denominator == sum(row.calendar_s for row in held)


@pytest.mark.parametrize(
    ("day", "start", "end", "hours"),
    [
        (date(2026, 3, 28), utc(2026, 3, 28, 21), utc(2026, 3, 29, 4), 7),
        (date(2026, 10, 24), utc(2026, 10, 24, 20), utc(2026, 10, 25, 5), 9),
    ],
)
def test_the_night_shift_is_shorter_or_longer(day: date, start: datetime, end: datetime, hours: int) -> None:
    machine = make_machine(make_plant(NIGHT, timezone="Europe/Paris"))
    run(machine, start, end, "n")
    produce(machine, start, end, hours * 60, 60, order="n")
    rebuild(end + timedelta(days=3))
    night = rows(day)[2]
    assert (night.start, night.end) == (start, end)
    assert night.planned_s == night.run_s == night.ideal_s == hours * HOUR
    assert sum(row.calendar_s for row in rows(day)) == (16 + hours) * HOUR


def overnight(machine: Equipment) -> None:
    stop(machine, utc(2026, 3, 28, 20), utc(2026, 3, 29, 8))


def test_an_overnight_stop_is_split_at_shifts_and_days_and_fails_once() -> None:
    machine = make_machine(make_plant(NIGHT, timezone="Europe/Paris"))
    overnight(machine)
    rebuild(utc(2026, 4, 2))
    found = ShiftComponents.objects.filter(breakdown_s__gt=0).order_by("day", "shift")
    assert [(row.day.day, row.shift, row.breakdown_s / HOUR, row.failures) for row in found] == [
        (28, 2, 1, 1),
        (28, 3, 7, 0),
        (29, 1, 4, 0),
    ]
    assert sum(row.failure_down_s for row in found) == 12 * HOUR
