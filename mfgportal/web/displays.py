"""Screens of the plants: who made which, until when their keys hold, and when they were last used."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from mfgportal.accounts.access import person
from mfgportal.accounts.audit import changes_of
from mfgportal.accounts.models import User
from mfgportal.displays.keys import displays_of, make, may_manage, revoke
from mfgportal.displays.models import Display, Panel, all_panels
from mfgportal.web.page import Crumb, page
from mfgportal.web.place_field import PlaceField

LIFETIMES = (("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("730", "Two years"))
ROTATIONS = (
    ("0", "All lines at once"),
    ("15", "One line after the other, 15 s each"),
    ("30", "One line after the other, 30 s each"),
    ("60", "One line after the other, a minute each"),
)


class DisplayForm(forms.Form):
    name = forms.CharField(max_length=120, help_text="Where it hangs.")
    place = PlaceField(label="Plant or line")
    panels = forms.MultipleChoiceField(
        label="It shows", choices=Panel, initial=all_panels, widget=forms.CheckboxSelectMultiple
    )
    rotate = forms.ChoiceField(label="Of a plant", choices=ROTATIONS)
    days = forms.ChoiceField(label="Its key holds for", choices=LIFETIMES, initial="365")

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        place = self.fields["place"]
        assert isinstance(place, PlaceField)  # noqa: S101 - for the type checker
        place.offer(user, machines=False, whole=False)

    def display(self) -> Display:
        """Not saved yet; once the fields are clean."""
        given = self.cleaned_data
        return Display(
            name=given["name"],
            plant_id=given["place"].plant_id,
            line_id=given["place"].line_id,
            panels=given["panels"],
            rotate_s=int(given["rotate"]),
            expires_at=timezone.now() + timedelta(days=int(given["days"])),
        )


def displays(request: HttpRequest) -> HttpResponse:
    user = person(request)
    _require(user)
    context: dict[str, Any] = {
        "title": "Displays",
        "crumbs": [Crumb("Displays")],
        "rows": displays_of(user).select_related("plant", "line", "created_by"),
        "now": timezone.now(),
        "changes": changes_of(displays_of(user)),
    }
    return page(request, "displays", context)


@never_cache
def display_add(request: HttpRequest) -> HttpResponse:
    """Make a display. The answer shows its address, once: only its hash is kept."""
    user = person(request)
    _require(user)
    form = DisplayForm(user, request.POST or None)
    crumbs = [Crumb("Displays", reverse("displays")), Crumb("Add a display")]
    context: dict[str, Any] = {"title": "Add a display", "crumbs": crumbs, "form": form}
    if request.method == "POST" and form.is_valid():
        made = make(form.display(), user)
        url = request.build_absolute_uri(reverse("tv", args=[made.key]))
        return page(request, "displays/made", {**context, "display": made.display, "url": url})
    return page(request, "displays/edit", context, status=422 if form.errors else 200)


@require_POST
def display_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Its screen goes dark at its next turn."""
    user = person(request)
    _require(user)
    found = get_object_or_404(displays_of(user), pk=pk)
    revoke(found, user)
    messages.success(request, f"{found.name} is revoked: its address shows nothing any more.")
    return redirect("displays")


def _require(user: User) -> None:
    if not may_manage(user):
        raise PermissionDenied("Displays are for those who manage a plant.")
