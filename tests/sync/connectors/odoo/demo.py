"""Odoo 19's own demo database, as a real server was recorded to show it, served over JSON-RPC.

Of products the newest 50 were recorded, with their stock; of the 40-hour calendars that are alike, one; of
moves and analytic lines the newest that name no work order.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import RLock
from typing import Any

from sync.sandbox.odoo_api import OdooError, Orm, access_error
from sync.sandbox.odoo_server import OdooServer
from sync.sandbox.odoo_tables import Compute, Odoo
from sync.sandbox.store import Table, real_fields
from sync.sandbox.wire import Server
from tests.sync.connectors.odoo.recorded import FOLDER

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
"""Minutes after the last thing that was recorded."""
Row = dict[str, Any]


def recorded() -> dict[str, list[Row]]:
    """Rows by model, as they came over the wire; free to be changed."""
    found: dict[str, list[Row]] = json.loads((FOLDER / "odoo_demo.json").read_text())
    return found


class DemoTables(Odoo):
    """Tables over recorded rows. Labels are those that were recorded with the references."""

    def __init__(self, rows: dict[str, list[Row]]) -> None:
        self.labels = {
            (real_fields()[model][name]["relation"], value[0]): value[1]
            for model, found in rows.items()
            for row in found
            for name, value in row.items()
            if real_fields()[model][name]["type"] == "many2one" and value
        }
        self.tables = {model: _table(model, found) for model, found in rows.items()}
        self.now = int(NOW.timestamp())

    def label(self, model: str, row_id: int) -> str:
        return str(self.labels.get((model, row_id), f"{model},{row_id}"))

    def derived(self, model: str, field: str) -> Compute | None:
        return None


def _table(model: str, rows: list[Row]) -> Table:
    names = dict.fromkeys(name for row in rows for name in row)
    table = Table(model, [name for name in names if name not in ("id", "create_date", "write_date")])
    table.fields = dict(table.fields)
    for row in rows:
        table.position[row["id"]] = len(table.position)
        for name, column in table.columns.items():
            column.append(_inner(table, name, row.get(name, False)))
    return table


def _inner(table: Table, name: str, value: Any) -> Any:
    kind = table.fields[name]["type"]
    if kind == "datetime" and value:
        return int(datetime.fromisoformat(value).replace(tzinfo=UTC).timestamp())
    if kind == "many2one" and value:
        return value[0]
    return None if value is False and kind != "boolean" else value


class Rights(Orm):
    """What the account may see.

    ``forbidden``: models it may not read; ``missing``: of apps that are not installed; ``hidden``: of which
    record rules leave it nothing.
    """

    def __init__(self, odoo: Odoo) -> None:
        super().__init__(odoo)
        self.forbidden: set[str] = set()
        self.missing: set[str] = set()
        self.hidden: set[str] = set()

    def call(self, uid: int, model: str, method: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if model in self.missing:
            raise OdooError("odoo.exceptions.UserError", f"Object {model} doesn't exist")
        if model in self.forbidden and method != "fields_get":
            raise access_error(f"You are not allowed to access '{model}' ({model}) records.")
        found = super().call(uid, model, method, args, kwargs)
        if model in self.hidden and method != "fields_get":
            return 0 if method == "search_count" else []
        return found


class Demo:
    """A running stand-in. ``rows`` changed before ``start`` are what it serves; ``rights`` may change."""

    def __init__(self, rows: dict[str, list[Row]]) -> None:
        self.odoo = DemoTables(rows)
        self.lock = RLock()
        self.server = OdooServer(self)  # type: ignore[arg-type]  # a factory whose books never move
        self.rights = self.server.orm = Rights(self.odoo)
        self.http = Server(self.server.answer, "127.0.0.1", 0, lambda: self.odoo.now)

    @property
    def url(self) -> str:
        return self.http.url

    def tick(self) -> None:
        """Nothing goes on in a recording."""


@contextmanager
def served(rows: dict[str, list[Row]] | None = None) -> Iterator[Demo]:
    """Serve the recording, or rows made from it."""
    demo = Demo(rows or recorded())
    try:
        yield demo
    finally:
        demo.http.close()
