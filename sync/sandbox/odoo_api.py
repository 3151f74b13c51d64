"""The ORM methods a reading client calls on the simulated Odoo, and the errors Odoo answers with."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

from sync.sandbox.odoo_domain import Positions, Searcher
from sync.sandbox.odoo_tables import ORDER, Odoo
from sync.sandbox.store import stamp

METHODS = (
    "fields_get", "search", "search_count", "search_read", "read", "context_get", "has_access",
    "check_access_rights", "formatted_read_group", "read_group",
)  # fmt: skip
READ_ONLY_METHODS = ("create", "write", "unlink", "copy")
ASK = "Contact your administrator to request access if necessary."
# Models of a real server that this account may not read, with the name Odoo shows for them.
FORBIDDEN = {
    "ir.model": "Models",
    "ir.model.fields": "Fields",
    "ir.model.data": "Model Data",
    "mail.tracking.value": "Mail Tracking Value",
    "hr.employee": "Employee",
}


class OdooError(Exception):
    """An error as JSON-RPC shows it: Odoo's class name and message."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.message = message


def access_error(message: str) -> OdooError:
    return OdooError("odoo.exceptions.AccessError", message)


class Orm:
    """`call` dispatches one model method the way execute_kw does."""

    def __init__(self, odoo: Odoo) -> None:
        self.odoo = odoo

    def call(self, uid: int, model: str, method: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Raises OdooError for everything Odoo itself would refuse."""
        kwargs = dict(kwargs)
        context = kwargs.pop("context", None) or {}
        if method.startswith("_"):
            raise access_error(f"Private methods (such as '{model}.{method}') cannot be called remotely.")
        if model not in self.odoo.tables and model not in FORBIDDEN:
            raise OdooError("odoo.exceptions.UserError", f"Object {model} doesn't exist")
        if method not in (*METHODS, *READ_ONLY_METHODS):
            raise OdooError("builtins.AttributeError", f"The method '{model}.{method}' does not exist")
        if model in FORBIDDEN:
            raise access_error(
                f"You are not allowed to access '{FORBIDDEN[model]}' ({model}) records.\n\n{ASK}"
            )
        if method in READ_ONLY_METHODS:
            raise access_error(f"You are not allowed to modify '{model}' ({model}) records.\n\n{ASK}")
        handler = getattr(Model(self.odoo, model, uid, context), method)
        return self._invoke(handler, method, args, kwargs)

    def _invoke(
        self, handler: Callable[..., Any], method: str, args: list[Any], kwargs: dict[str, Any]
    ) -> Any:
        try:
            signature(handler).bind(*args, **kwargs)
        except TypeError as error:
            function = "_read_format" if method == "search_read" else method
            raise OdooError("builtins.TypeError", f"BaseModel.{function}() {error}") from error
        try:
            return handler(*args, **kwargs)
        except ValueError as error:
            raise OdooError("builtins.ValueError", str(error)) from error


class Model:
    """One model for the length of one call."""

    def __init__(self, odoo: Odoo, model: str, uid: int, context: dict[str, Any]) -> None:
        self.odoo = odoo
        self.model = model
        self.uid = uid
        self.active_test = bool(context.get("active_test", True))
        self.table = odoo[model]
        self.searcher = Searcher(odoo, model)

    def fields_get(
        self, allfields: list[str] | None = None, attributes: list[str] | None = None
    ) -> dict[str, Any]:
        names = allfields or self.table.fields
        return {
            name: {key: value for key, value in meta.items() if attributes is None or key in attributes}
            for name, meta in self.table.fields.items()
            if name in names
        }

    def search(self, domain: list[Any], offset: int = 0, limit: int | None = None, order: str | None = None
               ) -> list[int]:  # fmt: skip
        ids = self.table.ids
        return [ids[position] for position in self._search(domain, offset, limit, order)]

    def search_count(self, domain: list[Any], limit: int | None = None) -> int:
        found = len(self.searcher.positions(domain, active_test=self.active_test))
        return min(found, limit) if limit else found

    def formatted_read_group(self, domain: list[Any], groupby: list[str] | None = None,
                             aggregates: list[str] | None = None) -> list[dict[str, Any]]:  # fmt: skip
        """Counts and sums of all rows, or by stored fields."""
        groups = self._groups(domain, groupby or [])
        return [{**key, "__extra_domain": [], **self._aggregated(positions, aggregates or [])}
                for key, positions in groups]  # fmt: skip

    def read_group(self, domain: list[Any], fields: list[str], groupby: list[str]) -> list[dict[str, Any]]:
        """The same in the words of Odoo 18 and older."""
        rows = self.formatted_read_group(domain, groupby, ["__count", *fields])
        return [{name.partition(":")[0]: value for name, value in row.items()} for row in rows]

    def _groups(self, domain: list[Any], groupby: list[str]) -> list[tuple[dict[str, Any], Positions]]:
        found = self.searcher.positions(domain, active_test=self.active_test)
        self._check_fields(groupby)
        groups: dict[tuple[Any, ...], Positions] = {} if groupby else {(): []}
        columns = [self._shown(name, found, labels=True) for name in groupby]
        for at, position in enumerate(found):
            groups.setdefault(tuple(str(column[at]) for column in columns), []).append(position)
        return [({name: self._shown(name, positions[:1], labels=True)[0] for name in groupby}, positions)
                for _, positions in sorted(groups.items())]  # fmt: skip

    def _aggregated(self, positions: Positions, aggregates: list[str]) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        for each in aggregates:
            name, _, how = each.partition(":")
            if each == "__count":
                answer[each] = len(positions)
            elif how == "sum" and name in self.table.columns:
                answer[each] = sum(self.table.columns[name][at] or 0 for at in positions)
            else:
                raise ValueError(f"Cannot convert {self.model}.{each} to SQL because it is not stored")
        return answer

    def search_read(self, domain: list[Any] | None = None, fields: list[str] | None = None, offset: int = 0,
                    limit: int | None = None, order: str | None = None, load: str | None = "_classic_read"
                    ) -> list[dict[str, Any]]:  # fmt: skip
        self._check_fields(fields)
        return self._rows(self._search(domain or [], offset, limit, order), fields, load)

    def read(self, ids: int | list[int], fields: list[str] | None = None, load: str | None = "_classic_read"
             ) -> list[dict[str, Any]]:  # fmt: skip
        """Ids that do not exist are left out, as Odoo 19 does."""
        self._check_fields(fields)
        listed = ids if isinstance(ids, list) else [ids]
        position = self.table.position
        return self._rows([position[row_id] for row_id in listed if row_id in position], fields, load)

    def context_get(self) -> dict[str, Any]:
        if self.model != "res.users":
            raise OdooError(
                "builtins.AttributeError", f"The method '{self.model}.context_get' does not exist"
            )
        return {"lang": "en_US", "tz": self.odoo["res.users"].get(self.uid, "tz"), "uid": self.uid}

    def has_access(self, operation: str) -> bool:
        return operation == "read"

    def check_access_rights(self, operation: str, raise_exception: bool = True) -> bool:
        if raise_exception and operation != "read":
            raise access_error(f"You are not allowed to {operation} '{self.model}' records.")
        return operation == "read"

    def _check_fields(self, fields: list[str] | None) -> None:
        for name in fields or ():
            if name not in self.table.fields:
                raise ValueError(f"Invalid field {name!r} on {self.model!r}")

    def _search(self, domain: list[Any], offset: int, limit: int | None, order: str | None) -> Positions:
        found = self.searcher.positions(domain, active_test=self.active_test)
        self._sort(found, order or ORDER.get(self.model, "id"))
        return found[offset : offset + limit] if limit else found[offset:]

    def _sort(self, positions: Positions, order: str) -> None:
        """Several keys: the last first, since sorting is stable. Empty values come last, as in PostgreSQL."""
        for term in reversed(order.split(",")):
            name, _, direction = term.strip().partition(" ")
            if name not in self.table.fields:
                raise ValueError(f"Invalid field {name!r} on model {self.model!r}")
            if not self.table.fields[name].get("sortable", True):
                raise ValueError(f"Cannot convert {self.model}.{name} to SQL because it is not stored")
            keys = self._sort_keys(name, positions)
            positions.sort(key=keys.__getitem__, reverse=direction.strip().lower().startswith("desc"))

    def _sort_keys(self, name: str, positions: Positions) -> dict[int, Any]:
        positions = sorted(positions)
        values = self.searcher.values(name, positions)
        relation = self.table.fields[name].get("relation")
        if relation and self.table.fields[name]["type"] == "many2one":
            labels = {each: self.odoo.label(relation, each) for each in set(values) if each}
            values = [labels.get(each) for each in values]
        return {position: (each is None, each) if each is not None else (True, 0)
                for position, each in zip(positions, values, strict=True)}  # fmt: skip

    def _rows(self, positions: Positions, fields: list[str] | None, load: str | None) -> list[dict[str, Any]]:
        names = ["id", *(name for name in fields or self.table.fields if name != "id")]
        columns = [self._shown(name, positions, labels=bool(load)) for name in names]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    def _shown(self, name: str, positions: Positions, *, labels: bool) -> list[Any]:
        """A column as it goes over the wire."""
        kind = self.table.fields[name]["type"]
        column = self.table.columns.get(name)
        values = (
            [column[at] for at in positions] if column is not None else self.searcher.values(name, positions)
        )
        if kind == "datetime":
            return [False if each is None else stamp(each) for each in values]
        if kind == "many2one" and labels:
            relation = self.table.fields[name]["relation"]
            shown = {each: [each, self.odoo.label(relation, each)] for each in set(values) if each}
            return [shown.get(each, False) for each in values]
        return [False if each is None else each for each in values]
