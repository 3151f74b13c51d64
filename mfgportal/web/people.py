"""People: who may log in, as what, and for which plants. For administrators."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from mfgportal.accounts import people as kept
from mfgportal.accounts.access import Right, person, require
from mfgportal.accounts.audit import changes_of
from mfgportal.accounts.models import Role, User
from mfgportal.accounts.rights import RIGHTS
from mfgportal.accounts.second_factor import DEMANDED_OF, FACTORS
from mfgportal.accounts.sessions import end_sessions
from mfgportal.web.page import Crumb, page
from mfgportal.web.people_forms import PersonForm

HERE = "People"


def people(request: HttpRequest) -> HttpResponse:
    """All of them, and how to invite one."""
    require(person(request), Right.MANAGE_PEOPLE)
    return _list(request, PersonForm())


@require_POST
def person_invite(request: HttpRequest) -> HttpResponse:
    """Make a person and mail the link to a first password."""
    by = person(request)
    require(by, Right.MANAGE_PEOPLE)
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _list(request, form)
    user = kept.save_person(form.save(commit=False), form.cleaned_data["plants"])
    _send(request, user, by)
    return redirect("people")


def person_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: what may be changed, and what was."""
    require(person(request), Right.MANAGE_PEOPLE)
    user = get_object_or_404(_rows(), pk=pk)
    form = PersonForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        try:
            kept.save_person(form.save(commit=False), form.cleaned_data["plants"])
        except kept.LastAdmin as refused:
            form.add_error("role", str(refused))
        else:
            messages.success(request, f"{user.username} is saved.")
            return redirect("person", pk=pk)
    return _one(request, pk, form)


@require_POST
def person_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a person go, or in again."""
    by, user = _found(request, pk)
    try:
        if user.is_active:
            kept.let_go(user, by)
            messages.success(request, f"{user.username} is logged out, and cannot log in. Keys are revoked.")
        else:
            kept.take_back(user)
            messages.success(request, f"{user.username} can log in again.")
    except kept.LastAdmin as refused:
        messages.error(request, str(refused))
    return redirect("person", pk=pk)


@require_POST
def person_forget_factors(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a lost second factor."""
    _, user = _found(request, pk)
    kept.forget_factors(user)
    messages.success(request, f"{user.username} has no second factor now, and is logged out everywhere.")
    return redirect("person", pk=pk)


@require_POST
def person_log_out(request: HttpRequest, pk: int) -> HttpResponse:
    """End all sessions of a person."""
    _, user = _found(request, pk)
    messages.success(request, f"{end_sessions(user.pk)} session(s) of {user.username} ended.")
    return redirect("person", pk=pk)


@require_POST
def person_send_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail the link to a new password again."""
    by, user = _found(request, pk)
    _send(request, user, by)
    return redirect("person", pk=pk)


def _found(request: HttpRequest, pk: int) -> tuple[User, User]:
    by = person(request)
    require(by, Right.MANAGE_PEOPLE)
    return by, get_object_or_404(User, pk=pk)


def _send(request: HttpRequest, user: User, by: User) -> None:
    if not user.email:
        messages.error(request, f"{user.username} has no e-mail address.")
        return
    try:
        kept.send_invitation(user, by)
    except OSError:
        messages.error(
            request, f"The mail server does not take the mail to {user.email}. Send it again later."
        )
        return
    where = " Mails are files in var/mail here." if "filebased" in settings.EMAIL_BACKEND else ""
    messages.success(request, f"A link to set a password goes to {user.email}.{where}")


def _rows() -> QuerySet[User]:
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
    rows = User.objects.prefetch_related("plants").annotate(has_factor=Exists(factors))
    return rows.order_by("-is_active", "username")


def _list(request: HttpRequest, form: PersonForm) -> HttpResponse:
    context: dict[str, Any] = {
        "title": HERE,
        "crumbs": [Crumb(HERE)],
        "people": _rows(),
        "form": form,
        "roles": [(role.label, sorted(RIGHTS[role])) for role in Role],
        "demanded": settings.MFA_REQUIRED,
        "demanded_of": DEMANDED_OF,
    }
    return page(request, "people", context, status=422 if form.errors else 200)


def _one(request: HttpRequest, pk: int, form: PersonForm) -> HttpResponse:
    user = get_object_or_404(_rows(), pk=pk)
    context: dict[str, Any] = {
        "title": user.get_full_name() or user.username,
        "crumbs": [Crumb(HERE, reverse("people")), Crumb(user.username)],
        "who": user,
        "form": form,
        "changes": changes_of(User.objects.filter(pk=pk)),
    }
    return page(request, "people/one", context, status=422 if form.errors else 200)
