"""Sources as people handle them: add, check, address of a record, age of the data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.connectors.base import Check, Connector
from sync.models import Source, Stream


@dataclass(frozen=True, slots=True)
class StreamFreshness:
    """Age of one stream. ``late``: older than its acceptable delay."""

    source: str
    stream: str
    title: str
    read_through: datetime | None
    acceptable_delay_s: int
    late: bool


@dataclass(frozen=True, slots=True)
class Freshness:
    """Age of the data. ``data_as_of``: the oldest last good read of the enabled fact streams; None = never read."""

    data_as_of: datetime | None
    streams: tuple[StreamFreshness, ...]

    @property
    def late(self) -> tuple[StreamFreshness, ...]:
        return tuple(stream for stream in self.streams if stream.late)


def connect(source: Source) -> Connector:
    """The connector for a source. Close it after use."""
    raise NotImplementedError


def add_source(
    *,
    name: str,
    title: str,
    connector: str,
    url: str,
    database: str = "",
    username: str = "",
    password: str = "",
    api_key: str = "",
    options: Mapping[str, Any] | None = None,
) -> Source:
    """Create or update the source of that name, with its streams and, first come, its ownership."""
    raise NotImplementedError


def ensure_streams(source: Source) -> list[Stream]:
    """Create the streams the connector offers and the source lacks. Policies a person changed stay."""
    raise NotImplementedError


def claim_ownership(source: Source) -> None:
    """Make the source the system of record of each kind it offers and nobody owns yet."""
    raise NotImplementedError


def check(source: Source) -> Check:
    """Test the connection. Raises SourceUnavailable or SourceRefused, whose message names the cure."""
    raise NotImplementedError


def record_url(source_name: str, external_key: str) -> str:
    """Address of a record's page in its source; empty when the source or the page does not exist."""
    raise NotImplementedError


def freshness() -> Freshness:
    """Age of the data, for the page header and the API's ``data_as_of``. One query."""
    raise NotImplementedError
