"""The queue's small words: spans of time, fields, values."""

from datetime import timedelta
from typing import Any

import pytest

from mfgportal.web.sides import text, words
from mfgportal.web.templatetags.queue import pretty, span


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "—"),
        (0, "0 s"),
        (-3, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (300, "5 min"),
        (3661, "1 h 1 min"),
        (timedelta(days=3, hours=4), "3 d 4 h"),
        (timedelta(days=2, minutes=5), "2 d"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(value: Any, expected: str) -> None:
    assert span(value) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("end", "End"),
        ("ideal_cycle_s", "Ideal cycle, seconds"),
        ("payload.date_start", "Date start"),
    ],
)
def test_a_field_is_named_for_people(name: str, expected: str) -> None:
    assert words(name) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "–"),
        ("", "–"),
        (0, "0"),
        (True, "yes"),
        ("2026-03-02T08:00:00+01:00", "2 Mar 2026, 07:00:00 UTC"),
        ("2026-03-02", "2026-03-02"),
        ("snake_case stays", "snake_case stays"),
    ],
)
def test_a_value_is_shown_for_people(value: Any, expected: str) -> None:
    assert text(value) == expected


def test_a_payload_has_a_line_per_member() -> None:
    assert pretty({"name": "Zuführung", "id": 4}) == '{\n  "name": "Zuführung",\n  "id": 4\n}'
