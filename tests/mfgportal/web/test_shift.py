"""The timeline of a shift and of a day."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

from kpis.engine import FactRef, TimelineSpan
from kpis.models import LossClass
from kpis.rollup import rebuild
from mfgportal.web.strip import WIDTH, strip
from tests.factories import run, stop
from tests.mfgportal.web.conftest import NOW, Floor

START = datetime(2026, 11, 23, 5, tzinfo=UTC)


def span(first: int, last: int, state: LossClass, **fields: Any) -> TimelineSpan:
    """Minutes from ``START``."""
    return TimelineSpan(
        start=START + timedelta(minutes=first), end=START + timedelta(minutes=last), state=state, **fields
    )


def test_blocks_cover_the_window_to_scale() -> None:
    spans = [
        span(0, 60, LossClass.RUNNING),
        span(60, 90, LossClass.BREAKDOWN),
        span(90, 240, LossClass.UNKNOWN),
    ]
    drawn = strip(spans, START, START + timedelta(hours=4), "Europe/Paris")
    assert [(block.x, block.width) for block in drawn.blocks] == [
        ("0.000", "25.000"),
        ("25.000", "12.500"),
        ("37.500", "62.500"),
    ]
    assert drawn.future == ""


def test_spans_that_say_the_same_are_one_block_with_all_records() -> None:
    first, second = FactRef("run", 1), FactRef("run", 2)
    spans = [
        span(0, 30, LossClass.RUNNING, facts=(first,)),
        span(30, 60, LossClass.RUNNING, facts=(second, first)),
    ]
    (block,) = strip(spans, START, START + timedelta(hours=1), "UTC").blocks
    assert block.span.facts == (first, second)
    assert float(block.width) == WIDTH


def test_what_has_not_happened_is_drawn_as_not_yet() -> None:
    drawn = strip([span(0, 30, LossClass.RUNNING)], START, START + timedelta(hours=1), "UTC")
    assert (drawn.future, drawn.future_width) == ("50.000", "50.000")


def test_ticks_are_full_local_hours_also_in_a_half_hour_zone() -> None:
    drawn = strip([], START, START + timedelta(hours=8), "Asia/Kolkata")
    assert [tick.text for tick in drawn.ticks][:2] == ["11:00", "12:00"]
    assert [tick.minor for tick in drawn.ticks][:3] == [False, True, False]


def test_ticks_of_the_day_the_clock_goes_back_show_the_hour_twice() -> None:
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)
    drawn = strip([], start, start + timedelta(hours=6), "Europe/Paris")
    assert [tick.text for tick in drawn.ticks].count("02:00") == 2


def test_a_shift_shows_each_state_with_its_pattern_and_records(floor: Floor, everyone: Client) -> None:
    text = everyone.get(f"/equipment/{floor.press.pk}/shifts/2026-11-23/1/").content.decode()
    assert 'class="state-breakdown"' in text
    assert 'fill="url(#pt-breakdown)"' in text
    assert "Planned break" in text
    assert f"/events/downtime/{floor.failure.pk}/" in text
    assert "06:00 – 14:00, Europe/Paris" in text
    assert "76.2" in text


def test_time_without_a_record_is_unknown_not_down(floor: Floor, everyone: Client) -> None:
    text = everyone.get(f"/equipment/{floor.press.pk}/shifts/2026-11-23/2/").content.decode()
    assert "Unknown: no record" in text
    assert 'class="state-breakdown"' not in text


def test_an_open_stop_goes_on(floor: Floor, everyone: Client) -> None:
    text = everyone.get(f"/equipment/{floor.press.pk}/shifts/2026-11-24/1/").content.decode()
    assert "goes on" in text
    assert "Not yet" in text


def test_a_shift_is_compared_with_its_last_like(floor: Floor, everyone: Client) -> None:
    run(floor.press, START - timedelta(days=3), 240)
    stop(floor.press, START - timedelta(days=3) + timedelta(hours=4, minutes=30), 210)
    rebuild(NOW)
    text = everyone.get(f"/equipment/{floor.press.pk}/shifts/2026-11-23/1/").content.decode()
    assert re.search(r"Compared with\s+the same shift on\s+Fri 20 Nov", text)


def test_no_such_shift_or_day(floor: Floor, everyone: Client) -> None:
    assert everyone.get(f"/equipment/{floor.press.pk}/shifts/2026-11-23/9/").status_code == 404
    assert everyone.get(f"/equipment/{floor.press.pk}/shifts/2026-13-45/1/").status_code == 404


def test_the_day_the_clock_goes_back_has_25_hours(floor: Floor, everyone: Client) -> None:
    text = everyone.get(f"/equipment/{floor.press.pk}/shifts/2026-10-24/0/").content.decode()
    assert "06:00 – 06:00, Europe/Paris" in text
