"""How well a thing answers to what was typed. Pure."""

import re
from collections.abc import Iterable
from enum import IntEnum

SIGNS = re.compile(r"[\W_]+")


class Match(IntEnum):
    """Best first."""

    CODE = 0
    NAME = 1
    CODE_PREFIX = 2
    NAME_PREFIX = 3
    WORD = 4
    PART = 5
    FUZZY = 6


def match(query: str, codes: Iterable[str], name: str) -> Match | None:
    """The best way in which one of its codes, or its name, answers; None: in none.

    Case does not matter; of codes, signs between letters and digits do not either.
    """
    wanted, plain = query.casefold().strip(), bare(query)
    known = [code for code in codes if code]
    bares = [found for code in known if (found := bare(code))]
    title = name.casefold()
    if plain and plain in bares:
        return Match.CODE
    if title == wanted:
        return Match.NAME
    if plain and any(code.startswith(plain) for code in bares):
        return Match.CODE_PREFIX
    if wanted and title.startswith(wanted):
        return Match.NAME_PREFIX
    return _by_words(wanted, " ".join((title, *(code.casefold() for code in known))))


def _by_words(wanted: str, text: str) -> Match | None:
    words, inside = wanted.split(), SIGNS.split(text)
    if not words:
        return None
    if all(any(each.startswith(word) for each in inside) or f" {word}" in f" {text}" for word in words):
        return Match.WORD
    return Match.PART if all(word in text for word in words) else None


def bare(code: str) -> str:
    """A code without case and signs: ``WO-123`` is wo123."""
    return SIGNS.sub("", code).casefold()
