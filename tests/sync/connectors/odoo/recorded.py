"""Records of a real Odoo 19 behind our transport, to be changed by tests."""

import copy
import json
from collections.abc import Callable
from operator import eq, ge, gt, ne
from pathlib import Path
from typing import Any

from sync.connectors.base import Payload
from sync.connectors.odoo.faults import Call, from_answer
from sync.sandbox.odoo_domain import Node, parse

FOLDER = Path(__file__).parent.parent / "recorded"
CALL = Call("https://odoo.example.com", "mfg", "mfgportal", "mrp.workcenter", "read")
TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "!=": ne,
    ">": gt,
    ">=": ge,
    "in": lambda value, wanted: value in wanted,
    "ilike": lambda value, wanted: bool(value) and wanted.lower() in value.lower(),
}
RELATED = {
    "location_id": "stock.location",
    "location_dest_id": "stock.location",
    "picking_id": "stock.picking",
}


def recorded_errors() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "odoo_errors.json").read_text())
    return found


class RecordedOdoo:
    """A ``Transport`` over recorded records; ``calls`` keeps what was asked."""

    version = "19.0"

    def __init__(self) -> None:
        models = json.loads((FOLDER / "odoo_records.json").read_text())
        self.fields: dict[str, dict[str, str]] = {name: model["fields"] for name, model in models.items()}
        self.records: dict[str, dict[int, Payload]] = {
            name: {row["id"]: row for row in model["records"]} for name, model in models.items()
        }
        self.calls: list[tuple[str, str]] = []

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        self.calls.append((model, method))
        if model not in self.fields:
            data = {"name": "odoo.exceptions.UserError", "message": f"Object {model} doesn't exist"}
            raise from_answer({"data": data}, CALL)
        answer: Callable[..., Any] = getattr(self, f"_{method}")
        return answer(model, *args, **kwargs)

    def close(self) -> None:
        """Nothing to close."""

    def _fields_get(self, model: str, *, attributes: list[str]) -> Any:
        return {name: {"type": found} for name, found in self.fields[model].items()}

    def _matching(self, model: str, domain: list[Any]) -> list[Payload]:
        return [row for _, row in sorted(self.records[model].items()) if self._fits(row, parse(domain))]

    def _fits(self, row: Payload, node: Node) -> bool:
        kind, content = node
        if kind in ("&", "|"):
            return (all if kind == "&" else any)(self._fits(row, part) for part in content)
        path, test, wanted = content
        name, _, rest = str(path).partition(".")
        if path == 1:
            return True
        value = _compared(row[name])
        if rest:
            value = self.records[RELATED[name]][value][rest] if value else False
        return bool(TESTS[test](value, wanted))

    def _search_count(self, model: str, domain: list[Any]) -> int:
        return len(self._matching(model, domain))

    def _search(self, model: str, domain: list[Any], *, order: str, limit: int) -> list[int]:
        assert order == "id"
        return [row["id"] for row in self._matching(model, domain)][:limit]

    def _read(self, model: str, ids: list[int], *, fields: list[str]) -> list[Payload]:
        rows = [self.records[model][one] for one in ids if one in self.records[model]]
        return copy.deepcopy([{"id": row["id"], **{name: row[name] for name in fields}} for row in rows])

    def _search_read(
        self, model: str, domain: list[Any], *, fields: list[str], order: str, limit: int
    ) -> Any:
        assert order == "write_date desc, id desc"
        found = sorted(self._matching(model, domain), key=lambda row: (row["write_date"], row["id"]))
        return [{"id": row["id"], **{name: row[name] for name in fields}} for row in found[::-1][:limit]]


def _compared(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value
