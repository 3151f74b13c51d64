"""How alike two names are: by their words, then by their numbers, which tell two of a kind apart."""

import re
from typing import Any

from rapidfuzz import fuzz, utils

NUMBER = re.compile(r"\d+")
OTHER_NUMBER, NO_NUMBER = 0.75, 0.95


def likeness(one: str, other: str, *, score_cutoff: float | None = None, **_: Any) -> float:
    """0 to 100. "Drill 1" is like "Drilling machine 1", less "Drilling machine 2", not "Press 1"."""
    score = fuzz.WRatio(_words(one), _words(other)) * _numbers_agree(one, other)
    return score if score_cutoff is None or score >= score_cutoff else 0.0


def _words(name: str) -> str:
    words = utils.default_process(NUMBER.sub(" ", name))
    return " ".join(words.split()) or utils.default_process(name)


def _numbers_agree(one: str, other: str) -> float:
    mine, theirs = ({number.lstrip("0") for number in NUMBER.findall(name)} for name in (one, other))
    if mine == theirs:
        return 1.0
    return OTHER_NUMBER if mine and theirs and not mine & theirs else NO_NUMBER
