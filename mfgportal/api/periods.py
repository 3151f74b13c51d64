"""Closed months: what was published, and what late data made of it."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpis.models import ClosedPeriod
from kpis.periods import Restated, loaded_since, restated
from mfgportal.accounts.access import person
from mfgportal.api.query import Fields, Paging, Query, paged
from mfgportal.periods import periods_of

COLUMNS = (
    "id", "plant_id", "month", "closed_at", "by", "note", "completeness",
    "reopened_at", "reopened_by", "reopen_reason",
)  # fmt: skip
ROW: Fields = {
    "id": serializers.IntegerField(),
    "plant_id": serializers.IntegerField(),
    "month": serializers.DateField(help_text="Its first day."),
    "closed_at": serializers.DateTimeField(),
    "by": serializers.CharField(),
    "note": serializers.CharField(),
    "completeness": serializers.FloatField(help_text="Share of its records that were in the numbers then."),
    "reopened_at": serializers.DateTimeField(allow_null=True, help_text="Null: it is closed."),
    "reopened_by": serializers.CharField(),
    "reopen_reason": serializers.CharField(),
}
RestatedRow = inline_serializer(
    "RestatedValue",
    {
        "kpi": serializers.CharField(),
        "unit": serializers.CharField(),
        "line_id": serializers.IntegerField(allow_null=True),
        "equipment_id": serializers.IntegerField(
            allow_null=True, help_text="Line and equipment null: the plant."
        ),
        "published": serializers.FloatField(allow_null=True),
        "now": serializers.FloatField(allow_null=True),
        "difference": serializers.FloatField(allow_null=True, help_text="Now less published."),
    },
    many=True,
)
SinceRow = inline_serializer(
    "LoadedSince", {"source": serializers.CharField(), "records": serializers.IntegerField()}, many=True
)
PeriodRows = inline_serializer("ClosedPeriod", {**ROW}, many=True)
PeriodDetail = inline_serializer(
    "ClosedPeriodDetail", {**ROW, "restated": RestatedRow, "loaded_since": SinceRow}
)


class PeriodQuery(Query):
    plant = serializers.IntegerField(required=False, help_text="Id of a plant.")
    month = serializers.DateField(required=False, help_text="First day of a month.")


class Periods(APIView):
    pagination_class = Paging

    @extend_schema(parameters=[PeriodQuery], responses=PeriodRows)
    def get(self, request: Request) -> Response:
        """Months that are or were closed, the newest first."""
        asked = PeriodQuery.of(request)
        given = {name: asked[name] for name in ("plant", "month") if name in asked}
        return paged(periods_of(person(request)).filter(**given).values(*COLUMNS), request, self)


class PeriodView(APIView):
    @extend_schema(responses=PeriodDetail)
    def get(self, request: Request, pk: int) -> Response:
        """A closed month: values that are others today, and how many records came since, by source."""
        found = get_object_or_404(periods_of(person(request)), pk=pk)
        return Response(
            {name: getattr(found, name) for name in COLUMNS}
            | {"restated": [_restated(row) for row in restated(found)], "loaded_since": _since(found)}
        )


def _restated(row: Restated) -> dict[str, Any]:
    return {
        "kpi": row.now.kpi,
        "unit": row.now.unit,
        "line_id": row.published.line_id,
        "equipment_id": row.published.equipment_id,
        "published": row.published.value,
        "now": row.now.value,
        "difference": row.difference,
    }


def _since(period: ClosedPeriod) -> list[dict[str, Any]]:
    return [{"source": source, "records": count} for source, count in loaded_since(period)]
