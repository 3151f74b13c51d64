"""Query strings of the API: declared once, checked, and described in the schema."""

from typing import Any, TypeAlias

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.api.errors import bad_parameter

Fields: TypeAlias = "dict[str, serializers.Field[Any, Any, Any, Any]]"
PAGING = frozenset({"page", "page_size"})


class Query(serializers.Serializer[Any]):
    """Parameters of one endpoint. An unknown one is an error: a typo would silently widen the answer."""

    @classmethod
    def of(cls, request: Request) -> dict[str, Any]:
        """The checked parameters of a request; raises a 400 that names the one at fault."""
        unknown = sorted(set(request.query_params) - set(cls().fields) - PAGING)
        if unknown:
            raise bad_parameter(unknown[0], f"Unknown parameter; known: {', '.join(cls().fields)}.")
        query = cls(data=request.query_params)
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)


class Paging(PageNumberPagination):
    """Pages of 100 rows, at most 1,000 (``page_size``), with the addresses of the next and the one before."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """As OpenAPI 3.1 has it; DRF's own says ``nullable``, which 3.1 no longer knows."""
        address = {"type": ["string", "null"], "format": "uri"}
        properties = {"count": {"type": "integer"}, "next": address, "previous": address, "results": schema}
        return {"type": "object", "required": list(properties), "properties": properties}


def paged(rows: QuerySet[Any, dict[str, Any]], request: Request, view: APIView) -> Response:
    """One page of ``.values()`` rows."""
    paging = Paging()
    page = paging.paginate_queryset(rows, request, view=view)
    return paging.get_paginated_response(page)
