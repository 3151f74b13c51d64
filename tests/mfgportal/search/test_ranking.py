"""How well a name or a code answers to what was typed."""

import pytest

from mfgportal.search.ranking import Match, match


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("PRESS-1", Match.CODE),
        ("press 1", Match.CODE),
        ("asset/7", Match.CODE),
        ("big press", Match.NAME),
        ("pre", Match.CODE_PREFIX),
        ("big pr", Match.NAME_PREFIX),
        ("press big", Match.WORD),
        ("ress", Match.PART),
        ("lathe", None),
        ("big lathe", None),
        ("", None),
        ("--", None),
    ],
)
def test_the_best_way_counts(query: str, expected: Match | None) -> None:
    assert match(query, ("PRESS-1", "asset/7"), "Big press") == expected


def test_without_a_code_the_name_answers() -> None:
    assert match("seal", ("",), "Seal") == Match.NAME
    assert match("!", ("",), "Seal") is None
