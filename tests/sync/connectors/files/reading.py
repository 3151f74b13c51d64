"""Reads a stream as a run does, and tells what it got."""

import json
from collections.abc import Sequence
from pathlib import Path

from sync.connectors.base import Connector, Cursor, Row
from sync.errors import BadRow
from tests.sync.connectors.files import drops

HEADER = "Id,Machine,Quantity\n"


def orders(path: Path, *rows: str, age_s: float = drops.AGE_S, header: str = HEADER) -> Path:
    return drops.put(path, header + "".join(f"{row}\n" for row in rows), age_s=age_s, encoding="utf-8")


def read(source: Connector, cursor: Cursor | None = None) -> tuple[list[Row], Cursor]:
    """All rows, and the cursor behind them as it is stored."""
    rows: list[Row] = []
    at: Cursor = cursor or {}
    for page in source.read("orders", at):
        rows += page.rows
        at = json.loads(json.dumps(page.cursor))
    return rows, at


def keys(rows: Sequence[Row]) -> list[str]:
    return [row.external_key.removeprefix("order/") for row in rows]


def faults(source: Connector, rows: Sequence[Row]) -> dict[str, str]:
    """What is wrong, by the key of the row."""
    found: dict[str, str] = {}
    for row in rows:
        try:
            source.to_records("orders", row.payload)
        except BadRow as bad:
            found[row.external_key.removeprefix("order/")] = str(bad)
    return found
