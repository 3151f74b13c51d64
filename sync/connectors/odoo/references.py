"""Work orders of the CMMS as people name them in Odoo's texts: "[WO000123] bearing", "CMMS/WO-77"."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sync.connectors.base import Payload
from sync.connectors.odoo import values
from sync.connectors.odoo.api import Domain, OdooApi
from sync.errors import SourceRefused
from sync.records import Kind, Ref

PREFIX = "WO"


def prefix(api: OdooApi) -> str:
    """What numbers of work orders begin with: option ``work_order_prefix``."""
    return str(api.options.get("work_order_prefix") or PREFIX)


def named(api: OdooApi, fields: Iterable[str]) -> list[Domain]:
    """Conditions that a field's text may name a work order; ``number_in`` tells whether it does."""
    return [[field, "ilike", prefix(api)] for field in fields]


def any_of(conditions: Sequence[Domain]) -> Domain:
    return [*["|"] * (len(conditions) - 1), *conditions]


def number_in(api: OdooApi, texts: Iterable[str]) -> str:
    """The number of the first work order named; "" where none is."""
    pattern = re.compile(rf"(?<![^\W_]){re.escape(prefix(api))}-?\d+(?![^\W_])", re.IGNORECASE)
    found = (pattern.search(text) for text in texts)
    return next((match[0].upper() for match in found if match), "")


def order(row: Payload) -> Ref | None:
    """The work order a completed row is about."""
    number = values.text(row, "work_order")
    return Ref(kind=Kind.WORK_ORDER, codes=(number,), label=number) if number else None


def chosen(options: Mapping[str, Any], name: str) -> list[int]:
    """Ids in an option: a list of numbers, or nothing.

    Raises:
        SourceRefused: it is something else.
    """
    found = options.get(name) or []
    if not isinstance(found, list) or not all(type(one) is int for one in found):
        raise SourceRefused(f'The option "{name}" should be a list of ids such as [12], found {found!r}.')
    return found
