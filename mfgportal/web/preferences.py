"""How the portal opens for a person: start page, default plant, theme, language, keyboard shortcuts."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kpis.models import Plant
from mfgportal.accounts.access import person, plants_of
from mfgportal.accounts.models import User
from mfgportal.habits.models import Preference
from mfgportal.habits.preferences import preference_of
from mfgportal.habits.views import views_of
from mfgportal.locales import LOCALES
from mfgportal.web.page import Crumb, page
from mfgportal.web.place_field import PlantField

PAGES = (
    ("default_plant", "Navigation opens production, maintenance, reliability and exceptions of this plant."),
    ("start_view", "Opens after log-in, and from the portal’s sign at the top left."),
    ("locale", "As 1,234.5 and 24 Nov 2026 are written there; the words stay English."),
    ("shortcuts", ""),
)


class PreferenceForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Choices a person has for themselves; of plants and views, those they may see."""

    default_plant = PlantField(Plant.objects.none(), required=False, empty_label="None: all my plants")

    class Meta:
        model = Preference
        fields = ["default_plant", "start_view", "theme", "locale", "shortcuts"]
        labels = {"start_view": "Start page", "shortcuts": "Single keys do something (shortcuts)"}

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data, instance=preference_of(user))
        self.fields["locale"] = forms.ChoiceField(
            choices=[("", "As the browser asks"), *LOCALES.items()],
            required=False,
            label="Numbers and dates",
            initial=self.instance.locale,
        )
        for name, help_text in PAGES:
            self.fields[name].help_text = help_text
        plant, view = self.fields["default_plant"], self.fields["start_view"]
        assert isinstance(plant, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        assert isinstance(view, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        plant.queryset, view.queryset = plants_of(user), views_of(user)
        view.empty_label = "The default plant, else the overview"


def preferences(request: HttpRequest) -> HttpResponse:
    form = PreferenceForm(person(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your preferences are saved.")
        return redirect("preferences")
    context = {"title": "Preferences", "crumbs": [Crumb("Preferences")], "form": form}
    return page(request, "preferences", context, status=422 if form.errors else 200)


def shortcuts(request: HttpRequest) -> HttpResponse:
    """The list of keys; posting ``shortcuts`` "on" or "off" switches them."""
    if request.method == "POST":
        found = preference_of(person(request))
        found.shortcuts = request.POST.get("shortcuts") == "on"
        found.save()
        messages.success(request, f"Keyboard shortcuts are {'on' if found.shortcuts else 'off'}.")
        return redirect("shortcuts")
    title = "Keyboard shortcuts"
    return page(request, "shortcuts", {"title": title, "crumbs": [Crumb(title)]})


def start(request: HttpRequest) -> HttpResponse:
    """To the page the person begins with."""
    return redirect(start_address(person(request)))


def start_address(user: User) -> str:
    """The start view, if they still may see it; else their default plant; else the overview."""
    found = preference_of(user)
    if found.start_view_id and views_of(user).filter(pk=found.start_view_id).exists() and found.start_view:
        return found.start_view.address
    if found.default_plant:
        return reverse("plant", args=[found.default_plant.pk])
    return reverse("overview")
