"""By the hour, from the facts: hours add up to the days of the roll-up, also where the clock moves."""

from datetime import date, datetime, timedelta

import pytest

from kpis.engine import Scope, UnsupportedBreakdown, UnsupportedGrain, evaluate
from kpis.models import Equipment, Line
from kpis.rollup import rebuild
from tests.kpis.factory import make_machine, make_plant, produce, run, scope_of, stop, utc

pytestmark = pytest.mark.django_db

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
NAMES = ["downtime", "run_time", "quantity", "failures", "failure_downtime", "loading_time", "micro_stops"]


def machine_on(day: date, zone: str = "Europe/Paris", **shifts: list[tuple[float, float]]) -> Equipment:
    """A machine that ran, stopped and made something around the night the clock moves."""
    machine = make_machine(make_plant(shifts.get("shifts", []), timezone=zone))
    start = utc(day.year, day.month, day.day) - timedelta(hours=6)
    run(machine, start, start + timedelta(hours=20), "a")
    stop(machine, start + timedelta(minutes=50), start + timedelta(hours=2, minutes=5))
    stop(machine, start + timedelta(hours=9), start + timedelta(hours=9, minutes=2), "material-availability")
    produce(machine, start, start + timedelta(hours=20), 900, 60, scrap=9, order="a")
    rebuild(utc(day.year, day.month, day.day) + timedelta(days=3))
    return machine


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 6, 2), 24)])
@pytest.mark.parametrize("zone", ["Europe/Paris", "Asia/Kolkata"])
def test_hours_add_up_to_the_day(day: date, hours: int, zone: str) -> None:
    machine = machine_on(day, zone)
    scope = scope_of(day, day, machine)
    found = evaluate(NAMES, scope, grain="hour")
    assert len(found) == len(NAMES) * (hours if zone == "Europe/Paris" else 24)
    for whole in evaluate(NAMES, scope):
        parts = [value for value in found if value.kpi == whole.kpi]
        assert sum(value.numerator for value in parts) == pytest.approx(whole.numerator)


def test_the_hour_that_comes_twice_is_two() -> None:
    machine = machine_on(AUTUMN)
    buckets = [value.bucket for value in evaluate(["run_time"], scope_of(AUTUMN, AUTUMN, machine), "hour")]
    assert [str(bucket) for bucket in buckets[1:4]] == [
        "2026-10-25 01:00:00+02:00",
        "2026-10-25 02:00:00+02:00",
        "2026-10-25 02:00:00+01:00",
    ]
    assert len(set(buckets)) == 25


def test_a_day_that_begins_within_an_hour_shares_it() -> None:
    machine = machine_on(date(2026, 6, 2), shifts=[(5.5, 13.5), (13.5, 21.5)])
    scope = scope_of(date(2026, 6, 2), date(2026, 6, 3), machine)
    found = evaluate(["loading_time"], scope, grain="hour", by="shift")
    hours = [value.bucket for value in found if value.key.label == "Shift 1"]
    assert (len(hours), len(set(hours))) == (49, 49)
    assert isinstance(hours[0], datetime)
    assert {value.key.label for value in found} == {"Shift 1", "Shift 2", "Off shift"}


def test_a_line_is_the_sum_of_its_machines() -> None:
    machine = machine_on(SPRING)
    other = make_machine(machine.plant, name="other")
    line = Line.objects.create(plant=machine.plant, name="Line 1")
    Equipment.objects.update(line=line)
    stop(other, utc(2026, 3, 29, 3), utc(2026, 3, 29, 4, 30))
    scope = Scope(first_day=SPRING, last_day=SPRING, line_ids=(line.pk,))
    parts = evaluate(["downtime"], scope, grain="hour", by="equipment")
    whole = evaluate(["downtime"], scope, grain="hour")
    assert sum(value.value or 0 for value in parts) == sum(value.value or 0 for value in whole)
    assert {value.key.label for value in parts} == {"machine", "other"}


def test_what_is_too_much_or_has_no_hours_is_refused_in_words() -> None:
    machine = machine_on(SPRING)
    with pytest.raises(UnsupportedGrain, match="only one line or one machine"):
        evaluate(["oee"], scope_of(SPRING), grain="hour")
    with pytest.raises(UnsupportedGrain, match="7 days at most"):
        evaluate(["oee"], scope_of(SPRING, SPRING + timedelta(days=7), machine), grain="hour")
    with pytest.raises(
        UnsupportedBreakdown, match=r"Hours cannot be split by reason\. Possible: plant, line"
    ):
        evaluate(["downtime"], scope_of(SPRING, SPRING, machine), grain="hour", by="reason")
