"""The part of a source's form that is its declaration: a shipped one, a file, or text of one's own."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from sync.connectors.declared.loading import LARGEST, DeclarationError
from sync.declarations import TEXT, all_shipped, declared, options_of

FIELDS = ("shipped", "upload", "own")


class DeclarationFields(forms.Form):
    """Fields for connectors whose streams a declaration describes; the others leave them empty."""

    shipped = forms.ChoiceField(
        label="Shipped declaration",
        required=False,
        help_text="For “any JSON API” and files only: what describes the system's lists and their meaning.",
    )
    upload = forms.FileField(label="Or a file of your own", required=False, help_text="A YAML file.")
    own = forms.CharField(
        label="Or a text of your own",
        required=False,
        strip=False,
        max_length=LARGEST,
        widget=forms.Textarea({"rows": 12, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(key, f"{system} ({key})") for key, (_, system) in all_shipped().items()]
        self.fields["shipped"] = forms.ChoiceField(
            choices=[("", "None of them"), *names],
            required=False,
            label=self.fields["shipped"].label,
            help_text=self.fields["shipped"].help_text,
        )

    def show_declaration(self, connector: str, options: dict[str, Any]) -> None:
        """Of a source there is: its text, or, where it takes none, no such fields."""
        if declared(connector) is None:
            for name in FIELDS:
                del self.fields[name]
        else:
            self.fields["own"].initial = options.get(TEXT, "")

    def declaration(self, connector: str) -> dict[str, Any]:
        """The options that hold the declaration; what is wrong with it is shown at its field."""
        base = declared(connector)
        if base is None:
            return {}
        field, text = self._given(connector)
        try:
            return options_of(base, text)
        except DeclarationError as wrong:
            self.add_error(field, wrong.problems)
            return {}

    def _given(self, connector: str) -> tuple[str, str]:
        """The field that was used and its text: what was chosen or uploaded goes before what stands there."""
        given = self.cleaned_data
        chosen, upload = given.get("shipped") or "", given.get("upload")
        if isinstance(upload, UploadedFile):
            return "upload", (upload.read(LARGEST + 1) or b"").decode(errors="replace")
        if chosen.startswith(f"{connector}:"):
            return "shipped", all_shipped()[chosen][0]
        return "own", given.get("own") or ""
