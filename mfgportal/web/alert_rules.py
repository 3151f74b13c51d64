"""Rules of alerts: when one opens, and who is told. Plant managers in their plants, and administrators."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from mfgportal.accounts.access import Right, may, person, plants_of, require
from mfgportal.accounts.audit import changes_of
from mfgportal.accounts.models import User
from mfgportal.alerts.judging import switch
from mfgportal.alerts.models import AlertRule
from mfgportal.alerts.people import rules_of
from mfgportal.web.alert_rule_form import RuleForm
from mfgportal.web.page import Crumb, page


def alert_rules(request: HttpRequest) -> HttpResponse:
    user = person(request)
    context: dict[str, Any] = {
        "title": "Alert rules",
        "crumbs": [Crumb("Alerts", reverse("alerts")), Crumb("Rules")],
        "rules": rules_of(user).select_related("plant", "line", "equipment"),
        "may_manage": may(user, Right.MANAGE_ALERTS),
        "changes": changes_of(rules_of(user)),
    }
    return page(request, "alerts/rules", context)


def alert_rule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a rule, or change one."""
    user = person(request)
    found = _mine(user, pk) if pk is not None else None
    require(user, Right.MANAGE_ALERTS)
    form = RuleForm(user, request.POST or None, found)
    if request.method == "POST" and form.is_valid():
        rule = form.save()
        messages.success(request, f"{rule.name} is saved. It looks at the data within seconds.")
        return redirect("alert_rules")
    context: dict[str, Any] = {
        "title": found.name if found else "Add a rule",
        "crumbs": [
            Crumb("Alerts", reverse("alerts")),
            Crumb("Rules", reverse("alert_rules")),
            Crumb(found.name if found else "Add a rule"),
        ],
        "form": form,
        "rule": found,
    }
    return page(request, "alerts/rules/edit", context, status=422 if form.errors else 200)


@require_POST
def alert_rule_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch a rule off, which closes what it has open, or on again."""
    user = person(request)
    rule = _mine(user, pk)
    switch(rule, enabled=not rule.enabled, by=user.username)
    messages.success(request, f"{rule.name} is {'on' if rule.enabled else 'off'}.")
    return redirect("alert_rules")


def _mine(user: User, pk: int) -> AlertRule:
    """A rule the person may change: of their plants; the enterprise's for those who see all plants."""
    require(user, Right.MANAGE_ALERTS)
    rule = get_object_or_404(rules_of(user).select_related("plant", "line", "equipment"), pk=pk)
    if not user.sees_all_plants and rule.plant not in plants_of(user):
        raise PermissionDenied("Rules of the enterprise are changed by those who see all plants.")
    return rule
