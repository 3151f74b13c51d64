"""Bodies of requests: JSON, up to the size that Django takes of forms."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.parsers import JSONParser
from rest_framework.request import Request


class TooLarge(APIException):
    """More than is taken in, or given out, at once."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class SizedJson(JSONParser):
    """DRF reads a body past Django's own limit."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        length = parser_context["request"].META.get("CONTENT_LENGTH") if parser_context else ""
        if limit is not None and int(length or 0) > limit:
            raise TooLarge(f"A body may have {limit:,} bytes at most.")
        return super().parse(stream, media_type, parser_context)


def body_of(request: Request, body: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The checked body of a request; raises a 400 that names the fields at fault."""
    given = body(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)
