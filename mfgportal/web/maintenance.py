"""Maintenance: what waits, is late, fails or is missing; each number opens to its work orders."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from kpis.health import CONFIDENCE
from kpis.work.repeat_orders import among, repeat_orders
from mfgportal.accounts.access import person
from mfgportal.accounts.models import User
from mfgportal.figures import held_back, survey, trust
from mfgportal.maintenance.lists import AGE_TITLES, AGES, LISTS, aged, listed, numbers
from mfgportal.maintenance.parts import parts_short
from mfgportal.maintenance.question import Question, asked, orders
from mfgportal.maintenance.sides import late_in_one
from mfgportal.reconciliations import Links
from mfgportal.scope import BadScope, Selection
from mfgportal.web.dashboard import explains_bad_scope
from mfgportal.web.exports import exports
from mfgportal.web.file_rows import ORDERS, order_file_rows
from mfgportal.web.files import as_file, own_file, wants_file
from mfgportal.web.maintenance_actors import actors
from mfgportal.web.maintenance_filters import filters_of
from mfgportal.web.maintenance_rows import order_rows
from mfgportal.web.page import Crumb, page
from mfgportal.web.picker import picker
from mfgportal.web.reliability import period_or_90_days, places
from sync.acknowledging import in_words

TILES = (
    "pm_compliance",
    "schedule_compliance",
    "mtta",
    "mttr",
    "mtbf",
    "repeat_failures",
    "first_time_fix",
    "backlog_weeks",
)
SHOWN = 10
FIRST = 5
PREVENTIVE = 7
PER_PAGE = 50
REPEATS, ONE_SIDED = "repeats", "one-sided"
MORE = {
    REPEATS: ("Repeat failures", "Repairs soon after another one on the same machine, in the period chosen."),
    ONE_SIDED: (
        "Done in one system only",
        "Closed in one system and open in another, as the exception queue tells.",
    ),
}


@dataclass(frozen=True, slots=True)
class Number:
    """A count that opens to its rows. ``abnormal``: it is one that should be 0."""

    title: str
    count: int
    url: str
    note: str = ""
    abnormal: bool = False


@explains_bad_scope
def maintenance(request: HttpRequest) -> HttpResponse:
    user = person(request)
    question = asked(request.GET.dict(), user)
    chosen = period_or_90_days(request, question.place)
    trusted = trust(chosen)
    context = {
        "title": "Maintenance",
        "selection": chosen,
        "picker": replace(picker(request, chosen), grains=[]),
        "places": places(request, question.place),
        "filters": filters_of(request, user, question),
        "trust": trusted,
        "held": held_back(chosen) if trusted.completeness.held else [],
        "figures": survey(TILES, chosen, trusted, trend="repeat_failures").whole,
        "actors": actors(chosen, SHOWN),
        "confidence": CONFIDENCE,
        "exports": exports(chosen, TILES),
        **_work(user, question, chosen),
    }
    return page(request, "maintenance", context)


def _work(user: User, question: Question, chosen: Selection) -> dict[str, Any]:
    """The numbers, and the first rows of each list."""
    now, rows = timezone.now(), orders(question, user)
    again = among(rows, repeat_orders(chosen.scope)).order_by("-created_at")
    repeats = list(again.values_list("pk", flat=True))
    sides = late_in_one(user, rows)
    known, ages = numbers(rows, now)
    plants = tuple(plant.pk for plant in question.place.plants)
    some, links = sides[:FIRST], Links()
    return {
        "numbers": _numbers(chosen, question, known, len(repeats), len(sides)),
        "ages": [(AGE_TITLES[name], ages[name], _url(chosen, question, "open", age=name)) for name in AGES],
        "backlog_s": sum(each.seconds for each in ages.values()),
        "preventive": [
            *order_rows(listed("overdue-preventive", rows, now)[:PREVENTIVE], user, now, links),
            *order_rows(listed("upcoming-preventive", rows, now)[:PREVENTIVE], user, now, links),
        ],
        "repeats": order_rows(rows.filter(pk__in=repeats[:FIRST]).order_by("-created_at"), user, now, links),
        "short": parts_short(user, rows, plants, SHOWN),
        "sides": list(zip(some, order_rows([each.order for each in some], user, now, links), strict=True)),
        "waiting": order_rows(listed("unacknowledged", rows, now)[:FIRST], user, now, links),
        "within": in_words(),
        "urls": {name.replace("-", "_"): _url(chosen, question, name) for name in (*LISTS, *MORE)},
    }


@explains_bad_scope
def work_orders(request: HttpRequest) -> HttpResponseBase:
    """The rows behind a number: a list, or one of the two that are no condition on an order alone."""
    user, now = person(request), timezone.now()
    question = asked(request.GET.dict(), user)
    chosen = period_or_90_days(request, question.place)
    name = request.GET.get("list") or ("all" if question.narrowed else "open")
    title, about, rows = _rows(name, chosen, question, request)
    if wants_file(request):
        return as_file(request, "work-orders", ORDERS, order_file_rows(rows, user), rows.count())
    shown = Paginator(rows.select_related("equipment__plant", "plant", "assigned_to"), PER_PAGE)
    at = shown.get_page(request.GET.get("page"))
    context = {
        "title": title,
        "crumbs": [Crumb("Maintenance", reverse("maintenance") + _query(chosen, question)), Crumb(title)],
        "about": about,
        "selection": chosen,
        "picker": replace(picker(request, chosen), grains=[]) if name == REPEATS else None,
        "places": places(request, question.place),
        "filters": filters_of(request, user, question, name),
        "rows": at,
        "exports": [own_file(request, title)],
        "orders": order_rows(at.object_list, user, now, Links()),
    }
    return page(request, "maintenance/orders", context)


def _rows(name: str, chosen: Selection, question: Question, request: HttpRequest) -> tuple[str, str, Any]:
    """Title, meaning and rows of a list. Raises BadScope for no such list or age."""
    user, now = person(request), timezone.now()
    rows = orders(question, user)
    if name == REPEATS:
        return *MORE[name], among(rows, repeat_orders(chosen.scope)).order_by("-created_at")
    if name == ONE_SIDED:
        differ = [each.order.pk for each in late_in_one(user, rows)]
        return *MORE[name], rows.filter(pk__in=differ).order_by("created_at")
    if name not in LISTS:
        raise BadScope("list", f"“{name}” is not a list. Known: {', '.join((*LISTS, *MORE))}.")
    found, age = listed(name, rows, now), request.GET.get("age")
    if age and age not in AGES:
        raise BadScope("age", f"“{age}” is not an age. Known: {', '.join(AGES)}.")
    title = f"{LISTS[name].title}: {AGE_TITLES[age].lower()}" if age else LISTS[name].title
    return title, LISTS[name].about, found.filter(aged(age, now)) if age else found


def _numbers(
    chosen: Selection, question: Question, known: Mapping[str, int], repeats: int, sides: int
) -> list[Number]:
    def number(name: str, title: str, count: int, note: str = "", *, abnormal: bool = True) -> Number:
        return Number(title, count, _url(chosen, question, name), note, abnormal and count > 0)

    return [
        number("open", "Open work orders", known["open"], abnormal=False),
        number("unestimated", "Without an estimate", known["unestimated"], abnormal=False),
        number("overdue", "Overdue", known["overdue"]),
        number("overdue-preventive", "Preventive overdue", known["overdue-preventive"]),
        number("upcoming-preventive", "Preventive, 14 days", known["upcoming-preventive"], abnormal=False),
        number("unacknowledged", "Not begun in time", known["unacknowledged"]),
        number(REPEATS, "Repeat failures", repeats, "in the period"),
        number(ONE_SIDED, "Done in one system only", sides),
    ]


def _query(chosen: Selection, question: Question, **more: str) -> str:
    """The question, the period and more as a query string with "?", or ""."""
    query = urlencode({**question.given, **more})
    period = chosen.query.removeprefix("?")
    joined = "&".join(part for part in (query, period) if part)
    return f"?{joined}" if joined else ""


def _url(chosen: Selection, question: Question, name: str, **more: str) -> str:
    return reverse("maintenance_orders") + _query(chosen, question, list=name, **more)
