"""What a person does about an exception: a POST each, then back to its page."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from kpis.models import Equipment
from mfgportal.accounts.access import Right, person, require
from mfgportal.mapping_targets import mapped_kind, targets_of
from mfgportal.streams import BROKER_DOWN
from mfgportal.web.correction import answered, correctable, is_valid, json_value
from mfgportal.web.exception import found, show
from mfgportal.web.outcome import affected, keep, left_to_load
from mfgportal.web.sides import words
from sync.exceptions import AlreadyResolved, NotAllowed, correct, dismiss, map_key, own, retry, take
from sync.models import SyncException


@require_POST
def map_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what an unknown key means: ``target`` is the id of a canonical row, or "new"; a new reason has a
    ``loss_class``."""
    which, by = _resolver(request, pk)
    given = request.POST.get("target", "")
    if given == "new":
        loss_class = request.POST.get("loss_class", "")
        return _done(request, which, lambda: map_key(which, canonical_id=None, by=by, loss_class=loss_class))
    rows = targets_of(person(request), mapped_kind(which))
    target = get_object_or_404(rows, pk=int(given) if given.isdecimal() else 0)
    machine = target if isinstance(target, Equipment) else None
    return _done(request, which, lambda: map_key(which, canonical_id=target.pk, by=by), machine)


@require_POST
def correct_value(request: HttpRequest, pk: int) -> HttpResponse:
    which, by = _resolver(request, pk)
    choices = correctable(which, request.POST)
    chosen = answered(choices)
    if chosen is None or not is_valid(chosen):
        return show(request, which, corrections=choices, status=422)
    given = chosen.form.cleaned_data | {"value": json_value(chosen.form.cleaned_data["value"])}
    return _done(request, which, lambda: _corrected(which, given, by))


def _corrected(which: SyncException, given: dict[str, object], by: str) -> int:
    waiting = which.held_records.count()
    correct(which, **given, by=by)  # type: ignore[arg-type]  # cleaned by the form
    return waiting - which.held_records.count()


@require_POST
def take_side(request: HttpRequest, pk: int) -> HttpResponse:
    """Of two systems that disagree, ``source`` is right, for a ``reason``."""
    which, by = _resolver(request, pk)
    given = {name: request.POST.get(name, "") for name in ("source", "reason")}
    return _done(request, which, lambda: _taken(which, given, by))


def _taken(which: SyncException, given: dict[str, str], by: str) -> int:
    take(which, source=given["source"], reason=given["reason"], by=by)
    return 0


@require_POST
def own_field(request: HttpRequest, pk: int) -> HttpResponse:
    """``source`` is the system of record of what is disagreed about from now on, for a ``reason``."""
    require(person(request), Right.MANAGE_SOURCES)
    which, by = _resolver(request, pk)
    given = {name: request.POST.get(name, "") for name in ("source", "reason")}
    return _done(request, which, lambda: _owned(which, given, by))


def _owned(which: SyncException, given: dict[str, str], by: str) -> int:
    own(which, source=given["source"], reason=given["reason"], by=by)
    return 0


@require_POST
def dismiss_it(request: HttpRequest, pk: int) -> HttpResponse:
    which, by = _resolver(request, pk)
    try:
        dismiss(which, reason=request.POST.get("reason", ""), by=by)
    except AlreadyResolved:
        _somebody_was_faster(request, which)
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, "Dismissed. What it held stays out of the numbers, and is no longer missed."
        )
    return redirect("exception", pk=which.pk)


@require_POST
def retry_it(request: HttpRequest, pk: int) -> HttpResponse:
    which, by = _resolver(request, pk)
    return _done(request, which, lambda: retry(which, by=by))


def _resolver(request: HttpRequest, pk: int) -> tuple[SyncException, str]:
    require(person(request), Right.RESOLVE_EXCEPTIONS)
    return found(request, pk), person(request).username


def _done(
    request: HttpRequest, which: SyncException, action: Callable[[], int], machine: Equipment | None = None
) -> HttpResponse:
    """Do it, keep what the numbers were before, and say what it released."""
    touched = affected(which, machine)
    before = touched.values() if touched else {}
    try:
        released = action()
    except AlreadyResolved:
        _somebody_was_faster(request, which)
    except NotAllowed as refused:
        messages.error(request, str(refused))
    except OperationalError:
        messages.error(request, BROKER_DOWN)
    else:
        which.refresh_from_db()
        keep(request, which, touched, released, before)
        messages.success(request, _said(which, released))
    return redirect("exception", pk=which.pk)


def _said(which: SyncException, released: int) -> str:
    if left := left_to_load(which):
        return f"It is recorded. {_records(left)} that waited are loaded now; below you see them go down."
    if released:
        return f"Done. {_records(released)} that waited entered the numbers."
    if "settled" in which.context and which.status == SyncException.Status.RESOLVED:
        return f"Done. {which.resolution}"
    if which.context.get("sides") and which.status == SyncException.Status.RESOLVED:
        return f"Done. Both systems count with the same {words(which.context['field']).lower()} here."
    return "Done. Nothing waited for it; if a stream stood still, it is read again now."


def _records(count: int) -> str:
    return f"{count:,} record{'s' if count != 1 else ''}"


def _somebody_was_faster(request: HttpRequest, which: SyncException) -> None:
    which.refresh_from_db()
    who = f" by {which.resolved_by}" if which.resolved_by else ""
    messages.warning(
        request, f"It was {which.get_status_display().lower()}{who} in the meantime. Nothing to do."
    )
