"""What Odoo itself counts and adds up, asked month by month so that every version answers alike."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice

from sync.connectors.base import Counted, Figure, Payload, Tally
from sync.connectors.odoo import values
from sync.connectors.odoo.api import Domain, OdooApi
from sync.connectors.odoo.spec import OdooStream

CHUNK = 1000
FORMATTED_FROM = 19
# Of work centers: figures of the last month, as of now.
OF_WORK_CENTERS = {"oee": "oee", "productive_h": "productive_time", "blocked_h": "blocked_time"}


def tallies(api: OdooApi, stream: OdooStream, months: Sequence[date]) -> list[Tally]:
    spec = stream.spec
    dated = months if spec.dated_by else ()
    return [_tally(api, stream, month) for month in (*dated, None)]


def _tally(api: OdooApi, stream: OdooStream, month: date | None) -> Tally:
    model, domain = stream.spec.model, _domain(api, stream, month)
    rows = api.count(model, domain)
    return Tally(month, rows, _sums(api, model, domain, stream.spec.summed) if rows else {})


def _domain(api: OdooApi, stream: OdooStream, month: date | None) -> Domain:
    spec = stream.spec
    within = [] if month is None else _within(spec.dated_by, month, spec.fields.get(spec.dated_by, ""))
    return [*stream.domain(api), *within]


def _within(field: str, month: date, kind: str = "datetime") -> Domain:
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    clock = "" if kind == "date" else " 00:00:00"
    return [[field, ">=", f"{month}{clock}"], [field, "<", f"{after}{clock}"]]


def _sums(api: OdooApi, model: str, domain: Domain, fields: Sequence[str]) -> Mapping[str, float]:
    """Without a grouping there is one row, whose shape does not depend on language or zone."""
    if not fields:
        return {}
    wanted = [f"{field}:sum" for field in fields]
    if _major(api.transport.version) >= FORMATTED_FROM:
        found = api.transport.call(model, "formatted_read_group", list(domain), [], wanted)
        return {field: float(found[0].get(f"{field}:sum") or 0) if found else 0.0 for field in fields}
    found = api.transport.call(model, "read_group", list(domain), fields=wanted, groupby=[])
    return {field: float(found[0].get(field) or 0) if found else 0.0 for field in fields}


def _major(version: str) -> int:
    found = re.search(r"\d+", version)
    return int(found[0]) if found else 0


def rows(api: OdooApi, stream: OdooStream, month: date | None) -> Iterator[Counted]:
    spec = stream.spec
    ids = api.ids(spec.model, _domain(api, stream, month))
    if not spec.summed:
        yield from (Counted(f"{spec.model}/{one}") for one in ids)
        return
    while chunk := list(islice(ids, CHUNK)):
        for row in api.rows(spec.model, chunk, spec.summed):
            found = {field: float(row.get(field) or 0) for field in spec.summed}
            yield Counted(f"{spec.model}/{row['id']}", found)


def figures(api: OdooApi, name: str, month: date | None) -> Iterator[Figure] | None:
    """``oee`` (%), ``productive_h``, ``blocked_h`` of work centers; ``produced`` by orders of a month."""
    if name in OF_WORK_CENTERS:
        return _of_work_centers(api, OF_WORK_CENTERS[name])
    return _produced(api, month) if name == "produced" and month else None


def _of_work_centers(api: OdooApi, field: str) -> Iterator[Figure]:
    for row in api.find("mrp.workcenter", [], ["name", field]):
        yield Figure(f"mrp.workcenter/{row['id']}", values.text(row, "name"), values.number(row, field))


def _produced(api: OdooApi, month: date) -> Iterator[Figure]:
    """Finished manufacturing orders: what Odoo says each has produced, by product."""
    domain = [*_within("date_finished", month), ["state", "=", "done"]]
    ids = api.ids("mrp.production", domain)
    while chunk := list(islice(ids, CHUNK)):
        yield from map(_order, api.rows("mrp.production", chunk, ["name", "product_id", "qty_produced"]))


def _order(row: Payload) -> Figure:
    return Figure(
        f"mrp.production/{row['id']}",
        values.text(row, "name"),
        values.number(row, "qty_produced"),
        f"product.product/{values.linked(row, 'product_id')}",
    )
