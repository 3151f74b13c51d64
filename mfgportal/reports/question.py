"""Which month or quarter an executive report is of, and of which plants: parsed once, from a query string."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Literal
from urllib.parse import urlencode

from kpis.buckets import MONTHS, bucket_start, later_start
from kpis.days import DayClock
from kpis.setups import load_clocks
from mfgportal import locales
from mfgportal.accounts.models import User
from mfgportal.period import ONE_DAY, Period
from mfgportal.scope import BadScope, Place, Selection, find_place, production_today

Span = Literal["month", "quarter"]
SPANS: tuple[Span, ...] = ("month", "quarter")
CURRENT = "current"
SHOWN = 12
FIRST_YEAR = 1971


@dataclass(frozen=True, slots=True)
class Question:
    """``period``: whole days of the month or quarter, up to yesterday while it runs. ``before``: the one
    before; of a running one as many of its days. ``first``: the first day of the month or quarter itself.
    ``relative``: its address names no month, so that it is another one later.
    """

    user: User
    place: Place
    span: Span
    first: date
    period: Period
    before: Period
    clocks: Mapping[int, DayClock]
    today: date
    relative: bool

    @property
    def running(self) -> bool:
        return self.period.last < last_of(self.first, self.span)

    @property
    def selection(self) -> Selection:
        """As the rest of the portal asks for the same days."""
        return Selection(
            place=self.place,
            period=self.period,
            grain=self.span,
            compare=True,
            today=self.today,
            clocks=self.clocks,
        )

    @property
    def selection_before(self) -> Selection:
        return replace(self.selection, period=self.before)

    @property
    def months(self) -> list[date]:
        """The first days of the last twelve months or quarters, this one the last."""
        return [later_start(self.first, self.span, -back) for back in reversed(range(SHOWN))]

    @property
    def query(self) -> str:
        """Its address, this month or quarter by name; for a link that shows the same tomorrow."""
        return self.query_of(named(self.first, self.span))

    def query_of(self, of: str, span: Span | None = None) -> str:
        """The address of the same plants over another month or quarter; ``of`` "": the last complete one."""
        given = {"period": span or self.span, "of": of, "plant": str(self.place.id or "")}
        return urlencode({name: value for name, value in given.items() if value})


def ask(query: Mapping[str, str], user: User, now: datetime | None = None) -> Question:
    """Read ``period`` (month or quarter), ``of`` (2026-10, 2026-Q3, current) and ``plant``.

    Without ``of`` it is the last complete one. Raises BadScope; Http404 for a plant that is not the person's.
    """
    place = find_place(user, plant=_plant(query.get("plant", "")))
    clocks = load_clocks([plant.pk for plant in place.plants])
    today = production_today(clocks, now or datetime.now(UTC))
    span = _span(query.get("period") or "month")
    first = _first(query.get("of", ""), span, today)
    last = min(last_of(first, span), max(today - ONE_DAY, first))
    return Question(
        user=user,
        place=place,
        span=span,
        first=first,
        period=Period(first, last),
        before=_before(first, last, span),
        clocks=clocks,
        today=today,
        relative=query.get("of", "") in {"", CURRENT},
    )


def last_of(first: date, span: Span) -> date:
    return later_start(first, span) - ONE_DAY


def named(first: date, span: Span) -> str:
    """As an address names it: ``2026-10``, ``2026-Q4``."""
    return f"{first:%Y-%m}" if span == "month" else f"{first.year}-Q{(first.month + 2) // 3}"


def title(first: date, span: Span) -> str:
    """As people name it: October 2026, Q4 2026."""
    return locales.day(first, "yMMMM") if span == "month" else f"Q{(first.month + 2) // 3} {first.year}"


def _before(first: date, last: date, span: Span) -> Period:
    start = later_start(first, span, -1)
    if last == last_of(first, span):
        return Period(start, first - ONE_DAY)
    return Period(start, min(start + (last - first), first - ONE_DAY))


def _span(name: str) -> Span:
    found = next((span for span in SPANS if span == name), None)
    if found is not None:
        return found
    raise BadScope("period", f"“{name}” is not a period of this report. Known: month, quarter.")


def _plant(value: str) -> int | None:
    if value and not value.isdecimal():
        raise BadScope("plant", f"“{value}” is not the number of a plant.")
    return int(value) if value else None


def _first(of: str, span: Span, today: date) -> date:
    here = bucket_start(today, span)
    if not of:
        return later_start(here, span, -1)
    if of == CURRENT:  # on its first day nothing is known yet
        return here if today > here else later_start(here, span, -1)
    first = _written(of, span)
    if first > today:
        raise BadScope("of", f"{title(first, span)} has not begun; the current production day is {today}.")
    if first.year < FIRST_YEAR:
        raise BadScope("of", f"The report begins with {FIRST_YEAR}.")
    return first


def _written(of: str, span: Span) -> date:
    found = re.fullmatch(r"(\d{4})-(\d{2})" if span == "month" else r"(\d{4})-Q([1-4])", of)
    try:
        year, number = map(int, found.groups()) if found else (0, 0)
        return date(year, (number - 1) * MONTHS[span] + 1, 1)
    except ValueError:
        wanted = "2026-10" if span == "month" else "2026-Q4"
        raise BadScope("of", f"“{of}” is not a {span}; write it as {wanted}.") from None
