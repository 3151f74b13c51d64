"""The filters above the maintenance pages: a form whose address is the question."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest

from kpis.models import Part, Technician
from mfgportal.accounts.access import orders_of, parts_of, technicians_of
from mfgportal.accounts.models import User
from mfgportal.maintenance.lists import CLOSED, LISTS
from mfgportal.maintenance.question import Question
from mfgportal.web.picker import Choice, address

TYPES = {"corrective": "Corrective", "preventive": "Preventive", "other": "Other"}


@dataclass(frozen=True, slots=True)
class Select:
    """A field. ``options``: value, title; ``value``: the chosen one, "" for any."""

    name: str
    title: str
    value: str
    options: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Filters:
    """``kept``: what the form hands on unseen. ``about``: part or person; ``clear``: the page without any."""

    selects: list[Select]
    text: str
    kept: list[tuple[str, str]]
    about: str
    lists: list[Choice]
    clear: str


def filters_of(request: HttpRequest, user: User, question: Question, name: str = "") -> Filters:
    """The choices at hand. ``name``: of the list shown, "" on the page of numbers. Two queries or three."""
    rows = orders_of(user).exclude(status__in=CLOSED).order_by()
    priorities = rows.exclude(priority="").values_list("priority", flat=True).distinct()
    teams = rows.exclude(team="").values_list("team", flat=True).distinct()
    selects = [
        Select("type", "Type", question.type, list(TYPES.items())),
        Select("priority", "Priority", question.priority, _options(priorities, question.priority)),
        Select("team", "Team", question.team, _options(teams, question.team)),
    ]
    own = {"type", "priority", "team", "q", "page"}
    kept = [(key, value) for key, value in request.GET.dict().items() if key not in own and value]
    cleared = dict.fromkeys(("type", "priority", "team", "q", "part", "technician", "age"), "")
    return Filters(
        selects=[select for select in selects if select.options],
        text=question.text,
        kept=kept,
        about=_about(user, question),
        lists=[
            Choice(each.title, address(request.GET, list=key, age=""), key == name)
            for key, each in LISTS.items()
        ]
        if name
        else [],
        clear=address(request.GET, **cleared) if question.narrowed else "",
    )


def _options(values: Iterable[str], chosen: str) -> list[tuple[str, str]]:
    """Those of open orders, and the one chosen."""
    found = sorted({*values, chosen} - {""})
    return [(value, value.replace("_", " ").capitalize()) for value in found]


def _about(user: User, question: Question) -> str:
    found: Part | Technician | None = None
    if question.part:
        found = parts_of(user).filter(pk=question.part).first()
    elif question.technician:
        found = technicians_of(user).filter(pk=question.technician).first()
    return str(found) if found else ""
