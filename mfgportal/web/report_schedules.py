"""Schedules by which the executive report is mailed; and how a recipient leaves one, even without log-in."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mfgportal.accounts.access import person
from mfgportal.accounts.audit import changes_of
from mfgportal.reports.models import ReportSchedule, Subscription
from mfgportal.reports.outbox import subscription_of
from mfgportal.reports.schedules import (
    JustSent,
    join,
    leave,
    may_change,
    require_change,
    schedules_of,
    send_now,
    switch,
)
from mfgportal.web.page import Crumb, page
from mfgportal.web.report_form import ScheduleForm

HOME = Crumb("Executive", "/executive/")


def schedules(request: HttpRequest) -> HttpResponse:
    """Those the person owns or gets."""
    user = person(request)
    rows = schedules_of(user).select_related("owner", "clock").prefetch_related("subscriptions__user")
    mine = {row.schedule_id: row for row in Subscription.objects.filter(user=user)}
    context: dict[str, Any] = {
        "title": "Reports by e-mail",
        "crumbs": [HOME, Crumb("Reports by e-mail")],
        "rows": [(row, mine.get(row.pk), may_change(user, row)) for row in rows],
        "changes": changes_of(schedules_of(user)),
    }
    return page(request, "reports", context)


def schedule_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a schedule, with the filters of the page it was opened from; or change one."""
    user = person(request)
    found = _mine(request, pk) if pk is not None else None
    query = urlencode({key: request.GET[key] for key in ("period", "of", "plant") if request.GET.get(key)})
    form = ScheduleForm(user, request.POST or None, found, query)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, f"{saved.name} is saved.")
        return redirect("schedules")
    title = found.name if found else "Send the report by e-mail"
    context: dict[str, Any] = {
        "title": title,
        "crumbs": [HOME, Crumb("Reports by e-mail", reverse("schedules")), Crumb(title)],
        "form": form,
        "schedule": found,
        "left": found.subscriptions.exclude(left_at=None).select_related("user") if found else (),
    }
    return page(request, "reports/edit", context, status=422 if form.errors else 200)


@require_POST
def schedule_switch(request: HttpRequest, pk: int) -> HttpResponse:
    found = _mine(request, pk)
    switch(found, active=not found.active)
    messages.success(request, f"{found.name} {'goes on' if found.active else 'is paused'}.")
    return redirect("schedules")


@require_POST
def schedule_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it now, besides its moments."""
    found = _mine(request, pk)
    try:
        count = send_now(found)
    except JustSent as refused:
        messages.error(request, str(refused))
        return redirect("schedules")
    people = f"{count} recipient{'' if count == 1 else 's'}"
    messages.success(request, f"{found.name} goes out to {people} within a minute.")
    return redirect("schedules")


@require_POST
def schedule_delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = _mine(request, pk)
    found.delete()
    messages.success(request, f"{found.name} is deleted.")
    return redirect("schedules")


@require_POST
def schedule_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """The person themselves leaves, or joins again what they left."""
    mine = get_object_or_404(
        Subscription.objects.select_related("schedule"), schedule=pk, user=person(request)
    )
    if mine.left_at is None:
        leave(mine)
        messages.success(request, f"You get no more of {mine.schedule.name}.")
    else:
        join(mine)
        messages.success(request, f"You get {mine.schedule.name} again.")
    return redirect("schedules")


@csrf_exempt  # a mail program's one click brings no token; the address itself is signed
@login_not_required
def report_leave(request: HttpRequest, token: str) -> HttpResponse:
    """Leave by the link of a mail. Opening it only asks, since programs open links by themselves."""
    rows = Subscription.objects.select_related("schedule")
    mine = get_object_or_404(rows, pk=subscription_of(token))
    if request.method == "POST":
        leave(mine)
        mine.refresh_from_db()
    context = {"title": "Reports by e-mail", "schedule": mine.schedule, "left": mine.left_at is not None}
    return page(request, "reports/leave", context)


def _mine(request: HttpRequest, pk: int) -> ReportSchedule:
    """One the person may change. Raises Http404, PermissionDenied."""
    found = get_object_or_404(schedules_of(person(request)).select_related("clock"), pk=pk)
    require_change(person(request), found)
    return found
