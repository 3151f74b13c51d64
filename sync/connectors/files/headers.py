"""Which column is where: the schema of a file is its header row."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from rapidfuzz import fuzz, process

from sync.connectors.declared.expressions import plain_text
from sync.connectors.files.declaration import Column, FileStream
from sync.errors import SchemaDrift

LIKELY = 60.0
SHOWN = 40


def places(stream: FileStream, where: str, cells: Sequence[Any]) -> dict[str, int]:
    """The place of each column that is there, from 0.

    Args:
        where: the file, and the sheet, as people call it.

    Raises:
        SchemaDrift: a column is missing, or is there twice.
    """
    headers = [plain_text(cell) or "" for cell in cells]
    spots = {name: _spots(column, headers) for name, column in stream.columns.items()}
    found = {name: spot[0] for name, spot in spots.items() if len(spot) == 1}
    free = [header for place, header in enumerate(headers) if place not in found.values()]
    problems = [
        _twice(name, column, len(spots[name]), where)
        if spots[name]
        else _missing(name, column, headers, free, where)
        for name, column in stream.columns.items()
        if name not in found and (spots[name] or not column.optional)
    ]
    if problems:
        raise SchemaDrift(stream.model, problems)
    return found


def _spots(column: Column, headers: Sequence[str]) -> list[int]:
    if column.position is not None:
        return [column.position - 1]
    for wanted in column.header:
        exact = [place for place, header in enumerate(headers) if header == wanted.strip()]
        alike = [place for place, header in enumerate(headers) if _folded(header) == _folded(wanted)]
        if exact or alike:
            return exact or alike
    return []


def _folded(header: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", header).casefold().split())


def _wanted(column: Column) -> str:
    return " or ".join(f"“{header}”" for header in column.header)


def _twice(name: str, column: Column, times: int, where: str) -> str:
    return f"{name}: {where} has the column {_wanted(column)} {times} times, expected it once"


def _missing(name: str, column: Column, headers: Sequence[str], free: Sequence[str], where: str) -> str:
    """``free``: headers that are no other column's."""
    there = [f"“{header:.60}”" for header in headers if header][:SHOWN]
    found = f"found {', '.join(there) or 'an empty row'}{_likely(column, free)}"
    return f"{name}: {where} has no column {_wanted(column)}, {found}"


def _likely(column: Column, free: Sequence[str]) -> str:
    choices: Mapping[str, str] = {header: _folded(header) for header in free if header}
    matches = [
        match
        for wanted in column.header
        if (match := process.extractOne(_folded(wanted), choices, scorer=fuzz.WRatio, score_cutoff=LIKELY))
    ]
    if not matches:
        return ""
    _, score, header = max(matches, key=lambda match: match[1])
    return f"; is it “{header:.60}” now ({score:.0f} % alike)?"
