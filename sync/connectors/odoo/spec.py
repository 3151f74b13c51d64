"""What an Odoo stream is: data.

``spec.fields`` are the fields a stream cannot do without; ``optional`` ones exist in some versions or
editions only. Stored fields only: a computed one (MTBF, stock, OEE) changes without a write, and would make
every row look changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sync.connectors.base import Payload, StreamSpec
from sync.connectors.odoo.api import Domain, OdooApi
from sync.records import Record

Enrich = Callable[[OdooApi, list[Payload]], None]
HOUR = 3600
WRITTEN = {"write_date": "datetime"}


def as_it_is(api: OdooApi, rows: list[Payload]) -> None:
    """No enrichment."""


def everything(api: OdooApi) -> Domain:
    """All rows of the model."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OdooStream:
    """A stream's spec with how its rows are completed and understood.

    Args:
        also: fields read from other models to complete a row; part of the schema contract.
        fallback: rows when the account may not read the model.
        domain: which rows of the model the stream is about.
    """

    spec: StreamSpec
    to_records: Callable[[Payload], list[Record]]
    optional: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    enrich: Enrich = as_it_is
    fallback: Callable[[OdooApi], list[Payload]] | None = None
    domain: Callable[[OdooApi], Domain] = everything
