"""Odoo search domains evaluated over a column store, with the semantics of Odoo 19."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sync.sandbox.odoo_tables import Odoo

Positions = list[int]
Node = tuple[str, Any]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}
LIKE = ("like", "ilike", "not like", "not ilike", "=like", "=ilike", "not =like", "not =ilike")
OPERATORS = (
    "=",
    "!=",
    "<>",
    "==",
    "=?",
    "in",
    "not in",
    "child_of",
    "parent_of",
    "any",
    "not any",
    *COMPARE,
    *LIKE,
)
STAMPS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")


def parse(domain: Sequence[Any]) -> Node:
    """Prefix notation to a tree; terms without an operator are joined by "and".

    Raises:
        ValueError: an item that is neither an operator nor a triple, in Odoo's words.
    """
    stack: list[Node] = []
    for item in reversed(list(domain)):
        if isinstance(item, list | tuple) and len(item) == 3:
            stack.append(("leaf", tuple(item)))
        elif item == "!" and stack:
            stack.append(("!", stack.pop()))
        elif item in ("&", "|") and len(stack) > 1:
            stack.append((item, (stack.pop(), stack.pop())))
        elif item in ("&", "|", "!"):
            raise ValueError(f"Domain() malformed: missing condition for operator {item!r}")
        else:
            raise ValueError(f"Domain() invalid item in domain: {item!r}")
    tree = stack.pop() if stack else ("leaf", (1, "=", 1))
    while stack:
        tree = ("&", (tree, stack.pop()))
    return tree


def mentions(node: Node, field: str) -> bool:
    kind, content = node
    if kind == "leaf":
        return bool(content[0] == field)
    return mentions(content, field) if kind == "!" else any(mentions(each, field) for each in content)


class Searcher:
    """Evaluates domains on one model."""

    def __init__(self, odoo: Odoo, model: str) -> None:
        self.odoo = odoo
        self.model = model
        self.table = odoo[model]

    def positions(self, domain: Sequence[Any], *, active_test: bool = True) -> Positions:
        """Positions of the matching rows in creation order."""
        tree = parse(domain)
        found: Positions = list(range(len(self.table)))
        if active_test and "active" in self.table.columns and not mentions(tree, "active"):
            active = self.table.columns["active"]
            found = [position for position in found if active[position]]
        return self._match(tree, found)

    def _match(self, node: Node, among: Positions) -> Positions:
        kind, content = node
        if kind == "leaf":
            return self._leaf(content, among)
        if kind == "!":
            out = set(self._match(content, among))
            return [position for position in among if position not in out]
        first, second = content
        if kind == "&":
            return self._match(second, self._match(first, among))
        either = {*self._match(first, among), *self._match(second, among)}
        return [position for position in among if position in either]

    def _leaf(self, leaf: tuple[Any, str, Any], among: Positions) -> Positions:
        field, operator, value = leaf
        if field in (0, 1) and operator == "=":
            return among if field == value else []
        name, _, rest = str(field).partition(".")
        meta = self.table.fields.get(name)
        if meta is None:
            raise ValueError(f"Invalid field {self.model}.{name} in condition {leaf!r}")
        if operator not in OPERATORS:
            raise ValueError(f"Invalid operator in condition {leaf!r}")
        if not meta.get("searchable", True):
            raise ValueError(f"Cannot convert {self.model}.{name} to SQL because it is not stored")
        values = self.values(name, among)
        if rest or operator in ("any", "not any"):
            test = self._through(
                meta, [(rest, operator, value)] if rest else value, negate=operator == "not any"
            )
        else:
            test = self._test(name, meta, operator, value)
        return [position for position, each in zip(among, values, strict=True) if test(each)]

    def values(self, name: str, among: Positions) -> list[Any]:
        """The column of a field at these positions, computed when it is not kept."""
        column = self.table.columns.get(name)
        if column is not None:
            return [column[position] for position in among] if len(among) < len(column) else column
        compute = self.odoo.derived(self.model, name)
        ids = self.table.ids
        if compute:
            return [compute(self.odoo, self.table.row(ids[position])) for position in among]
        if name == "display_name":
            return [self.odoo.label(self.model, ids[position]) for position in among]
        return [self.table.empty(name)] * len(among)

    def _through(self, meta: dict[str, Any], domain: list[Any], *, negate: bool) -> Callable[[Any], bool]:
        relation = meta.get("relation")
        if relation not in self.odoo.tables:
            return lambda _: negate
        target = Searcher(self.odoo, relation)
        ids = target.table.ids
        hits = {ids[position] for position in target.positions(domain, active_test=False)}
        return lambda value: _touches(value, hits) is not negate

    def _test(self, name: str, meta: dict[str, Any], operator: str, value: Any) -> Callable[[Any], bool]:
        if operator == "=?":
            if value in (False, None):
                return lambda _: True
            operator = "="
        if operator in ("child_of", "parent_of"):
            relation = str(meta.get("relation") or self.model)
            family = self._family(relation, value, down=operator == "child_of")
            return lambda each: _touches(each, family)
        if operator in LIKE:
            return self._like(meta, operator, value)
        if operator in COMPARE:
            compare, wanted = COMPARE[operator], _literal(meta, value)
            return lambda each: each is not None and wanted is not None and compare(each, wanted)
        return self._equals(name, meta, operator, value)

    def _equals(self, name: str, meta: dict[str, Any], operator: str, value: Any) -> Callable[[Any], bool]:
        negate = operator in ("!=", "<>", "not in")
        listed = value if isinstance(value, list | tuple) else [value]
        if meta.get("relation") and any(isinstance(each, str) for each in listed):
            target = Searcher(self.odoo, meta["relation"])
            ids = target.table.ids
            wanted = {ids[at] for at in target.positions([("display_name", "in", listed)], active_test=False)}
        else:
            wanted = {_literal(meta, each) for each in listed}
        if meta["type"] == "boolean":
            wanted = {bool(each) for each in wanted}
        if meta["type"] in ("one2many", "many2many"):
            none = None in wanted
            return lambda each: (_touches(each, wanted) or (none and not each)) is not negate
        return lambda each: (each in wanted) is not negate

    def _like(self, meta: dict[str, Any], operator: str, value: Any) -> Callable[[Any], bool]:
        negate = operator.startswith("not ")
        bare = operator.removeprefix("not ")
        text = str(value or "")
        pattern = (
            re.escape(text if bare.startswith("=") else f"%{text}%").replace("%", ".*").replace("_", ".")
        )
        regex = re.compile(pattern, re.DOTALL | (re.IGNORECASE if "ilike" in bare else 0))
        relation = meta.get("relation")

        def test(each: Any) -> bool:
            shown = self.odoo.label(relation, each) if relation and isinstance(each, int) else each
            return (bool(shown) and bool(regex.fullmatch(str(shown)))) is not negate

        return test

    def _family(self, relation: str, value: Any, *, down: bool) -> set[Any]:
        found = set(value if isinstance(value, list | tuple) else [value])
        table = self.odoo.tables.get(relation)
        if table is None or "parent_id" not in table.columns:
            return found
        parents = dict(zip(table.ids, table.columns["parent_id"], strict=True))
        for _ in parents:
            more = {a if down else b for a, b in parents.items() if (b if down else a) in found} - found
            if not more:
                break
            found |= more
        return found


def _touches(value: Any, ids: set[Any]) -> bool:
    return any(each in ids for each in value) if isinstance(value, list | tuple) else value in ids


def _literal(meta: dict[str, Any], value: Any) -> Any:
    """A domain's value as the store keeps it. Datetimes are cut to whole seconds, as Odoo 19 does."""
    if value is False and meta["type"] != "boolean":
        return 0 if meta["type"] in ("integer", "float", "monetary") else None
    if meta["type"] != "datetime" or not isinstance(value, str):
        return value
    text = re.sub(r"\.\d+$", "", value)
    for form in STAMPS:
        try:
            return int(datetime.strptime(text, form).replace(tzinfo=UTC).timestamp())
        except ValueError:
            continue
    raise ValueError(f"time data {value!r} does not match format '%Y-%m-%d %H:%M:%S'")
