"""Forms of the sources page. Secrets are write-only: a page never shows one, and an empty field keeps it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from mfgportal.web.declaration_fields import FIELDS, DeclarationFields
from sync.addresses import validate_address
from sync.connectors import addable, connector_class
from sync.declarations import without_declaration
from sync.models import Source
from sync.plain_secrets import said, secrets_in
from sync.sources import add_source

SECRETS = ("password", "api_key")
TAKEN = frozenset({"add", "approvals", "ownership"})  # addresses of the sources page
KEPT = "Leave empty to keep the one we have."


class SourceForm(DeclarationFields, forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    password = forms.CharField(
        required=False, strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    api_key = forms.CharField(
        label="API key",
        required=False,
        help_text="Used instead of the password where the source takes one.",
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    connector = forms.ChoiceField()
    url = forms.CharField(
        label="Address",
        max_length=400,
        widget=forms.TextInput({"inputmode": "url", "spellcheck": "false"}),
        help_text="The address people open it with, for example https://odoo.example.com;"
        " of a folder of files its path, for example file:///mnt/drops.",
    )
    options = forms.JSONField(
        required=False,
        initial=dict,
        help_text='Settings of the connector, as JSON, for example {"requests_per_minute": 60}.',
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
    )

    class Meta:
        model = Source
        fields = (
            "title", "name", "connector", "url", "database", "username", "password", "api_key", "options",
        )  # fmt: skip
        labels = {"name": "Short name"}
        widgets = {"username": forms.TextInput({"autocomplete": "off"})}  # not the reader's own log-in
        help_texts = {
            "title": "How people call it, for example Odoo Lyon.",
            "name": "Letters, digits and hyphens. It becomes part of every record's identity: it stays.",
            "database": "Odoo only.",
            "username": "A service account's log-in name or e-mail.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*self.Meta.fields, *FIELDS])
        self.fields["connector"] = forms.ChoiceField(choices=connectors(), label="System")
        if self.instance.pk:
            self.fields["name"].disabled = True
            self.fields["connector"].disabled = True
            self.show_declaration(self.instance.connector, self.instance.options)
            self.initial["options"] = without_declaration(self.instance.options)
            for secret in SECRETS:
                if getattr(self.instance, secret):
                    self.fields[secret].help_text = KEPT

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name in TAKEN:
            raise ValidationError("This name is taken by a page of the portal.")
        if not self.instance.pk and Source.objects.filter(name=name).exists():
            raise ValidationError("Another source has this name.")
        return name

    def clean_options(self) -> dict[str, Any]:
        options = self.cleaned_data["options"] or {}
        if not isinstance(options, dict):
            raise ValidationError("Write an object: names with values, in braces.")
        return options

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("connector") and given.get("url"):
            given["url"] = self.address(given["connector"], given["url"])
        if given.get("connector") and isinstance(given.get("options"), dict):
            given["options"] = {**given["options"], **self.declaration(given["connector"])}
            if names := secrets_in(given["options"]):
                self.add_error("options", said(names))
        return given

    def address(self, connector: str, given: str) -> str:
        """The address as the connector wants it; a bare host is meant to be asked by https."""
        local = connector_class(connector).local
        address = given if local or "://" in given else f"https://{given}"
        try:
            validate_address(connector, address)
        except ValidationError as invalid:
            self.add_error("url", invalid)
        return address

    def save(self, commit: bool = True, *, but_options: bool = False) -> Source:
        """Save it with its streams and, for kinds nobody owns yet, its ownership.

        Args:
            but_options: the options, a declaration among them, stay as they are.
        """
        kept = Source.objects.filter(pk=self.instance.pk).values(*SECRETS).first() or {}
        given = {name: self.cleaned_data[name] for name in self.Meta.fields}
        if but_options:
            given["options"] = None
        secrets = {name: given[name] or kept.get(name, "") for name in SECRETS}
        return add_source(**given | secrets)


def connectors() -> list[tuple[str, str]]:
    """Key and title of each connector that people set up."""
    return [(name, connector_class(name).title) for name in addable()]
