"""The period picker: every choice is an address."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, QueryDict

from mfgportal import locales
from mfgportal.period import PRESETS, Period, earlier, later
from mfgportal.scope import Selection, grains

GRAIN_TITLES = {"rolling": "Rolling 30 days"}
PERIOD_PARAMETERS = frozenset({"period", "from", "to", "page"})


@dataclass(frozen=True, slots=True)
class Choice:
    """An address to go to, and whether it is where we are."""

    title: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picker:
    """What the component draws.

    ``earlier``, ``later``: a step of the period's own length, by the calendar where it is of the calendar;
    ``later`` is None when nothing is later. ``kept``: parameters the form keeps. ``zone``: of its days.
    """

    title: str
    span: str
    before: str
    presets: list[Choice]
    grains: list[Choice]
    earlier: Choice
    later: Choice | None
    compare: Choice
    kept: list[tuple[str, str]]
    period: Period
    today: date
    zone: str


def picker(request: HttpRequest, selection: Selection) -> Picker:
    """The choices around a selection, keeping the address's other parameters."""
    here, period = request.GET, selection.period
    compare = "none" if selection.compare else "previous"
    return Picker(
        title=PRESETS[period.preset].title if period.preset in PRESETS else "Custom",
        span=span(period),
        before=span(period.before) if selection.compare else "",
        presets=[
            Choice(found.title, _preset(here, name), name == period.preset) for name, found in PRESETS.items()
        ],
        grains=[_grain(here, selection, grain) for grain in grains(selection)],
        earlier=_step(here, period, earlier(period, selection.today)),
        later=_step(here, period, after) if (after := later(period, selection.today)) else None,
        compare=Choice("Compare with the period before", address(here, compare=compare), selection.compare),
        kept=[
            (name, value)
            for name, value in here.items()
            if name not in PERIOD_PARAMETERS and isinstance(value, str)
        ],
        period=period,
        today=selection.today,
        zone=selection.place.zone,
    )


def address(here: QueryDict, **changes: str) -> str:
    """The address with some parameters changed; an empty value takes one out."""
    query = here.copy()
    query.pop("page", None)
    for name, value in changes.items():
        if value:
            query[name] = value
        else:
            query.pop(name, None)
    return f"?{query.urlencode()}"


def span(period: Period) -> str:
    """The days of a period, without saying anything twice."""
    first, last = period.first, period.last
    if first == last:
        return locales.day(first, "yMMMEd")
    return locales.days(first, last)


def _preset(here: QueryDict, name: str) -> str:
    return address(here, **{"period": name, "from": "", "to": "", "grain": ""})


def _step(here: QueryDict, period: Period, to: Period) -> Choice:
    """To a longer one the grain is not kept: it may be too fine for it."""
    given = {"period": "", "from": str(to.first), "to": str(to.last)}
    return Choice(span(to), address(here, **given, **({"grain": ""} if to.days > period.days else {})))


def _grain(here: QueryDict, selection: Selection, grain: str) -> Choice:
    return Choice(
        GRAIN_TITLES.get(grain, grain.capitalize()), address(here, grain=grain), grain == selection.grain
    )
