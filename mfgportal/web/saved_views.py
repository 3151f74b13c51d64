"""Saved views: a page with its period and filters under a name, one's own or shared."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from kpis.models import Plant
from mfgportal.accounts.access import person, plants_of
from mfgportal.accounts.models import Role, User
from mfgportal.habits.models import SavedView
from mfgportal.habits.preferences import preference_of
from mfgportal.habits.views import page_address, views_of
from mfgportal.web.page import Crumb, page
from mfgportal.web.place_field import PlantField

LIST = Crumb("Saved views", "/views/")


class ViewForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Name of a view, and whom else it is for."""

    plant = PlantField(
        Plant.objects.none(),
        required=False,
        label="Share with a plant",
        empty_label="Nobody",
        help_text="All who may see the plant. They see their own plants’ numbers, as on each page.",
    )

    class Meta:
        model = SavedView
        fields = ["name", "address", "plant", "role"]
        widgets = {"address": forms.HiddenInput}
        labels = {"role": "Share with a role"}
        help_texts = {"role": "With a plant and a role: those of the plant who have the role."}

    def __init__(self, user: User, view: SavedView, data: Any = None) -> None:
        super().__init__(data, instance=view)
        self.user = user
        plant, role = self.fields["plant"], self.fields["role"]
        assert isinstance(plant, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 - for the type checker
        plant.queryset = plants_of(user)
        role.choices = [("", "Nobody"), *Role.choices]

    def clean_address(self) -> str:
        return page_address(self.cleaned_data["address"])

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if self.user.saved_views.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError("You have a view of this name already.")
        return name


def views(request: HttpRequest) -> HttpResponse:
    user = person(request)
    found = list(views_of(user))
    context = {
        "title": "Saved views",
        "crumbs": [Crumb("Saved views")],
        "own": [view for view in found if view.owner_id == user.pk],
        "shared": [view for view in found if view.owner_id != user.pk],
        "start": preference_of(user).start_view_id,
    }
    return page(request, "views", context)


def view_add(request: HttpRequest) -> HttpResponse:
    """Save the page named by ``page``; one that cannot be saved says so at once."""
    given = SavedView(owner=person(request), address=request.GET.get("page", "")[:2000])
    return _edit(request, given, "Save this page")


def view(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, _own(request, pk), "Saved view")


def _edit(request: HttpRequest, found: SavedView, title: str) -> HttpResponse:
    form = ViewForm(person(request), found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"“{form.instance.name}” is saved.")
        return redirect("views")
    context = {"title": title, "crumbs": [LIST, Crumb(title)], "form": form, "view": found}
    return page(request, "views/edit", context, status=422 if form.errors else 200)


@require_POST
def view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own(request, pk)
    found.delete()
    messages.success(request, f"“{found.name}” is deleted.")
    return redirect("views")


@require_POST
def view_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin with this view from now on; again: no more."""
    user = person(request)
    found = get_object_or_404(views_of(user), pk=pk)
    preference = preference_of(user)
    preference.start_view = None if preference.start_view_id == found.pk else found
    preference.save()
    return redirect("views")


def _own(request: HttpRequest, pk: int) -> SavedView:
    """Others' views can be opened, not changed."""
    return get_object_or_404(person(request).saved_views, pk=pk)
