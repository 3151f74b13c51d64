"""Dated ideal cycles: who says so from when, and that production and its components follow."""

from datetime import date, datetime

import pytest

from kpis.cycles import begin, follow, state, withdraw
from kpis.models import Equipment, IdealCycle, Operation, Production, ShiftComponents, StaleDay
from kpis.models.masters import EVER
from kpis.rollup import rebuild, refresh
from tests.kpis.factory import make_machine, make_plant, produce, run, utc

pytestmark = pytest.mark.django_db

NOW = utc(2026, 3, 31, 9)
DAYS = (28, 29, 30)
Row = tuple[datetime, float | None]


@pytest.fixture
def press() -> Equipment:
    return make_machine(make_plant([(6, 14), (14, 22)]))


@pytest.fixture
def stamp(press: Equipment) -> Operation:
    """An operation of 30 s that made 100 pieces on each of three days, all computed."""
    made = Operation.objects.create(name="Stamp", equipment=press, ideal_cycle_s=30, source="a")
    begin([made])
    for day in DAYS:
        start, end = utc(2026, 3, day, 8), utc(2026, 3, day, 10)
        run(press, start, end)
        row = produce(press, start, end, 100, 30)
        Production.objects.filter(pk=row.pk).update(operation=made)
    rebuild(NOW)
    return made


def says(operation: Operation, seconds: float | None, updated: datetime | None = None) -> None:
    operation.ideal_cycle_s, operation.source_updated_at = seconds, updated
    operation.save()
    follow([operation])


def dated() -> list[Row]:
    return list(IdealCycle.objects.values_list("valid_from", "seconds"))


def cycles() -> list[float | None]:
    return list(Production.objects.order_by("start").values_list("ideal_cycle_s", flat=True))


def stale() -> set[date]:
    return set(StaleDay.objects.values_list("day", flat=True))


def components() -> list[tuple[object, ...]]:
    rows = ShiftComponents.objects.order_by("day", "shift")
    return list(rows.values_list("day", "shift", "ideal_s", "ideal_good_s", "run_without_ideal_s"))


def test_a_change_holds_from_the_moment_its_source_says(stamp: Operation) -> None:
    says(stamp, 40, utc(2026, 3, 29, 12))
    assert dated() == [(EVER, 30), (utc(2026, 3, 29, 12), 40)]
    assert cycles() == [30, 30, 40]
    assert stale() == {date(2026, 3, 30)}


def test_a_change_without_a_moment_holds_from_now(stamp: Operation) -> None:
    says(stamp, 40)
    assert len(dated()) == 2
    assert cycles() == [30, 30, 30]
    assert stale() == set()


def test_the_same_again_is_no_change(stamp: Operation) -> None:
    says(stamp, 30, utc(2026, 3, 29, 12))
    assert dated() == [(EVER, 30)]


def test_the_first_known_cycle_fills_all(press: Equipment, stamp: Operation) -> None:
    IdealCycle.objects.all().delete()
    Production.objects.update(ideal_cycle_s=None)
    says(stamp, 25, utc(2026, 3, 30))
    assert dated() == [(EVER, 25)]
    assert cycles() == [25, 25, 25]
    assert stale() == {date(2026, 3, day) for day in DAYS}


def test_what_a_source_forgot_is_filled_when_it_knows_again(stamp: Operation) -> None:
    says(stamp, None, utc(2026, 3, 29, 12))
    assert cycles() == [30, 30, None]
    says(stamp, 20, utc(2026, 3, 31))
    assert dated() == [(EVER, 30), (utc(2026, 3, 29, 12), 20)]
    assert cycles() == [30, 30, 20]


def test_a_persons_correction_restates_its_time_alone(stamp: Operation) -> None:
    state(stamp, seconds=45, by="ann", valid_from=utc(2026, 3, 30))
    state(stamp, seconds=40, by="ann", valid_from=utc(2026, 3, 29))
    assert cycles() == [30, 40, 45]
    assert stale() == {date(2026, 3, 29), date(2026, 3, 30)}
    withdraw(IdealCycle.objects.get(seconds=40))
    assert cycles() == [30, 30, 45]


def test_the_first_cycle_is_corrected_and_not_taken_back(stamp: Operation) -> None:
    with pytest.raises(ValueError, match="correct it"):
        withdraw(IdealCycle.objects.get())
    state(stamp, seconds=35, by="ann")
    assert cycles() == [35, 35, 35]
    state(stamp, seconds=None, by="ann")
    assert cycles() == [None, None, None]


def test_components_equal_a_rebuild(stamp: Operation) -> None:
    state(stamp, seconds=40, by="ann", valid_from=utc(2026, 3, 29))
    says(stamp, 50, utc(2026, 3, 30, 7))
    refresh(NOW)
    changed = components()
    rebuild(NOW)
    assert changed == components()
    assert [row[2] for row in changed if row[2]] == [3000, 4000, 5000]
