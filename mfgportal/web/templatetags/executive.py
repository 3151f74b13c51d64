"""What the executive report needs on paper, too: signs as letters, since a sheet of icons is not at hand."""

from dataclasses import dataclass

from django import template

from kpis.definitions import CATALOGUE, Unit
from kpis.money_lost import MachineLoss
from mfgportal.figures import Figure
from mfgportal.locales import number, space
from mfgportal.reports.executive import PlantColumn
from mfgportal.web.format import NONE, Amount, change
from mfgportal.web.format import amount as worded

register = template.Library()


@dataclass(frozen=True, slots=True)
class Moved:
    """A change: its sign, its words, and a colour only where it is notably worse."""

    arrow: str
    words: str
    tone: str


@register.filter
def moved(figure: Figure) -> Moved:
    """Against the period before; without words where there is no comparison."""
    if figure.before is None or figure.delta is None:
        return Moved("", "no comparison", "")
    if figure.direction == "same":
        return Moved("=", "unchanged", "")
    tone = "bad" if figure.direction == "worse" and figure.notable else ""
    return Moved("▲" if figure.delta > 0 else "▼", f"{change(figure)} {figure.direction}", tone)


@register.filter
def before(figure: Figure) -> Amount:
    """The value of the period before."""
    if figure.before is None:
        return Amount(NONE)
    return worded(figure.before.value, figure.kpi.unit, figure.before.currency)


@register.filter
def money(value: float | None, currency: str) -> Amount:
    return worded(value, Unit.MONEY, currency)


@register.filter
def main_reason(machine: MachineLoss) -> str:
    """What its unplanned stops were most of all."""
    return max(machine.reasons, key=lambda name: machine.reasons[name], default=NONE)


@register.filter
def share_of(part: float, whole: float | None) -> str:
    return f"{number(part / whole * 100)}{space()}%" if whole else NONE


@register.filter
def of_plant(column: PlantColumn, name: str) -> Figure | None:
    return column.figures.get(name)


@register.filter
def title_of(name: str) -> str:
    return CATALOGUE[name].title
