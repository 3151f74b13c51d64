"""Forms of people, and of the keys of programs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kpis.models import Plant
from mfgportal.accounts.access import plants_of
from mfgportal.accounts.keys import make_key
from mfgportal.accounts.models import ALL_PLANTS, ApiKey, Role, User
from mfgportal.accounts.scopes import WORDS, Scope

DAYS = [(30, "30 days"), (90, "90 days"), (180, "half a year"), (365, "a year")]


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Who somebody is, and what they may see."""

    plants = forms.ModelMultipleChoiceField(
        Plant.objects.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Of a plant manager or a maintenance lead; other roles see all plants.",
    )

    class Meta:
        model = User
        fields = ("username", "email", "first_name", "last_name", "role", "plants")
        help_texts = {"username": "", "role": "What it may do is in the table below."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Somebody else has this address.")
        return email

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("role") in set(Role.values) - ALL_PLANTS and not given.get("plants"):
            self.add_error("plants", "This role sees no plant but those chosen here.")
        return given


class KeyForm(forms.Form):
    """What a program may do, where, and for how long."""

    name = forms.CharField(max_length=80, help_text="Of the program that will use it.")
    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, f"{scope} – {WORDS[scope]}") for scope in Scope],
        widget=forms.CheckboxSelectMultiple,
        help_text="Within them it may do what your role may, and no more.",
    )
    plants = forms.ModelMultipleChoiceField(
        Plant.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: all that you may see.",
    )
    days = forms.TypedChoiceField(label="Good for", choices=DAYS, coerce=int, initial=90)

    def __init__(self, owner: User, data: Any = None) -> None:
        super().__init__(data)
        self.owner = owner
        plants = self.fields["plants"]
        assert isinstance(plants, forms.ModelMultipleChoiceField)  # noqa: S101 - for the type checker
        plants.queryset = plants_of(owner).order_by("name")

    def save(self) -> tuple[ApiKey, str]:
        """The key, and its token in clear."""
        given = self.cleaned_data
        plants = list(given["plants"])
        return make_key(self.owner, given["name"], given["scopes"], days=given["days"], plants=plants)
