"""The five questions we ask Odoo, with what protects us from its answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sync.connectors.base import Payload
from sync.connectors.odoo.faults import RowsGone
from sync.connectors.odoo.transport import Transport
from sync.errors import SourceRefused, SourceUnavailable

Domain = Sequence[Any]
CHUNK = 500
ID_SLICE = 10_000


class OdooApi:
    """Reads by ids first, then rows: cheap, and safe over a set that changes meanwhile.

    Args:
        options: the source's own settings, for streams that depend on them.
    """

    def __init__(self, transport: Transport, options: Mapping[str, Any] = MappingProxyType({})) -> None:
        self.transport = transport
        self.options = options
        self._types: dict[str, dict[str, str]] = {}

    def types(self, model: str, *, fresh: bool = False) -> dict[str, str]:
        """Field name → type, as the account may see them."""
        if fresh or model not in self._types:
            found = shaped(dict, self.transport.call(model, "fields_get", attributes=["type"]), model)
            self._types[model] = {name: str(field.get("type")) for name, field in found.items()}
        return self._types[model]

    def readable(self, model: str) -> bool:
        """Whether the model is installed and the account may read it."""
        try:
            self.types(model)
            self.count(model)
        except SourceRefused:
            return False
        return True

    def count(self, model: str, domain: Domain = ()) -> int:
        return int(shaped(int, self.transport.call(model, "search_count", list(domain)), model))

    def ids(self, model: str, domain: Domain = (), *, after: int = 0) -> Iterator[int]:
        """Ids above ``after``, ascending; asked in slices so that no answer is huge."""
        while True:
            found = self._ids(model, [*domain, ["id", ">", after]])
            yield from found
            if len(found) < ID_SLICE:
                return
            after = found[-1]

    def _ids(self, model: str, domain: Domain) -> list[int]:
        found = self.transport.call(model, "search", list(domain), order="id", limit=ID_SLICE)
        if not isinstance(found, list) or not all(type(one) is int and one > 0 for one in found):
            raise SourceUnavailable(
                f"Odoo answered the search in {model} with something that is not a list of ids."
            )
        return sorted(set(found))

    def rows(self, model: str, ids: Iterable[int], fields: Iterable[str]) -> list[Payload]:
        """Rows of these ids, ascending; deleted ones are left out."""
        wanted = sorted({one for one in ids if one})  # an empty id would read a row of defaults
        if not wanted:
            return []
        try:
            found = self.transport.call(model, "read", wanted, fields=list(fields))
        except RowsGone:
            found = self._rows_left(model, wanted, fields)
        return by_id(found, model)

    def _rows_left(self, model: str, wanted: list[int], fields: Iterable[str]) -> list[Payload]:
        left = self._ids(model, [["id", "in", wanted]])
        found: list[Payload] = self.transport.call(model, "read", left, fields=list(fields)) if left else []
        return found

    def find(self, model: str, domain: Domain, fields: Iterable[str]) -> list[Payload]:
        """All rows of a small set, e.g. the rows that belong to a page."""
        ids = list(self.ids(model, domain))
        wanted = list(fields)
        return [
            row for at in range(0, len(ids), CHUNK) for row in self.rows(model, ids[at : at + CHUNK], wanted)
        ]

    def newest(self, model: str) -> str:
        """Largest ``write_date``: the server's clock, as far as it shows in this model; "" when empty."""
        found = self.transport.call(
            model, "search_read", [], fields=["write_date"], order="write_date desc, id desc", limit=1
        )
        newest = by_id(found, model)
        return str(newest[0].get("write_date") or "") if newest else ""


def by_id(found: Any, model: str) -> list[Payload]:
    """Rows by ascending id. One that came twice is one: sums over rows would count it double."""
    rows = shaped(list, found, model)
    if not all(isinstance(row, dict) and type(row.get("id")) is int for row in rows):
        raise SourceUnavailable(f"Odoo answered with rows of {model} that have no id.")
    return [row for _, row in sorted({row["id"]: row for row in rows}.items())]


def shaped(kind: type, found: Any, model: str) -> Any:
    """``found``, if it is of that kind; whatever else it is, it is not what Odoo answers."""
    if not isinstance(found, kind):
        raise SourceUnavailable(
            f"Odoo answered a question about {model} with something else: a {type(found).__name__}."
        )
    return found
