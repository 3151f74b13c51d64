"""The audit of requirements fails on what is known, and never takes silence for an answer."""

import json
from typing import Any

import pytest

from tests.dependencies import verdict

GOOD = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1"]}]}
UNKNOWN = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("rows", "code", "says"),
    [
        ([GOOD], 0, "0, of 1 checked"),
        ([GOOD, BAD], 1, "b 2: CVE-1, mended in 2.1"),
        ([UNKNOWN, UNKNOWN], 0, "NOT CHECKED, as the index does not know them: 2 of 2"),
    ],
)
def test_what_is_known(rows: list[dict[str, Any]], code: int, says: str) -> None:
    given, said = verdict(json.dumps({"dependencies": rows}))
    assert (given, says in said) == (code, True)


def test_no_answer_is_said_to_be_none() -> None:
    assert "NOT CHECKED" in verdict("")[1]
