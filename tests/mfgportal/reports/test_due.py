"""Due moments in plant time, also where clocks are changed and months are short. No database."""

from datetime import UTC, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from mfgportal.reports.due import Due, Rhythm, come_due, next_due

PARIS = ZoneInfo("Europe/Paris")


def rhythm(cadence: str = "daily", at: str = "07:00", **fields: int) -> Rhythm:
    return Rhythm(cadence=cadence, at=time.fromisoformat(at), zone=PARIS, **fields)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "after", "wanted"),
    [
        (rhythm(), "2026-11-24 05:59", "2026-11-24 06:00"),
        (rhythm(), "2026-11-24 06:00", "2026-11-25 06:00"),
        # Clocks go forward on 29 March 2026 at 2:00, so that 2:30 is skipped: it is due as they jump, once.
        (rhythm(at="02:30"), "2026-03-28 12:00", "2026-03-29 01:00"),
        (rhythm(at="02:30"), "2026-03-29 01:00", "2026-03-30 00:30"),
        # They go back on 25 October at 3:00, so that 2:30 comes twice: the first counts.
        (rhythm(at="02:30"), "2026-10-24 12:00", "2026-10-25 00:30"),
        (rhythm(at="02:30"), "2026-10-25 00:30", "2026-10-26 01:30"),
        (rhythm("weekly", weekday=0), "2026-11-24 00:00", "2026-11-30 06:00"),
        (rhythm("monthly", month_day=31), "2027-01-31 07:00", "2027-02-28 06:00"),
        (rhythm("monthly", month_day=31), "2027-03-01 00:00", "2027-03-31 05:00"),
        (rhythm("monthly", month_day=2), "2026-12-02 06:00", "2027-01-02 06:00"),
    ],
)
def test_the_next_moment_by_the_plants_clock(given: Rhythm, after: str, wanted: str) -> None:
    assert next_due(given, utc(after)) == utc(wanted)


@pytest.mark.parametrize("at", ["00:00", "02:00", "02:30", "03:00", "23:59"])
def test_each_day_of_a_year_has_one_moment(at: str) -> None:
    moment, found = utc("2025-12-31 12:00"), []
    for _ in range(365):
        moment = next_due(rhythm(at=at), moment)
        found.append(moment)
    assert all(earlier < later for earlier, later in pairwise(found))
    assert len({each.astimezone(PARIS).date() for each in found}) == 365


def test_moments_that_came_unnoticed_are_one() -> None:
    found = come_due(rhythm(), utc("2026-11-20 06:00"), utc("2026-11-24 10:00"))
    assert found == Due(at=utc("2026-11-24 06:00"), missed=4, next=utc("2026-11-25 06:00"))
    on_time = come_due(rhythm(), utc("2026-11-24 06:00"), utc("2026-11-24 06:00"))
    assert on_time == Due(at=utc("2026-11-24 06:00"), missed=0, next=utc("2026-11-25 06:00"))
