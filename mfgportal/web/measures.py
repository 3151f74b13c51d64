"""How well the exception queue is kept, and a person's daily digest of it."""

from datetime import time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from kpis.models import Plant
from mfgportal.accounts.access import Right, may, person, plants_of
from mfgportal.accounts.models import User
from mfgportal.alerts.models import Signal
from mfgportal.alerts.people import rules_of
from mfgportal.triage import Choice
from mfgportal.web.page import Crumb, page
from mfgportal.web.place_field import PlantField
from mfgportal.workbench.digest import subscribe
from mfgportal.workbench.measures import measures
from mfgportal.workbench.models import Digest

FIRST = time(7)


class DigestForm(forms.Form):
    """When a person gets the digest, by which plant's clock. ``digest``: the one there is, if any."""

    at = forms.TimeField(label="Each day at", widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    clock = PlantField(Plant.objects.none(), label="Clock of", required=False, empty_label="UTC")

    def __init__(self, user: User, data: Any = None) -> None:
        self.digest = Digest.objects.filter(user=user).select_related("clock").first()
        plants = plants_of(user)
        at, its = (self.digest.at, self.digest.clock) if self.digest else (FIRST, plants.first())
        super().__init__(data, initial={"at": at, "clock": its})
        clock = self.fields["clock"]
        assert isinstance(clock, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        clock.queryset = plants


def measures_page(request: HttpRequest) -> HttpResponse:
    return _show(request, DigestForm(person(request)))


def _show(request: HttpRequest, form: DigestForm) -> HttpResponse:
    user = person(request)
    found = measures(user, timezone.now())
    context: dict[str, Any] = {
        "title": "How the queue is kept",
        "crumbs": [Crumb("Exceptions", reverse("exceptions")), Crumb("Measures")],
        "found": found,
        "total": sum(band.count for band in found.ages),
        "most": max(1, *(band.count for band in found.ages)),
        "bands": [(band, Choice(older=band.from_days or None, sort="age").query) for band in found.ages],
        "held_share": 1 - found.held.share,
        "rules": rules_of(user).filter(signal=Signal.EXCEPTION).select_related("plant"),
        "may_manage": may(user, Right.MANAGE_ALERTS),
        "form": form,
        "digest": form.digest,
    }
    return page(request, "exceptions/measures", context, status=422 if form.errors else 200)


@require_POST
def digest_switch(request: HttpRequest) -> HttpResponse:
    """Get the digest at that time, or, with ``off``, no more."""
    user = person(request)
    if "off" in request.POST:
        Digest.objects.filter(user=user).delete()
        messages.success(request, "You get no digest any more.")
        return redirect("exception_measures")
    form = DigestForm(user, request.POST)
    if not form.is_valid():
        return _show(request, form)
    subscribe(user, form.cleaned_data["at"], form.cleaned_data["clock"])
    if not user.email:
        messages.warning(request, "Your account has no e-mail address yet: nothing can be sent.")
    else:
        messages.success(request, "You get a digest each day.")
    return redirect("exception_measures")
