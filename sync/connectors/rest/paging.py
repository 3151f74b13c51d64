"""The ways APIs page. A state says which page is next; it is JSON, so that it can wait in a cursor."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import httpx
from pydantic import Field

from sync.connectors.base import Payload
from sync.connectors.declared.expressions import Path, find, plain_text, truthy
from sync.connectors.declared.rules import Declared

State = dict[str, Any]
Size = Annotated[int, Field(ge=1, le=1000)]


class Pager(Declared):
    """What all ways share. ``size`` is what requests find as ``{size}``."""

    size: Size = 100

    def context(self, state: State) -> dict[str, Any]:
        """What request templates may use of the state."""
        return dict(state)

    def following(self, state: State, body: Any, headers: httpx.Headers, rows: Sequence[Payload]) -> State:
        """The state of the next page; {} when there is none."""
        return {}


class Unpaged(Pager):
    """All rows in one answer."""

    type: Literal["none"] = "none"


class Counted(Pager):
    """``more``: JMESPath that is true while there are further pages; else a short page is the last."""

    more: Path | None = None

    def ends(self, body: Any, rows: Sequence[Payload], size: int) -> bool:
        if not rows:
            return True
        return not truthy(self.more, body) if self.more is not None else len(rows) < size


class Numbered(Counted):
    """Pages have numbers: ``{page}``, counted from ``first``."""

    type: Literal["page"]
    first: int = 1

    def context(self, state: State) -> dict[str, Any]:
        return {"page": state.get("page", self.first)}

    def following(self, state: State, body: Any, headers: httpx.Headers, rows: Sequence[Payload]) -> State:
        return {} if self.ends(body, rows, self.size) else {"page": state.get("page", self.first) + 1}


class Offset(Counted):
    """Pages begin at a row: ``{offset}``, counted from ``first``.

    Each page begins with the last row of the one before: another row there means that rows moved meanwhile.
    """

    type: Literal["offset"]
    first: int = 0
    size: Annotated[int, Field(ge=2, le=1000)] = 100

    def context(self, state: State) -> dict[str, Any]:
        return {"offset": state.get("offset", self.first)}

    def following(self, state: State, body: Any, headers: httpx.Headers, rows: Sequence[Payload]) -> State:
        if self.ends(body, rows, self.size) or (state and len(rows) == 1):
            return {}
        return {"offset": state.get("offset", self.first) + len(rows) - 1}


class Cursored(Pager):
    """Each answer names the next page: ``{cursor}``, found by ``next`` in the body or in a ``header``."""

    type: Literal["cursor"]
    next: Path | None = None
    header: str = ""
    more: Path | None = None

    def following(self, state: State, body: Any, headers: httpx.Headers, rows: Sequence[Payload]) -> State:
        if self.more is not None and not truthy(self.more, body):
            return {}
        found = headers.get(self.header) if self.header else plain_text(find(self.next or "cursor", body))
        return {"cursor": found} if found else {}


class Keyset(Counted):
    """Rows come in the order of a field: ``{after}`` is its value in the last row."""

    type: Literal["keyset"]
    last: Path

    def following(self, state: State, body: Any, headers: httpx.Headers, rows: Sequence[Payload]) -> State:
        if self.ends(body, rows, self.size):
            return {}
        found = find(self.last, rows[-1])
        return {} if found is None else {"after": found}


class Linked(Pager):
    """Each answer holds the address of the next page, found by ``next``; else in the ``Link`` header."""

    type: Literal["link"]
    next: Path | None = None

    def following(self, state: State, body: Any, headers: httpx.Headers, rows: Sequence[Payload]) -> State:
        found = find(self.next, body) if self.next else _link(headers)
        return {"url": found} if isinstance(found, str) and found else {}


def _link(headers: httpx.Headers) -> str | None:
    for part in httpx.Response(200, headers={"Link": headers.get("Link", "")}).links.values():
        if part.get("rel") == "next":
            return part.get("url")
    return None


Paging = Annotated[Unpaged | Numbered | Offset | Cursored | Keyset | Linked, Field(discriminator="type")]


def same_host(base: str, url: str) -> bool:
    """Whether an address found in an answer is of the host that was entered; a relative one is."""
    there, here = urlsplit(url), urlsplit(base)
    return not there.netloc or (there.scheme, there.netloc) == (here.scheme, here.netloc)
