"""What a person does about an exception: a POST each, then back to its page."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from kpis.models import Equipment
from mfgportal.accounts.access import Right, person, require
from mfgportal.approvals.proposing import PROPOSE, are_required
from mfgportal.locales import number
from mfgportal.mapping_targets import mapped_kind, targets_of
from mfgportal.streams import BROKER_DOWN
from mfgportal.web.correction import answered, correctable, is_valid, json_value
from mfgportal.web.exception import found, show
from mfgportal.web.outcome import left_to_load
from mfgportal.web.sides import words
from sync.exceptions import (
    AlreadyResolved,
    NotAllowed,
    correct,
    decide,
    dismiss,
    map_key,
    merge,
    own,
    retry,
    split,
    take,
)
from sync.models import SyncException


@require_POST
def map_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what an unknown key means: ``target`` is the id of a canonical row, or "new"; a new reason has a
    ``loss_class``."""
    which, by = resolver(request, pk)
    given = request.POST.get("target", "")
    if given == "new":
        loss_class = request.POST.get("loss_class", "")
        return done(
            request, which, "create", lambda: map_key(which, canonical_id=None, by=by, loss_class=loss_class)
        )
    rows = targets_of(person(request), mapped_kind(which))
    target = get_object_or_404(rows, pk=int(given) if given.isdecimal() else 0)
    machine = target.pk if isinstance(target, Equipment) else None
    return done(request, which, "map", lambda: map_key(which, canonical_id=target.pk, by=by), machine=machine)


@require_POST
def correct_value(request: HttpRequest, pk: int) -> HttpResponse:
    which, by = resolver(request, pk)
    choices = correctable(person(request), which, request.POST)
    chosen = answered(choices)
    if chosen is None or not is_valid(chosen):
        return show(request, which, corrections=choices, status=422)
    given = chosen.form.cleaned_data | {"value": json_value(chosen.form.cleaned_data["value"])}
    return done(request, which, "correct", lambda: _corrected(which, given, by), reason=given["reason"])


def _corrected(which: SyncException, given: dict[str, object], by: str) -> int:
    waiting = which.held_records.count()
    correct(which, **given, by=by)  # type: ignore[arg-type]  # cleaned by the form
    return waiting - which.held_records.count()


@require_POST
def take_side(request: HttpRequest, pk: int) -> HttpResponse:
    """Of two systems that disagree, ``source`` is right, for a ``reason``."""
    which, by = resolver(request, pk)
    given = {name: request.POST.get(name, "") for name in ("source", "reason")}
    return done(request, which, "take", lambda: _none(take(which, **given, by=by)), reason=given["reason"])


@require_POST
def own_field(request: HttpRequest, pk: int) -> HttpResponse:
    """``source`` is the system of record of what is disagreed about from now on, for a ``reason``."""
    require(person(request), Right.MANAGE_SOURCES)
    which, by = resolver(request, pk)
    given = {name: request.POST.get(name, "") for name in ("source", "reason")}
    return done(request, which, "own", lambda: _none(_owned(which, given, by)), reason=given["reason"])


def _owned(which: SyncException, given: dict[str, str], by: str) -> object:
    if are_required():
        raise NotAllowed(PROPOSE)
    return own(which, **given, by=by)


@require_POST
def merge_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """Of two rows for one thing, ``keep`` stays, for a ``reason``."""
    which, by = resolver(request, pk)
    given, reason = request.POST.get("keep", ""), request.POST.get("reason", "")
    keep = int(given) if given.isdecimal() else 0
    return done(
        request, which, "merge", lambda: _none(merge(which, keep=keep, reason=reason, by=by)), reason=reason
    )


@require_POST
def split_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Part a ``group`` of its records from an exception, for a ``reason``."""
    which, by = resolver(request, pk)
    given = {name: request.POST.get(name, "") for name in ("group", "reason")}
    return done(request, which, "split", lambda: _none(split(which, **given, by=by)), reason=given["reason"])


@require_POST
def dismiss_it(request: HttpRequest, pk: int) -> HttpResponse:
    which, by = resolver(request, pk)
    reason = request.POST.get("reason", "")
    return done(request, which, "dismiss", lambda: _none(dismiss(which, reason=reason, by=by)), reason=reason)


@require_POST
def retry_it(request: HttpRequest, pk: int) -> HttpResponse:
    which, by = resolver(request, pk)
    return done(request, which, "retry", lambda: retry(which, by=by))


def _none(_: object) -> int:
    """What resolves a disagreement or a double releases no rows."""
    return 0


def resolver(request: HttpRequest, pk: int) -> tuple[SyncException, str]:
    """The exception and the person's name, if they may resolve it. Raises Http404, PermissionDenied."""
    require(person(request), Right.RESOLVE_EXCEPTIONS)
    return found(request, pk), person(request).username


def done(
    request: HttpRequest,
    which: SyncException,
    way: str,
    action: Callable[[], int],
    *,
    reason: str = "",
    machine: int | None = None,
) -> HttpResponse:
    """Do it, keep what the numbers were before, and say what it released."""
    by = person(request).username
    try:
        decision = decide(which, way=way, by=by, action=action, reason=reason, equipment_id=machine)
    except AlreadyResolved:
        _somebody_was_faster(request, which)
    except NotAllowed as refused:
        messages.error(request, str(refused))
    except OperationalError:
        messages.error(request, BROKER_DOWN)
    else:
        which.refresh_from_db()
        messages.success(request, _said(which, way, decision.released))
    return redirect("exception", pk=which.pk)


def _somebody_was_faster(request: HttpRequest, which: SyncException) -> None:
    which.refresh_from_db()
    who = f" by {which.resolved_by}" if which.resolved_by else ""
    messages.warning(
        request, f"It was {which.get_status_display().lower()}{who} in the meantime. Nothing to do."
    )


def _said(which: SyncException, way: str, released: int) -> str:
    if way == "dismiss":
        return "Dismissed. What it held stays out of the numbers, and is no longer missed."
    if way == "split":
        return f"Done. No. {which.splits.latest('id').pk} holds these records from now on."
    if way == "rule":
        return f"The rule is in force. {_records(released)} that waited for this one were let go."
    if left := left_to_load(which):
        return f"It is recorded. {_records(left)} that waited are loaded now; below you see them go down."
    if released:
        return f"Done. {_records(released)} that waited entered the numbers."
    if way == "merge" or ("settled" in which.context and which.status == SyncException.Status.RESOLVED):
        return f"Done. {which.resolution}"
    if which.context.get("sides") and which.status == SyncException.Status.RESOLVED:
        return f"Done. Both systems count with the same {words(which.context['field']).lower()} here."
    return "Done. Nothing waited for it; if a stream stood still, it is read again now."


def _records(count: int) -> str:
    return f"{number(count)} record{'s' if count != 1 else ''}"
