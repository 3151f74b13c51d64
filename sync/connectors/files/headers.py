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
    found: dict[str, int] = {}
    problems: list[str] = []
    for name, column in stream.columns.items():
        spots = _spots(column, headers)
        if len(spots) == 1:
            found[name] = spots[0]
        elif spots or not column.optional:
            problems.append(_problem(name, column, headers, spots, where))
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


def _problem(name: str, column: Column, headers: Sequence[str], spots: list[int], where: str) -> str:
    wanted = " or ".join(f"“{header}”" for header in column.header)
    if spots:
        return f"{name}: {where} has the column {wanted} {len(spots)} times, expected it once"
    there = [header for header in headers if header]
    said = ", ".join(f"“{header:.60}”" for header in there[:SHOWN]) or "an empty row"
    return f"{name}: {where} has no column {wanted}, found {said}{_likely(column, there)}"


def _likely(column: Column, there: Sequence[str]) -> str:
    choices: Mapping[str, str] = {header: _folded(header) for header in there}
    matches = [
        match
        for wanted in column.header
        if (match := process.extractOne(_folded(wanted), choices, scorer=fuzz.WRatio, score_cutoff=LIKELY))
    ]
    if not matches:
        return ""
    _, score, header = max(matches, key=lambda match: match[1])
    return f"; is it “{header:.60}” now ({score:.0f} % alike)?"
