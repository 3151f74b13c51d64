"""What a person does with an exception beside resolving it: a POST each, then back to where they were."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from mfgportal import locales
from mfgportal.accounts.access import Right, exceptions_of, person, require
from mfgportal.accounts.models import User
from mfgportal.triage import ME
from mfgportal.web.exception import found
from mfgportal.web.resolve import resolver
from mfgportal.workbench import acts
from mfgportal.workbench.models import Link
from sync.exceptions import NotAllowed
from sync.models import SyncException


@require_POST
def assign_to(request: HttpRequest, pk: int) -> HttpResponse:
    """``to``: ``me``, a user name, or "" for nobody."""
    which, _ = resolver(request, pk)
    user, name = person(request), request.POST.get("to", "")
    to = user if name == ME else User.objects.filter(username=name, is_active=True).first()
    if name and to is None:
        messages.error(request, "There is nobody of that name.")
        return back(request, which)
    whom = "you" if to == user else str(to or "nobody")
    return _done(request, which, lambda: acts.assign(which, to, by=user), f"It is given to {whom}.")


@require_POST
def snooze_it(request: HttpRequest, pk: int) -> HttpResponse:
    """``days`` from now; ``until``, a local time of the exception's plant (else UTC); neither wakes it."""
    which, _ = resolver(request, pk)
    until = snooze_end(request, which)
    said = (
        f"It sleeps until {locales.moment(until.astimezone(zone_of(which)))}, or until it happens again."
        if until
        else "Awake."
    )
    return _done(request, which, lambda: acts.snooze(which, until, by=person(request)), said)


def zone_of(which: SyncException | None) -> ZoneInfo:
    """The zone of its plant; UTC without one."""
    return ZoneInfo(which.plant.timezone if which and which.plant else "UTC")


def snooze_end(request: HttpRequest, which: SyncException | None) -> datetime | None:
    """When what a form asks to put off is due again, UTC."""
    if text := request.POST.get("until", ""):
        local = parse_datetime(text) if len(text) < 40 else None
        if local is None:
            return None
        zone = zone_of(which)
        return (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)
    days = request.POST.get("days", "")
    return timezone.now() + timedelta(days=int(days)) if days.isdecimal() and len(days) < 4 else None


@require_POST
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Everyone who may see it may say something."""
    which, text = found(request, pk), request.POST.get("text", "")
    return _done(request, which, lambda: acts.comment(which, text, by=person(request)), "")


@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """``other``: the number of another exception; ``kind``: one of ``Link.Kind``."""
    which, _ = resolver(request, pk)
    given = request.POST.get("other", "").removeprefix("#").strip()
    number = int(given) if given.isdecimal() and len(given) < 19 else 0
    other = exceptions_of(person(request)).filter(pk=number).first()
    if other is None:
        messages.error(request, "There is no exception of that number.")
        return back(request, which)
    kind = request.POST.get("kind", "")
    return _done(request, which, lambda: acts.link(which, other, kind, by=person(request)), "Linked.")


@require_POST
def unlink(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    which, _ = resolver(request, pk)
    made = get_object_or_404(Link.objects.filter(exception=which) | Link.objects.filter(other=which), pk=link)
    acts.unlink(made, by=person(request))
    return back(request, which)


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Take all of the person's notices off the bell."""
    acts.read(person(request))
    return redirect(f"{reverse('alerts')}?view=mine")


def _done(
    request: HttpRequest, which: SyncException, action: Callable[[], object], said: str
) -> HttpResponse:
    try:
        changed = action()
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        if changed and said:
            messages.success(request, said)
    return back(request, which)


def back(request: HttpRequest, which: SyncException) -> HttpResponse:
    """To the list a person came from, where the form names it, else to the exception's page."""
    given = request.POST.get("next", "")
    if given.startswith("/exceptions/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None):
        return redirect(given)
    return redirect("exception", pk=which.pk)


def may_triage(request: HttpRequest) -> User:
    """The person, if they may resolve exceptions. Raises PermissionDenied."""
    user = person(request)
    require(user, Right.RESOLVE_EXCEPTIONS)
    return user
