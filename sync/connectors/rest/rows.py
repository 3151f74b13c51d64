"""Raw rows → rows to land: the fields that are kept, what other lists say of them, and their keys."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sync.connectors.base import Payload, Row
from sync.connectors.declared import contract
from sync.connectors.declared.expressions import find, plain_text
from sync.connectors.rest.client import Api
from sync.connectors.rest.declaration import Embed, RestStream
from sync.connectors.rest.listing import Lister
from sync.errors import BadRow, SourceRefused

MOST = 1000


class Lists:
    """Other streams' lists by key, read once per connector and only when a row needs them."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._read: dict[tuple[str, str], dict[str, Payload]] = {}

    def by_key(self, embed: Embed) -> Mapping[str, Payload]:
        have = (embed.stream, embed.by)
        if have not in self._read:
            self._read[have] = self._all(embed)
        return self._read[have]

    def _all(self, embed: Embed) -> dict[str, Payload]:
        stream = self._api.declaration.streams[embed.stream]
        found: dict[str, Payload] = {}
        try:
            for page in Lister(self._api, stream).pages({}, {}):
                found |= {plain_text(find(embed.by, row)) or "": row for row in page.rows}
        except SourceRefused:
            if not embed.optional:
                raise
        return found


def embedded(lists: Lists, embed: Embed, row: Payload) -> Any:
    """What a list says of a row; None where it says nothing."""
    key = plain_text(find(embed.from_, row))
    if not key:
        return None
    known = lists.by_key(embed)
    if key not in known:
        return None
    own = contract.kept(known[key], embed.keep)
    return {**own, "path": _path(embed, key, known)} if embed.parent else own


def _path(embed: Embed, key: str, known: Mapping[str, Payload]) -> list[str]:
    """Keys from the root down to this one; a ring in the data ends where it closes."""
    path: list[str] = []
    while key and key in known and key not in path:
        path.append(key)
        key = plain_text(find(embed.parent or "", known[key])) or ""
    return path[::-1]


def to_land(stream: RestStream, lists: Lists, found: Sequence[Payload]) -> list[Row]:
    """Rows as they are landed; of a key that comes twice on a page, the last.

    Raises:
        SchemaDrift: the rows are not as declared; none of them is handed on.
    """
    contract.check(stream.model, stream.fields, found)
    rows = [_row(stream, lists, one) for one in stream.present(found)]
    return list({row.external_key: row for row in rows}.values())


def _row(stream: RestStream, lists: Lists, found: Payload) -> Row:
    payload = contract.kept(found, list(stream.fields))
    payload |= {name: embedded(lists, embed, found) for name, embed in stream.embed.items()}
    if "parent" in stream.added:
        payload["parent"] = found["parent"]
    return Row(stream.external_key(payload), payload, changed_at(stream, found))


def changed_at(stream: RestStream, row: Payload) -> datetime | None:
    """When the row last changed; None where it does not say in a way we know. The mapping judges that."""
    try:
        return stream.changed_at(row)
    except (BadRow, ValueError):
        return None
