"""Place, period, grain and comparison out of a query string, in the plants' production days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import Http404

from kpis.models import Plant
from mfgportal.accounts.models import Role, User
from mfgportal.period import PRESETS, Period, earlier, later, preset
from mfgportal.scope import (
    BadScope,
    Level,
    Place,
    default_grain,
    find_place,
    grains,
    line_place,
    parse,
    plant_place,
)
from tests.factories import make_line, make_plant

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@pytest.fixture
def lyon(db: None) -> Plant:
    return make_plant("Lyon")


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", "2026-11-24", "2026-11-24"),
        ("yesterday", "2026-11-23", "2026-11-23"),
        ("last_7_days", "2026-11-18", "2026-11-24"),
        ("last_30_days", "2026-10-26", "2026-11-24"),
        ("last_90_days", "2026-08-27", "2026-11-24"),
        ("this_month", "2026-11-01", "2026-11-24"),
        ("last_month", "2026-10-01", "2026-10-31"),
        ("this_quarter", "2026-10-01", "2026-11-24"),
        ("last_quarter", "2026-07-01", "2026-09-30"),
        ("this_year", "2026-01-01", "2026-11-24"),
        ("last_year", "2025-01-01", "2025-12-31"),
    ],
)
def test_presets_are_production_days(name: str, first: str, last: str) -> None:
    found = preset(name, TODAY)
    assert (str(found.first), str(found.last)) == (first, last)


def test_hours_are_of_a_line_or_a_machine_and_a_week_at_most(lyon: Plant) -> None:
    line = line_place(make_line(lyon, "Line 1", 1))
    assert parse({"grain": "hour"}, line, now=NOW).grain == "hour"
    assert "hour" in grains(parse({}, line, now=NOW))
    assert "hour" not in grains(parse({}, plant_place(lyon), now=NOW))
    with pytest.raises(BadScope, match="only a line or a machine"):
        parse({"grain": "hour"}, plant_place(lyon), now=NOW)
    with pytest.raises(BadScope, match="7 days at most"):
        parse({"grain": "hour", "period": "last_30_days"}, line, now=NOW)


def test_last_month_in_january_is_december() -> None:
    found = preset("last_month", date(2027, 1, 31))
    assert (found.first, found.last) == (date(2026, 12, 1), date(2026, 12, 31))


@pytest.mark.parametrize("name", PRESETS)
def test_the_period_before_is_as_long_and_ends_where_this_begins(name: str) -> None:
    found = preset(name, TODAY)
    assert found.before.days == found.days
    assert found.before.last + timedelta(days=1) == found.first
    assert found.before.after.first == found.first


def test_nothing_given_is_the_last_seven_days_compared(lyon: Plant) -> None:
    found = parse({}, plant_place(lyon), now=NOW)
    assert found.period == Period(date(2026, 11, 18), TODAY, "last_7_days")
    assert (found.grain, found.compare, found.query) == ("day", True, "")


def test_a_day_begins_with_its_first_shift_in_the_plants_zone(lyon: Plant) -> None:
    before_six = datetime(2026, 11, 24, 4, 59, tzinfo=UTC)
    assert parse({"period": "today"}, plant_place(lyon), now=before_six).period.first == date(2026, 11, 23)
    assert parse({"period": "today"}, plant_place(lyon), now=NOW).period.first == TODAY


def test_today_of_several_plants_is_the_latest_begun(lyon: Plant) -> None:
    osaka = make_plant("Osaka", "Asia/Tokyo")
    both = Place(Level.ENTERPRISE, None, "Enterprise", (lyon, osaka))
    late = datetime(2026, 11, 24, 22, tzinfo=UTC)
    assert parse({}, plant_place(lyon), now=late).today == date(2026, 11, 24)
    assert parse({}, both, now=late).today == date(2026, 11, 25)
    assert both.zone == ""
    assert plant_place(osaka).zone == "Asia/Tokyo"


@pytest.mark.parametrize(("day", "hours"), [("2026-10-24", 25), ("2026-03-28", 23), ("2026-11-23", 24)])
def test_a_window_has_the_hours_the_clock_gives_it(lyon: Plant, day: str, hours: int) -> None:
    start, end = parse({"from": day, "to": day}, plant_place(lyon), now=NOW).window
    assert (end - start) == timedelta(hours=hours)


def test_a_custom_range_needs_no_period_and_is_cut_at_today(lyon: Plant) -> None:
    found = parse({"from": "2026-11-20", "to": "2026-12-31"}, plant_place(lyon), now=NOW)
    assert (found.period.first, found.period.last) == (date(2026, 11, 20), TODAY)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"period": "moon"}, "period"),
        ({"period": "custom"}, "from"),
        ({"from": "2026-11-01"}, "to"),
        ({"from": "1.11.2026", "to": "2026-11-02"}, "from"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "to"),
        ({"from": "2027-01-01", "to": "2027-01-02"}, "from"),
        ({"from": "2020-01-01", "to": "2026-01-02"}, "from"),
        ({"from": "1950-01-01", "to": "1950-01-02"}, "from"),
        ({"from": "0001-01-01", "to": "0001-01-02"}, "from"),
        ({"grain": "minute"}, "grain"),
        ({"grain": "shift", "period": "last_90_days"}, "grain"),
        ({"compare": "neighbour"}, "compare"),
    ],
)
def test_what_cannot_be_answered_names_its_parameter(
    lyon: Plant, query: dict[str, str], parameter: str
) -> None:
    with pytest.raises(BadScope) as caught:
        parse(query, plant_place(lyon), now=NOW)
    assert caught.value.parameter == parameter
    assert caught.value.message


@pytest.mark.parametrize(
    ("days", "grain"), [(1, "shift"), (2, "shift"), (3, "day"), (45, "day"), (46, "week"), (191, "month")]
)
def test_the_grain_fits_the_length(days: int, grain: str) -> None:
    assert default_grain(Period(TODAY - timedelta(days=days - 1), TODAY)) == grain


def test_links_carry_what_was_asked(lyon: Plant) -> None:
    query = {"period": "today", "compare": "none", "sort": "name", "grain": ""}
    assert parse(query, plant_place(lyon), now=NOW).query == "?period=today&compare=none"


def test_a_place_is_the_narrowest_named_and_only_of_own_plants(lyon: Plant) -> None:
    line = make_line(lyon, "Line A", 1)
    press = line.equipment.get()
    manager = User.objects.create_user("m", role=Role.PLANT_MANAGER)
    for given in ({"plant": lyon.pk}, {"line": line.pk}, {"equipment": press.pk}):
        with pytest.raises(Http404):
            find_place(manager, **given)
    manager.plants.add(lyon)
    found = find_place(manager, plant=lyon.pk, line=line.pk, equipment=press.pk)
    assert (found.level, found.id) == (Level.EQUIPMENT, press.pk)
    scope = parse({}, found, now=NOW).scope
    assert (scope.plant_ids, scope.equipment_ids) == ((lyon.pk,), (press.pk,))
    assert find_place(manager).plants == (lyon,)


def test_without_a_plant_nothing_is_in_scope(db: None) -> None:
    found = parse({}, Place(Level.ENTERPRISE, None, "Enterprise", ()), now=NOW)
    assert found.scope.plant_ids == ()
    start, end = found.window
    assert start == end


@pytest.mark.parametrize(
    ("name", "back", "forth"),
    [
        ("today", ("2026-11-23", "2026-11-23"), None),
        ("last_7_days", ("2026-11-11", "2026-11-17"), None),
        ("this_week", ("2026-11-16", "2026-11-22"), None),
        ("last_week", ("2026-11-09", "2026-11-15"), ("2026-11-23", "2026-11-24")),
        ("last_month", ("2026-09-01", "2026-09-30"), ("2026-11-01", "2026-11-24")),
        ("this_quarter", ("2026-07-01", "2026-09-30"), None),
        ("last_year", ("2024-01-01", "2024-12-31"), ("2026-01-01", "2026-11-24")),
    ],
)
def test_a_period_of_the_calendar_is_stepped_by_the_calendar(
    name: str, back: tuple[str, str], forth: tuple[str, str] | None
) -> None:
    now = preset(name, TODAY)
    after = later(now, TODAY)
    assert _days(earlier(now, TODAY)) == back
    assert (_days(after) if after else None) == forth


def _days(period: Period) -> tuple[str, str]:
    return str(period.first), str(period.last)


def test_steps_back_and_forth_come_to_the_same_month() -> None:
    october = earlier(preset("this_month", TODAY), TODAY)
    assert later(earlier(october, TODAY), TODAY) == october
