"""What all charts share: a figure as plain data, its axes, and the table that says the same.

Colours are tokens of ``app.css``, looked up by the browser.
"""

from dataclasses import dataclass
from typing import Any

import orjson
from django.utils.safestring import SafeString, mark_safe

from mfgportal.locales import separators


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; its first cell links to ``url`` and has a ``note`` under it, if there are any."""

    cells: tuple[str, ...]
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A chart's numbers in words."""

    caption: str
    columns: tuple[str, ...]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and the table that says the same. ``json``: for a script element of type application/json."""

    name: str
    label: str
    json: SafeString
    table: Table


def axis() -> dict[str, Any]:
    return {
        "fixedrange": True,
        "gridcolor": "--line",
        "linecolor": "--line-strong",
        "zeroline": False,
        "ticks": "",
        "automargin": True,
        "separatethousands": True,
    }


def bars_axis() -> dict[str, Any]:
    """A name for each lying bar, the first on top."""
    return axis() | {"type": "category", "autorange": "reversed", "showgrid": False, "dtick": 1}


def category_axis() -> dict[str, Any]:
    return axis() | {"type": "category", "showgrid": False, "nticks": 10, "tickangle": 0}


def layout(**more: Any) -> dict[str, Any]:
    return {
        "autosize": True,
        "separators": separators(),
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": "--muted", "size": 12, "family": "--font"},
        "hoverlabel": {"bgcolor": "--surface", "bordercolor": "--line-strong", "font": {"color": "--text"}},
        "hovermode": "closest",
        "dragmode": False,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        **more,
    }


def chart(name: str, label: str, data: list[dict[str, Any]], layout: dict[str, Any], table: Table) -> Chart:
    text = orjson.dumps({"data": data, "layout": layout}).decode()
    for sign, escaped in (("<", "\\u003C"), (">", "\\u003E"), ("&", "\\u0026")):
        text = text.replace(sign, escaped)
    return Chart(name, label, mark_safe(text), table)  # noqa: S308 no sign is left that could end the element
