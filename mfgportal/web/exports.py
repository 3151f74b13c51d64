"""Links to what a page shows, as files: the same question put to the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from mfgportal.scope import Selection

FORMATS = {"CSV": {"format": "csv", "bom": "1"}, "XLSX": {"format": "xlsx"}}


@dataclass(frozen=True, slots=True)
class Export:
    """A table of the page. ``links``: addresses by format."""

    title: str
    links: Mapping[str, str]


def exports(selection: Selection, names: Sequence[str], bys: Sequence[str] = ()) -> list[Export]:
    """The figures of a place's page: by bucket of the trend, and by each part that it shows."""
    asked = {"kpi": ",".join(names), **over(selection)}
    by_part = [_export(f"Figures by {by}", "api_kpis", {**asked, "by": by}) for by in bys]
    whole = _export("Figures", "api_kpis", asked)
    trend = _export(f"Figures by {selection.grain}", "api_kpis", {**asked, "grain": selection.grain})
    return [whole, *by_part, trend, records(selection, "downtime", "Stops", kind="downtime")]


def of_shift(selection: Selection, names: Sequence[str], shift: str) -> list[Export]:
    """The figures and records of a shift of a machine's day; "" = of the whole day."""
    asked = {"kpi": ",".join(names), **over(selection)}
    more = {"shift": shift} if shift else {}
    figures = _export("Figures", "api_kpis", asked | ({"grain": "shift"} if shift else {}))
    return [figures, records(selection, "availability", "Records", **more)]


def records(selection: Selection, kpi: str, title: str, **more: str) -> Export:
    """The source records under a KPI of the page."""
    return _export(title, "api_kpi_events", {"kpi": kpi, **over(selection), **more})


def of_number(selection: Selection, kpi: str, more: Mapping[str, str]) -> list[Export]:
    """What is under one number: its component rows and its source records. ``more``: part and shift."""
    asked = {"kpi": kpi, **over(selection), **more}
    return [
        _export("Components", "api_kpi_components", asked),
        _export("Source records", "api_kpi_events", asked),
    ]


def queue(filters: Mapping[str, object]) -> Export:
    """The exceptions a choice of filters shows."""
    return _export("Exceptions", "api_exceptions", {name: value for name, value in filters.items() if value})


def audit(filters: Mapping[str, object]) -> Export:
    """The part of the audit trail that a page shows."""
    return _export("Audit trail", "api_audit", {name: value for name, value in filters.items() if value})


def over(selection: Selection) -> dict[str, object]:
    """The place and the days of a selection, as parameters of an address."""
    period = selection.period
    return {**selection.place.given, "from": period.first, "to": period.last}


def _export(title: str, name: str, query: Mapping[str, object]) -> Export:
    links = {kind: f"{reverse(name)}?{urlencode({**query, **more})}" for kind, more in FORMATS.items()}
    return Export(title, links)
