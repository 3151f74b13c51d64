"""The losses of a place as a waterfall: each bar with its time, and its address to what it is made of."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from kpis.engine import time_model
from kpis.models import LossClass
from kpis.time_model import PREFIX
from kpis.waterfall import Bar, waterfall
from mfgportal.scope import Selection
from mfgportal.web.exports import over

STATES = {state.value for state in LossClass} - {LossClass.RUNNING.value}
ALIASES = {"quality_stop": "quality", "scrap": "quality", "without_ideal": "unknown"}


@dataclass(frozen=True, slots=True)
class Loss:
    """``x`` and ``width`` in percent of calendar time. ``state``: whose colour and pattern it has."""

    bar: Bar
    x: str
    width: str
    state: str
    url: str


def losses_of(selection: Selection) -> list[Loss]:
    """From calendar time to good time, without losses of no time; empty where nothing produces. One query."""
    bars = waterfall(time_model(selection.scope))
    return [
        Loss(
            bar=bar,
            x=f"{max(bar.start, 0.0) * 100:.3f}",
            width=f"{max(bar.length, 0.0) * 100:.3f}",
            state=_state(bar),
            url=_url(bar, selection),
        )
        for bar in bars
        if bar.kind == "level" or bar.seconds
    ]


def _state(bar: Bar) -> str:
    name = ALIASES.get(bar.name, bar.name)
    return name if bar.kind == "loss" and name in STATES else "level"


def _url(bar: Bar, selection: Selection) -> str:
    return f"{reverse('number', args=[PREFIX + bar.name])}?{urlencode(over(selection))}"
