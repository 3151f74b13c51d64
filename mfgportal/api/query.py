"""Query strings of the API: declared once, checked, and described in the schema."""

from typing import Any, TypeAlias
from urllib.parse import urlencode

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.api.cursors import Page, Segment, page_of, unique_order
from mfgportal.api.errors import bad_parameter

Fields: TypeAlias = "dict[str, serializers.Field[Any, Any, Any, Any]]"
PAGING = frozenset({"cursor", "page_size", "format", "bom"})


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


class Paging(BasePagination):
    """Pages of 100 rows, at most 1,000 (``page_size``), with the addresses of the next and the one before."""

    page_size = 100
    max_page_size = 1000

    @classmethod
    def size_of(cls, request: Request) -> int:
        """How many rows the caller wants of a page; raises a 400 for what is no such number."""
        given = request.query_params.get("page_size") or str(cls.page_size)
        if not given.isdecimal() or not 0 < int(given) <= cls.max_page_size:
            raise bad_parameter("page_size", f"A page has 1 to {cls.max_page_size:,} rows.")
        return int(given)

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """The parameters of all paged lists."""
        size = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        cursor = (
            "Where the page begins, as `next` and `previous` of another have it. Rows that come or go "
            "meanwhile shift nothing."
        )
        return [
            {"name": "cursor", "in": "query", "description": cursor, "schema": {"type": "string"}},
            {"name": "page_size", "in": "query", "description": "Rows of a page.", "schema": size},
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """As OpenAPI 3.1 has it."""
        address = {"type": ["string", "null"], "format": "uri"}
        properties = {"count": {"type": "integer"}, "next": address, "previous": address, "results": schema}
        return {"type": "object", "required": ["next", "previous", "results"], "properties": properties}


def paged(rows: QuerySet[Any, dict[str, Any]], request: Request, view: APIView) -> Response:
    """One page of ``.values()`` rows, which hold what they are ordered by, with the count of all."""
    page = page_of([Segment(unique_order(rows))], request, Paging.size_of(request))
    return Response({"count": rows.count(), **answer_of(page, request)})


def answer_of(page: Page, request: Request) -> dict[str, Any]:
    """A page with the addresses of its neighbours."""
    return {
        "next": address_of(page.next, request),
        "previous": address_of(page.previous, request),
        "results": page.rows,
    }


def address_of(cursor: str | None, request: Request) -> str | None:
    """The request's own address, with that cursor."""
    if cursor is None:
        return None
    query = {**request.query_params.dict(), "cursor": cursor}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
