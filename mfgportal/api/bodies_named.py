"""Bodies whose fields have further names, and which refuse what they do not know."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, ClassVar

from rest_framework import serializers


class NamedBody(serializers.Serializer[Any]):
    """``also``: the field by what others call it. An unknown field is an error, not an answer without it."""

    also: ClassVar[Mapping[str, str]] = {}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            return dict(super().to_internal_value(data))
        named = {self.also.get(name, name): value for name, value in data.items()}
        unknown = [name for name in named if name not in self.fields]
        if unknown:
            raise serializers.ValidationError({name: [self._instead(name)] for name in unknown})
        if len(named) < len(data):
            twice = ", ".join(name for name in data if self.also.get(name, name) != name)
            raise serializers.ValidationError({twice: ["The same is given under two names."]})
        return dict(super().to_internal_value(named))

    def _instead(self, name: str) -> str:
        near = get_close_matches(name, [*self.fields, *self.also], n=2)
        meant = f" Is {' or '.join(near)} meant?" if near else ""
        return f"There is no such field.{meant} There are: {', '.join(self.fields)}."
