"""The form that says which source is the system of record: of each kind, and of single fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from sync.assigning import assign
from sync.load.fields import field_of, may_be_owned
from sync.models import Ownership, Source
from sync.records import Kind
from sync.sources import class_of

Choices = list[tuple[str, str]]
NOBODY = "Nobody"
WITH_KIND = "As its kind"


@dataclass(frozen=True, slots=True)
class Row:
    """A kind, with the fields of it that have a system of record of their own."""

    kind: forms.BoundField
    fields: list[forms.BoundField]


class OwnershipForm(forms.Form):
    """One choice per kind, the source whose records create and name the canonical rows; one per field that
    has its own; and two to give a field one."""

    add_field = forms.ChoiceField(label="A field of its own", required=False)
    add_source = forms.ChoiceField(label="Decided by", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Ownership.objects.values_list("kind", "field", "source__name")
        owners = {(kind, field): source for kind, field, source in rows}
        offers = _offers()
        for kind, choices in offers.items():
            self.fields[kind] = _choice(_words(kind), NOBODY, choices, owners.get((kind, ""), ""))
        for (of, field), source in owners.items():
            if field and Kind(of) in offers:
                label = field_of(Kind(of), field).label.capitalize()
                self.fields[f"{of}.{field}"] = _choice(label, WITH_KIND, offers[Kind(of)], source)
        titles = {choice for choices in offers.values() for choice in choices}
        self.fields["add_field"] = forms.ChoiceField(
            label="Field", choices=[("", "Choose…"), *_addable(offers)], required=False
        )
        self.fields["add_source"] = _choice("System of record", "Choose…", sorted(titles), "")

    def rows(self) -> Iterator[Row]:
        """Kinds in order, each with its fields."""
        for name in self.fields:
            if name in set(Kind):
                own = [self[field] for field in self.fields if field.startswith(f"{name}.")]
                yield Row(self[name], own)

    def clean(self) -> dict[str, Any]:
        """A field goes with a source that offers its kind."""
        given: dict[str, Any] = super().clean() or {}
        kind, source = given.get("add_field", "").partition(".")[0], given.get("add_source", "")
        if bool(kind) != bool(source):
            raise ValidationError("Choose both the field and its system of record.")
        if kind and source not in dict(_offers().get(Kind(kind), [])):
            raise ValidationError("Choose a source that offers the kind.")
        return given

    @transaction.atomic
    def save(self, *, by: str) -> int:
        """Store the choices; a kind left open has no system of record, so its keys wait for a person.

        Returns:
            How many canonical rows changed.
        """
        sources = {each.name: each for each in Source.objects.all()}
        return sum(self._assign(name, sources.get(value), by) for name, value in self.wanted().items())

    def wanted(self) -> dict[str, str]:
        """Names of sources, "" for none, by kind and by kind.field."""
        given: dict[str, str] = dict(self.cleaned_data)
        added, source = given.pop("add_field"), given.pop("add_source")
        return given | ({added: source} if added else {})

    def _assign(self, name: str, source: Source | None, by: str) -> int:
        kind, _, field = name.partition(".")
        return assign(Kind(kind), field, source, by=by)


def _offers() -> Mapping[Kind, Choices]:
    """The sources that have records of each kind, as choices."""
    offers = {source: class_of(source).offers() for source in Source.objects.all()}
    found = {kind: [(each.name, each.title) for each in offers if kind in offers[each]] for kind in Kind}
    return {kind: choices for kind, choices in found.items() if choices}


def _addable(offers: Mapping[Kind, Choices]) -> Iterator[tuple[str, Choices]]:
    """Fields by kind, of kinds that more than one source has records of."""
    for kind, sources in offers.items():
        fields = [(f"{kind}.{field.name}", field.label.capitalize()) for field in may_be_owned(kind)]
        if len(sources) > 1 and fields:
            yield _words(kind), fields


def _choice(label: str, none: str, choices: Choices, owner: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", none), *choices], initial=owner, required=False)


def _words(kind: Kind) -> str:
    return kind.value.replace("_", " ").capitalize()
