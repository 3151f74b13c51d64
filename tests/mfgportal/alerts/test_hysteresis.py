"""Opening and closing: a value that stays in the band never makes an alert come and go."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfgportal.alerts.hysteresis import Decision, Mark, decide, mark

LIMIT, CLOSING = 0.60, 0.65
VALUES = st.lists(st.floats(0, 1), max_size=60)
COUNTS = st.integers(1, 4)


def changes(marks: Sequence[Mark], open_after: int, close_after: int) -> list[Decision]:
    """What happens as one bucket after the other comes in."""
    is_open = False
    found: list[Decision] = []
    for end in range(1, len(marks) + 1):
        decision = decide(marks[:end], is_open=is_open, open_after=open_after, close_after=close_after)
        if decision is not Decision.STAY:
            is_open = decision is Decision.OPEN
            found.append(decision)
    return found


def marks_of(values: Sequence[float]) -> list[Mark]:
    return [mark(value, LIMIT, CLOSING, above=False) for value in values]


@pytest.mark.parametrize(
    ("value", "above", "found"),
    [
        (0.59, False, Mark.BREACH),
        (0.60, False, Mark.BAND),
        (0.64, False, Mark.BAND),
        (0.65, False, Mark.CLEAR),
        (0.61, True, Mark.BREACH),
        (0.60, True, Mark.BAND),
        (0.55, True, Mark.CLEAR),
    ],
)
def test_a_value_stands_beyond_between_or_inside(value: float, above: bool, found: Mark) -> None:
    assert mark(value, 0.60, 0.55 if above else 0.65, above=above) == found


def test_it_takes_so_many_in_a_row() -> None:
    bad, band, good = Mark.BREACH, Mark.BAND, Mark.CLEAR
    assert changes([bad, good, bad, bad], 2, 1) == [Decision.OPEN]
    assert changes([bad, bad, good, band, good, good], 2, 2) == [Decision.OPEN, Decision.CLOSE]
    assert changes([bad], 2, 1) == []


@given(st.lists(st.floats(LIMIT, CLOSING, exclude_max=True), max_size=40), COUNTS, COUNTS, st.booleans())
def test_it_never_changes_inside_the_band(
    values: list[float], open_after: int, close_after: int, open_before: bool
) -> None:
    start = [Mark.BREACH] * open_after if open_before else []
    found = changes(start + marks_of(values), open_after, close_after)
    assert found == ([Decision.OPEN] if open_before else [])


@given(VALUES, COUNTS, COUNTS)
def test_opening_and_closing_alternate_and_each_rests_on_its_own_side(
    values: list[float], open_after: int, close_after: int
) -> None:
    found = changes(marks_of(values), open_after, close_after)
    assert found == [Decision.OPEN if n % 2 == 0 else Decision.CLOSE for n in range(len(found))]
    beyond, inside = (sum(test) for test in ([v < LIMIT for v in values], [v >= CLOSING for v in values]))
    assert found.count(Decision.OPEN) * open_after <= beyond
    assert found.count(Decision.CLOSE) * close_after <= inside


@given(VALUES, COUNTS, COUNTS, st.booleans())
def test_the_same_buckets_again_change_nothing(
    values: list[float], open_after: int, close_after: int, is_open: bool
) -> None:
    """A look that opens does not close at the next look at the same data, nor the other way round."""
    marks = marks_of(values)
    first = decide(marks, is_open=is_open, open_after=open_after, close_after=close_after)
    if first is not Decision.STAY:
        now_open = first is Decision.OPEN
        again = decide(marks, is_open=now_open, open_after=open_after, close_after=close_after)
        assert again is Decision.STAY


@given(VALUES, COUNTS, COUNTS)
def test_high_values_are_bad_the_same_way(values: list[float], open_after: int, close_after: int) -> None:
    low = marks_of(values)
    high = [mark(-value, -LIMIT, -CLOSING, above=True) for value in values]
    assert changes(low, open_after, close_after) == changes(high, open_after, close_after)
