"""``?format=``: JSON everywhere; where a list can be had as a file, that too. DRF answers 404 to others."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

FILES = ("csv", "xlsx", "parquet")


class Formats(DefaultContentNegotiation):
    """Names the formats there are when another is asked for."""

    files: ClassVar[Sequence[str]] = ()

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        given, renderers = request.query_params.get("format"), list(renderers)
        known = [*(renderer.format for renderer in renderers if renderer.format), *self.files]
        if given and given not in known:
            raise ValidationError({"format": [f"“{given}” is no format of this. Known: {', '.join(known)}."]})
        if given in self.files:
            return renderers[0], renderers[0].media_type or ""
        found: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        return found


class Exports(Formats):
    """Of lists that can be had as a file."""

    files = FILES
