"""Alerts: what is open, what is mine, what was; and what a person does with one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from mfgportal.accounts.access import Right, may, person
from mfgportal.accounts.models import User
from mfgportal.alerts import desk
from mfgportal.alerts.mail import place_path
from mfgportal.alerts.models import Alert
from mfgportal.alerts.people import alerts_of, rules_of, told_of
from mfgportal.alerts.record import newer_first
from mfgportal.web.dashboard import explains_bad_scope
from mfgportal.web.files import as_file, own_file, wants_file
from mfgportal.web.list_files import ALERTS, alert_file_rows
from mfgportal.web.page import Crumb, page
from mfgportal.web.picker import Choice
from mfgportal.workbench.people import notices_of

PER_PAGE = 50
VIEWS = {"open": "Open", "mine": "Sent to me", "history": "History"}
LONGEST_COMMENT = 2000


@explains_bad_scope
def alerts(request: HttpRequest) -> HttpResponseBase:
    """Open ones worst first; ``view``: open, mine (those I was told of, not closed) or history."""
    user = person(request)
    view = request.GET.get("view", "open")
    view = view if view in VIEWS else "open"
    if wants_file(request):
        found = _rows(user, view)
        return as_file(request, "alerts", ALERTS, alert_file_rows(found), found.count())
    context: dict[str, Any] = {
        "title": "Alerts",
        "crumbs": [Crumb("Alerts")],
        "views": [Choice(title, f"?view={name}", name == view) for name, title in VIEWS.items()],
        "view": view,
        "rows": Paginator(_rows(user, view), PER_PAGE).get_page(request.GET.get("page")),
        "held": rules_of(user).filter(enabled=True).exclude(cannot_judge=""),
        "exports": [own_file(request, VIEWS[view])],
        "may_manage": may(user, Right.MANAGE_ALERTS),
        "notices": notices_of(user).select_related("exception"),
        "unread": set(told_of(user).values_list("event__alert", flat=True)),
    }
    return page(request, "alerts", context)


def _rows(user: User, view: str) -> QuerySet[Alert]:
    rows = alerts_of(user).select_related("rule", "plant")
    if view == "history":
        return rows.filter(status=Alert.Status.CLOSED).order_by("-closed_at", "-pk")
    rows = rows.exclude(status=Alert.Status.CLOSED)
    if view == "mine":
        rows = rows.filter(events__notifications__user=user).distinct()
    return rows.order_by("-status", "-opened_at", "-pk")


def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """One alert with its history. To open it takes its messages off the bell."""
    user = person(request)
    found = get_object_or_404(alerts_of(user).select_related("rule", "plant"), pk=pk)
    desk.read(user, found)
    context: dict[str, Any] = {
        "title": found.title,
        "crumbs": [Crumb("Alerts", reverse("alerts")), Crumb(found.title)],
        "alert": found,
        "events": newer_first(found),
        "zone": found.plant.timezone if found.plant else "UTC",
        "place_url": place_path(found),
        "may_manage": may(user, Right.MANAGE_ALERTS),
    }
    return page(request, "alerts/alert", context)


@require_POST
def alert_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        desk.acknowledge(person(request), pk, _comment(request))
    except desk.AlertClosed as closed:
        messages.info(request, str(closed))
    else:
        messages.success(request, "You look after it: nobody else is called.")
    return redirect("alert", pk=pk)


@require_POST
def alert_comment(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    get_object_or_404(alerts_of(user), pk=pk)
    if text := _comment(request):
        desk.say(user, pk, text)
    return redirect("alert", pk=pk)


@require_POST
def alerts_read(request: HttpRequest) -> HttpResponse:
    """Take all of the person's messages off the bell."""
    desk.read(person(request))
    return redirect("alerts")


def _comment(request: HttpRequest) -> str:
    return str(request.POST.get("comment", "")).strip()[:LONGEST_COMMENT]
