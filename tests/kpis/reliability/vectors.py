"""The worked examples of reliability, with their own tolerances."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "worked_examples"
VECTORS: dict[str, dict[str, Any]] = {
    vector["id"]: vector for vector in json.loads((FOLDER / "vectors.json").read_text())["vectors"]
}


def given(name: str) -> dict[str, Any]:
    found: dict[str, Any] = VECTORS[name]["inputs"]
    return found


def check(name: str, **found: Any) -> None:
    """All expected figures of an example, to its tolerance."""
    vector = VECTORS[name]
    tolerance = vector["tolerance_abs"]
    assert set(found) == set(vector["expected"])
    for key, expected in vector["expected"].items():
        near = tolerance.get(key, tolerance.get("*")) or 1e-9
        exact = expected is None or isinstance(expected, str)
        assert found[key] == (expected if exact else pytest.approx(expected, abs=near, rel=0)), key
