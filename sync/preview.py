"""What a source would give: a page of each stream, read and mapped, of which nothing is kept."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sync.connectors.base import Connector, Page, StreamSpec
from sync.errors import BadRow, SyncError
from sync.models import Source
from sync.records import KIND_OF, Kind, Record, Ref
from sync.sources import class_of, config_of

ROWS = 20  # few, since some sources look up each row's children
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """A stream's first page.

    Args:
        rows: how many it has.
        first: kind of the first record, and its filled values as text.
        bad: what is wrong with rows that cannot be mapped, one message each.
        trouble: why there is no page.
    """

    spec: StreamSpec
    rows: int = 0
    first: tuple[Kind, dict[str, str]] | None = None
    bad: tuple[str, ...] = ()
    trouble: str = ""


def previews(source: Source) -> Iterator[Preview]:
    """One of each stream, in the order of a first load."""
    config = config_of(source)
    small = replace(config, options={**config.options, "page_size": ROWS})
    with closing(class_of(source)(small)) as connector:
        for spec in sorted(connector.streams.values(), key=lambda one: (one.rank, one.name)):
            yield _preview(connector, spec)


def _preview(connector: Connector, spec: StreamSpec) -> Preview:
    try:
        connector.verify_schema(spec.name)
        page = next(iter(connector.read(spec.name, {})), Page([], {}))
    except SyncError as error:
        return Preview(spec, trouble=str(error))
    records: list[Record] = []
    bad: list[str] = []
    for row in page.rows:
        try:
            records += connector.to_records(spec.name, row.payload)
        except BadRow as error:
            bad.append(f"{row.external_key}: {error}")
    first = (KIND_OF[type(records[0])], told(records[0])) if records else None
    return Preview(spec, len(page.rows), first, tuple(bad))


def told(record: Record) -> dict[str, str]:
    """A record's filled values, in words."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return {name: _words(value) for name, value in values.items() if value not in (None, "", (), False)}


def _words(value: Any) -> str:
    if isinstance(value, Ref):
        return value.key or " or ".join(value.codes)
    if isinstance(value, tuple):
        return ", ".join(value) if all(isinstance(one, str) for one in value) else f"{len(value)} rows"
    return f"{value:%Y-%m-%d %H:%M:%S} UTC" if isinstance(value, datetime) else str(value)
