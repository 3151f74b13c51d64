"""Plants, lines and equipment the caller may see."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import equipment_of, lines_of, person, plants_of
from mfgportal.api.query import Fields, Paging, Query, paged

MASTER = ("id", "code", "name", "active", "source", "external_key", "source_updated_at")
PLANT = (*MASTER, "timezone", "currency", "micro_stop_s", "overlay", "calendar_id")
LINE = (*MASTER, "plant_id")
EQUIPMENT = (*MASTER, "plant_id", "line_id", "parent_id", "calendar_id", "equipment_class", "work_unit")


ROW: Fields = {
    "id": serializers.IntegerField(),
    "code": serializers.CharField(),
    "name": serializers.CharField(),
    "active": serializers.BooleanField(),
    "source": serializers.CharField(help_text="Name of the source it came from."),
    "external_key": serializers.CharField(help_text="Its name there: model/id."),
    "source_updated_at": serializers.DateTimeField(allow_null=True),
}
PlantRow = inline_serializer(
    "Plant",
    ROW
    | {
        "timezone": serializers.CharField(
            help_text="IANA zone; days and shifts of this plant are cut in it."
        ),
        "currency": serializers.CharField(),
        "micro_stop_s": serializers.IntegerField(
            help_text="Unplanned stops shorter than this are micro-stops."
        ),
        "overlay": serializers.CharField(
            help_text="Loss classes, the strongest first where records overlap; empty: the usual order."
        ),
        "calendar_id": serializers.IntegerField(allow_null=True),
    },
    many=True,
)
LineRow = inline_serializer("Line", ROW | {"plant_id": serializers.IntegerField()}, many=True)
EQUIPMENT_ROW: Fields = ROW | {
    "plant_id": serializers.IntegerField(),
    "line_id": serializers.IntegerField(allow_null=True),
    "parent_id": serializers.IntegerField(allow_null=True),
    "calendar_id": serializers.IntegerField(allow_null=True),
    "equipment_class": serializers.CharField(),
    "work_unit": serializers.BooleanField(help_text="It produces, so it has OEE."),
}
EquipmentRow = inline_serializer("Equipment", EQUIPMENT_ROW)
EquipmentRows = type(EquipmentRow)(many=True)


class MasterQuery(Query):
    q = serializers.CharField(required=False, help_text="Part of the name or code.")
    active = serializers.BooleanField(required=False, default=None, allow_null=True)


class LineQuery(MasterQuery):
    plant = serializers.IntegerField(required=False, help_text="Id of a plant.")


class EquipmentQuery(LineQuery):
    line = serializers.IntegerField(required=False, help_text="Id of a line.")
    work_unit = serializers.BooleanField(required=False, default=None, allow_null=True)


def filtered(rows: QuerySet[Any], query: dict[str, Any]) -> QuerySet[Any]:
    """Rows that satisfy every given parameter, in order of name."""
    given = {name: value for name, value in query.items() if name != "q" and value is not None}
    text = query.get("q", "")
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(code__icontains=text))
    return rows.filter(**given).order_by("name", "id")


class Plants(APIView):
    pagination_class = Paging

    @extend_schema(parameters=[MasterQuery], responses=PlantRow, tags=["places"])
    def get(self, request: Request) -> Response:
        """Plants you may see."""
        return paged(
            filtered(plants_of(person(request)), MasterQuery.of(request)).values(*PLANT), request, self
        )


class Lines(APIView):
    pagination_class = Paging

    @extend_schema(parameters=[LineQuery], responses=LineRow, tags=["places"])
    def get(self, request: Request) -> Response:
        """Lines of the plants you may see."""
        return paged(filtered(lines_of(person(request)), LineQuery.of(request)).values(*LINE), request, self)


class EquipmentList(APIView):
    pagination_class = Paging

    @extend_schema(parameters=[EquipmentQuery], responses=EquipmentRows, tags=["places"])
    def get(self, request: Request) -> Response:
        """Machines and other maintained items of the plants you may see."""
        rows = filtered(equipment_of(person(request)), EquipmentQuery.of(request))
        return paged(rows.values(*EQUIPMENT), request, self)


class EquipmentDetail(APIView):
    @extend_schema(responses=EquipmentRow, tags=["places"])
    def get(self, request: Request, pk: int) -> Response:
        """One machine, by its id."""
        row = equipment_of(person(request)).filter(pk=pk).values(*EQUIPMENT).first()
        if row is None:
            raise Http404
        return Response(row)
