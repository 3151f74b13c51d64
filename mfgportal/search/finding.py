"""What was typed, answered: from a few small queries, ranked, the best first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse

from kpis.definitions import CATALOGUE
from mfgportal.accounts.access import exceptions_of
from mfgportal.accounts.models import User
from mfgportal.search.masters import by_likeness, masters
from mfgportal.search.orders import orders
from mfgportal.search.ranking import Match, match
from mfgportal.search.thing import Thing
from sync.models import SyncException

LONGEST = 100
SHORTEST_LIKE = 3
KINDS = {
    "machine": "Machine",
    "line": "Line",
    "plant": "Plant",
    "work-order": "Work order",
    "part": "Part",
    "technician": "Technician",
    "exception": "Exception",
    "kpi": "KPI",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """An answer. ``kind`` is a key of ``KINDS``."""

    thing: Thing
    match: Match

    @property
    def kind(self) -> str:
        return KINDS[self.thing.kind]

    @property
    def guessed(self) -> bool:
        """Whether it is only called much like what was typed."""
        return self.match == Match.FUZZY


def find(user: User, typed: str, most: int) -> list[Hit]:
    """At most ``most`` things of the person's plants, the best match first; guesses where there is none."""
    query = " ".join(typed.replace("\0", "").split())[:LONGEST]
    if not query:
        return []
    finders: tuple[Callable[[User, str], Iterator[Thing]], ...] = (masters, orders, _exceptions, _kpis)
    found = [hit for finder in finders for thing in finder(user, query) if (hit := _hit(query, thing))]
    if found or len(query) < SHORTEST_LIKE:
        return _best(found)[:most]
    return [Hit(one, Match.FUZZY) for one in by_likeness(user, query)][:most]


def _hit(query: str, thing: Thing) -> Hit | None:
    how = match(query, thing.codes, thing.name)
    return None if how is None else Hit(thing, how)


def _best(found: Sequence[Hit]) -> list[Hit]:
    """By match; then by kind in the order above, as orders are many; short names before long ones."""
    order = list(KINDS)
    return sorted(found, key=lambda hit: (hit.match, order.index(hit.thing.kind), len(hit.thing.name)))


def _exceptions(user: User, query: str) -> Iterator[Thing]:
    """By number, as 12 or #12."""
    number = query.removeprefix("#")
    if number.isdecimal() and len(number) < 15:
        for row in exceptions_of(user).filter(pk=int(number)).only("id", "title", "status"):
            state = SyncException.Status(row.status).label
            yield Thing(
                "exception", row.pk, row.title, (f"#{row.pk}",), state, reverse("exception", args=[row.pk])
            )


def _kpis(user: User, query: str) -> Iterator[Thing]:
    for kpi in CATALOGUE.values():
        if match(query, (kpi.name,), kpi.title) is not None:
            yield Thing("kpi", kpi.name, kpi.title, (kpi.name,), "", f"{reverse('glossary')}#{kpi.name}")
