"""The comparisons: what each found, line by line, and the rows that explain a difference."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from mfgportal.accounts.access import Right, may, person, plants_of, require
from mfgportal.locales import moment
from mfgportal.reconciliations import Found, Links, RuleStatus, lines_of, rule_statuses, sides
from mfgportal.streams import BROKER_DOWN
from mfgportal.web.dashboard import explains_bad_scope
from mfgportal.web.file_rows import comparison_columns, comparison_file_rows
from mfgportal.web.files import as_file, own_file, wants_file
from mfgportal.web.page import Crumb, page
from sync import tasks
from sync.models import ReconciliationLine
from sync.reconcile.base import Rule
from sync.reconcile.rules import RULES

PER_PAGE = 50
ALL = "all"


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the page shows it."""

    row: ReconciliationLine
    sides: list[Found]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A row that explains a difference, with the ways to it."""

    where: str
    text: str
    value: float | None
    start: str
    end: str
    key: str
    url: str
    system: str
    event: str


def reconciliations(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {
        "title": "Reconciliation",
        "crumbs": [Crumb("Reconciliation")],
        "statuses": rule_statuses(person(request)),
        "may_run": may(person(request), Right.RUN_SYNC),
    }
    return page(request, "reconciliation", context)


@explains_bad_scope
def rule(request: HttpRequest, key: str) -> HttpResponseBase:
    """The lines of a rule's newest comparison; those that differ, unless all are wanted."""
    status = _status(request, key)
    lines = _lines(request, status)
    if wants_file(request):
        columns, rows = comparison_columns(status.rule), comparison_file_rows(lines)
        return as_file(request, f"reconciliation-{key}", columns, rows, lines.count())
    context: dict[str, Any] = {
        "title": status.rule.title,
        "crumbs": [Crumb("Reconciliation", reverse("reconciliations")), Crumb(status.rule.title)],
        "status": status,
        "given": {name: request.GET.get(name, "") for name in ("show", "plant", "period", "subject")},
        "plants": plants_of(person(request)),
        "periods": _periods(request, status),
        "rows": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
        "exports": [own_file(request, "Lines")],
        "titles": list({**status.rule.sides, **status.rule.parts}.values()),
        "may_run": may(person(request), Right.RUN_SYNC),
    }
    context["lines"] = [Line(row, sides(status.rule, row)) for row in context["rows"]]
    return page(request, "reconciliation/rule", context)


def _status(request: HttpRequest, key: str) -> RuleStatus:
    if key not in RULES:
        raise Http404
    return next(one for one in rule_statuses(person(request)) if one.rule.key == key)


def _lines(request: HttpRequest, status: RuleStatus) -> QuerySet[ReconciliationLine]:
    given = request.GET
    lines = (
        lines_of(person(request)).filter(run=status.done)
        if status.done
        else ReconciliationLine.objects.none()
    )
    if given.get("show") != ALL:
        lines = lines.filter(agrees=False)
    if given.get("plant", "").isdecimal():
        lines = lines.filter(plant=int(given["plant"]))
    if given.get("period"):
        lines = lines.filter(period=given["period"])
    return lines.filter(subject=given["subject"]) if given.get("subject") else lines


def _periods(request: HttpRequest, status: RuleStatus) -> list[str]:
    lines = lines_of(person(request)).filter(run=status.done).exclude(period="")
    return list(lines.order_by("-period").values_list("period", flat=True).distinct()) if status.done else []


def line(request: HttpRequest, pk: int) -> HttpResponse:
    """One line: both sides, and the rows that explain it."""
    row = get_object_or_404(lines_of(person(request)).select_related("plant", "stream__source"), pk=pk)
    found = RULES.get(row.run.rule)
    if found is None:
        raise Http404
    above = reverse("reconciliation_rule", args=[found.key])
    context: dict[str, Any] = {
        "title": f"{row.title}{f', {row.period}' if row.period else ''}",
        "crumbs": [
            Crumb("Reconciliation", reverse("reconciliations")),
            Crumb(found.title, above),
            Crumb(row.title),
        ],
        "rule": found,
        "line": row,
        "sides": sides(found, row),
        "evidence": _evidence(found, row),
        "zone": row.plant.timezone if row.plant else "UTC",
    }
    return page(request, "reconciliation/line", context)


def _evidence(found: Rule, row: ReconciliationLine) -> list[Evidence]:
    links, zone = Links(), ZoneInfo(row.plant.timezone if row.plant else "UTC")
    titles = {**found.sides, "both": "Both, but not the same"}
    return [
        Evidence(
            where=titles.get(one["where"], one["where"]),
            text=one["text"],
            value=one["value"],
            start=_moment(one["start"], zone),
            end=_moment(one["end"], zone),
            key=one["external_key"],
            url=links.url(one),
            system=links.title(one),
            event=_event(one),
        )
        for one in row.rows
    ]


def _moment(text: str, zone: ZoneInfo) -> str:
    return moment(datetime.fromisoformat(text).astimezone(zone)) if text else ""


def _event(row: Mapping[str, Any]) -> str:
    kind, _, pk = str(row["event"]).partition("/")
    return reverse("event", args=[kind, int(pk)]) if pk else ""


@require_POST
def compare(request: HttpRequest, key: str) -> HttpResponse:
    """Tell a worker to compare now, and go back to the page that shows what it found."""
    require(person(request), Right.RUN_SYNC)
    if key not in RULES:
        raise Http404
    try:
        tasks.compare.delay(key, by=person(request).username)
    except OperationalError:
        messages.error(request, BROKER_DOWN)
    else:
        messages.success(request, f"A worker was told to compare “{RULES[key].title}” now.")
    return redirect("reconciliation_rule", key)
