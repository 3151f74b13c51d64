"""Which work orders are asked for: a place and a few filters, as an address holds them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from kpis.models import WorkOrder
from mfgportal.accounts.access import orders_of, parts_of, technicians_of
from mfgportal.accounts.models import User
from mfgportal.scope import BadScope, Level, Place, find_place
from mfgportal.search.orders import coded, titled

TEXTS = ("type", "priority", "team")
IDS = ("plant", "line", "equipment", "part", "technician")
LONGEST_ID = 15
MOST_TITLED = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """``type``, ``priority`` and ``team`` "": all. ``part``, ``technician``: by what was booked on them.

    ``given``: the parts of the address that say so, for links to the same question.
    """

    place: Place
    type: str = ""
    priority: str = ""
    team: str = ""
    part: int | None = None
    technician: int | None = None
    text: str = ""
    given: Mapping[str, str]

    @property
    def narrowed(self) -> bool:
        """Whether it asks for less than all of the place's work."""
        return bool(self.type or self.priority or self.team or self.part or self.technician or self.text)


def asked(query: Mapping[str, str], user: User) -> Question:
    """Read an address. Raises BadScope for what cannot be, Http404 for places of others."""
    ids = {name: _id(query, name) for name in IDS}
    part, technician = ids.pop("part"), ids.pop("technician")
    texts = {name: query.get(name, "") for name in TEXTS}
    text = query.get("q", "").strip()[:100]
    given = {name: value for name in (*IDS, *TEXTS, "q") if (value := query.get(name, ""))}
    return Question(
        place=find_place(user, **ids), part=part, technician=technician, text=text, given=given, **texts
    )


def orders(question: Question, user: User) -> QuerySet[WorkOrder]:
    """The person's work orders that the question is about."""
    rows = orders_of(user).filter(_in_place(question.place))
    named = {"work_type": question.type, "priority": question.priority, "team": question.team}
    rows = rows.filter(**{name: value for name, value in named.items() if value})
    if question.part:
        part = parts_of(user).filter(pk=question.part)
        rows = rows.filter(part_uses__part__in=part, part_uses__deleted_at=None).distinct()
    if question.technician:
        who = technicians_of(user).filter(pk=question.technician)
        rows = rows.filter(Q(assigned_to__in=who) | Q(labour__technician__in=who)).distinct()
    return _called(rows, question.text) if question.text else rows


def _called(rows: QuerySet[WorkOrder], text: str) -> QuerySet[WorkOrder]:
    """By number or key if any is called so, else by words of the title."""
    by_code = coded(rows, text)
    return by_code if re.search(r"\d", text) and by_code.exists() else titled(rows, text, MOST_TITLED)


def _in_place(place: Place) -> Q:
    if place.level == Level.EQUIPMENT:
        return Q(equipment=place.id)
    if place.level == Level.LINE:
        return Q(equipment__line=place.id)
    if place.level == Level.PLANT:
        return Q(equipment__plant=place.id) | Q(equipment=None, plant=place.id)
    return Q()


def _id(query: Mapping[str, str], name: str) -> int | None:
    value = query.get(name) or ""
    if value and not (value.isdecimal() and len(value) <= LONGEST_ID):
        raise BadScope(name, f"“{value}” is not the number of a {name}.")
    return int(value) if value else None
