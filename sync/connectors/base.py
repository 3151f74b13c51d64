"""What every connector is. Pure Python: no Django, no Celery, no database.

A connector is a folder with a ``connector.py`` whose class derives from ``Connector``, and one line in
``sync.connectors.REGISTRY``. Its streams are data: ``StreamSpec``.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, ClassVar, Literal

from sync.connectors.budget import Budgets, in_process
from sync.connectors.outgoing import UNBOUND, Outgoing
from sync.errors import SourceRefused
from sync.records import Kind, Record

KEYS_PER_PAGE = 10_000
WHERE = "_where"
"""In a payload: the row's place for people, such as its file and number. It is no part of the content."""
Payload = dict[str, Any]
Cursor = dict[str, Any]
Mode = Literal["poll", "batch", "event"]
Criticality = Literal["high", "normal", "low"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConfig:
    """How to reach one source system.

    Args:
        url: base address, e.g. ``https://odoo.example.com``.
        username, password: a service account's; for Atlas the e-mail.
        api_key: used instead of the password where the source takes one.
        database: Odoo's database name.
        options: connector-specific settings, e.g. ``requests_per_minute``.
        budgets: gives the budget that requests to a limited source are taken from.
        outgoing: where connections may lead. The portal always says; a connector by itself is not bound.
    """

    url: str
    username: str = ""
    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    database: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    budgets: Budgets = field(default=in_process, repr=False, compare=False)
    outgoing: Outgoing = field(default=UNBOUND, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSpec:
    """One flow of records out of a source.

    Args:
        name: unique in the connector, e.g. ``productivity``.
        title: for people.
        model: the source's own name of what is read; the first half of external keys.
        kinds: what the records are.
        fields: fields read, each with the type the mapping relies on (schema contract).
        every_s: how often to read, in seconds.
        rank: order of a first load and priority in the request budget; masters are low.
        incremental: False = the whole set is read each time and compared by content.
        acceptable_delay_s: age above which the stream counts as late.
        mode: how rows come: asked for again and again, in rare large lots, or sent to us one by one.
        criticality: what is at stake when it is late.
        refresh_every_s: slower cycle on which all is read again, for what changes without moving the
            source's own mark of change; None: what changed is all there is to read.
        reconciliation: key of the rule that compares the stream with its source; "" = none.
        dated_by: property of a row by whose month rows are counted against the source, in UTC; "": by none.
        summed: the row's main quantities, added up beside the count.
        sheds: a row that the source shows no more is gone. False: rows come once, and stay.
    """

    name: str
    title: str
    model: str
    kinds: tuple[Kind, ...]
    fields: Mapping[str, str] = field(default_factory=dict)
    every_s: int = 60
    rank: int = 50
    incremental: bool = True
    acceptable_delay_s: int = 900
    mode: Mode = "poll"
    criticality: Criticality = "normal"
    refresh_every_s: int | None = None
    reconciliation: str = "rows"
    dated_by: str = ""
    summed: tuple[str, ...] = ()
    sheds: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One raw row as the source gave it, self-contained: mapping must not need the source again."""

    external_key: str
    payload: Payload
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A bounded batch of rows and the cursor that is right once they are committed.

    Args:
        rows: at most about 1,000 rows.
        cursor: JSON-serialisable; stored in the transaction that commits the rows.
        total: rows this run expects in all, if known.
    """

    rows: list[Row]
    cursor: Cursor
    total: int | None = None


@dataclass(frozen=True, slots=True)
class KeyPage:
    """Some keys of rows the source still has, and the cursor from which the next ones come.

    Args:
        cursor: {} = the place is not kept; an interrupted reading starts anew.
    """

    keys: list[str]
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Check:
    """Answer of a connection test: version and what the account may see.

    Args:
        version: the source's product and version.
        visible: rows visible per stream. Zero where rows are expected hints at missing rights.
        warnings: each says what to do.
    """

    version: str
    visible: Mapping[str, int]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What a source holds of a stream.

    Args:
        month: first day of the month counted (by ``StreamSpec.dated_by``); None: all rows.
        sums: by the fields of ``StreamSpec.summed``.
    """

    month: date | None
    rows: int
    sums: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """One of the rows behind a tally. ``values``: those of ``StreamSpec.summed``."""

    external_key: str
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """A value the source computed itself, of one of its records. ``about``: key of what it adds up by."""

    external_key: str
    label: str
    value: float
    about: str = ""


class Connector(ABC):
    """Reads one source. Holds a connection; used by one thread at a time.

    Methods raise ``SourceUnavailable`` (retry), ``SourceRefused`` (a person acts) or ``SchemaDrift``;
    ``to_records`` raises ``BadRow``.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    streams: ClassVar[Mapping[str, StreamSpec]]
    local: ClassVar[bool] = False  # its address is a folder of this machine, which wants no password
    pushed: ClassVar[bool] = False  # it is sent to us, so there is no address, and nothing to set up

    def __init__(self, config: SourceConfig) -> None:
        self.config = config

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> type["Connector"]:
        """The class for a source with these options: a declared connector's streams are made from them.

        Raises:
            SourceRefused: there is no connector to be made from them; the message says what is wanted.
        """
        return cls

    @classmethod
    def offers(cls) -> frozenset[Kind]:
        """Kinds of record this connector can deliver."""
        return frozenset(kind for spec in cls.streams.values() for kind in spec.kinds)

    @abstractmethod
    def check(self) -> Check:
        """Log in and count what is visible, without reading rows."""

    @abstractmethod
    def verify_schema(self, stream: str) -> None:
        """Compare the source's fields with the stream's contract; raise ``SchemaDrift`` on a difference."""

    @abstractmethod
    def read(self, stream: str, cursor: Cursor) -> Iterator[Page]:
        """Yield pages from ``cursor`` ({} = from the start) until the source has no more for now."""

    def cursor_since(self, stream: str, since: datetime) -> Cursor:
        """The cursor from which ``read`` yields what changed at or after ``since``; {} where it yields all.

        Raises:
            SourceRefused: the source cannot be read from a moment on.
        """
        raise SourceRefused(f"“{self.streams[stream].title}” cannot be read from a moment on: read it whole.")

    @abstractmethod
    def read_keys(self, stream: str) -> Iterator[str]:
        """Yield the external key of every row the source still has (for the deletion sweep)."""

    def read_key_pages(self, stream: str, cursor: Cursor) -> Iterator[KeyPage]:
        """The keys in pages, from ``cursor`` on; where keys are dear, an interrupted reading goes on."""
        keys = self.read_keys(stream)
        while page := list(islice(keys, KEYS_PER_PAGE)):
            yield KeyPage(page, {})

    @classmethod
    @abstractmethod
    def to_records(cls, stream: str, payload: Payload) -> list[Record]:
        """Turn one raw row into records; an empty list when the row means nothing to us (e.g. a draft)."""

    @classmethod
    @abstractmethod
    def record_url(cls, config: SourceConfig, external_key: str) -> str:
        """Address of the record's page in the source's own user interface; empty when it has none."""

    @classmethod
    def why_empty(cls, stream: str) -> str:
        """What it may mean that a stream shows not one row, with the cure; "" where that is normal."""
        return ""

    def tallies(self, stream: str, months: Sequence[date]) -> list[Tally] | None:
        """Rows and sums of each month and of all, counted by the source; None: it has no cheap way."""
        return None

    def tally_rows(self, stream: str, month: date | None) -> Iterator[Counted]:
        """The rows behind a tally. Where the source does not count, its keys."""
        return (Counted(key) for key in self.read_keys(stream))

    def figures(self, name: str, month: date | None = None) -> Iterator[Figure] | None:
        """Values the source computes itself, such as ``oee``; None: it has none of that name."""
        return None

    def close(self) -> None:
        """Release the connection. Safe to call twice."""
        return
