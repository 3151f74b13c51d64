"""Targets of KPIs: read them, set one from a day on, correct or end one."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpis.definitions import CATALOGUE
from kpis.models import Target
from kpis.targets import Spot, may_have_target
from mfgportal.accounts.access import Right, equipment_of, lines_of, person, plants_of, require
from mfgportal.accounts.models import User
from mfgportal.api.bodies import body_of
from mfgportal.api.query import Fields, Paging, Query, paged
from mfgportal.goals import correct_target, end_target, require_set, set_target, targets_of
from mfgportal.web.place_field import ids_of

FIELDS = (
    "id", "kpi", "plant_id", "line_id", "equipment_id", "valid_from", "ended_on", "value", "band",
    "set_by", "set_at",
)  # fmt: skip
PLACE = "Id; plant, line and equipment all null: the enterprise."
ROW: Fields = {
    "id": serializers.IntegerField(),
    "kpi": serializers.CharField(),
    "plant_id": serializers.IntegerField(allow_null=True, help_text=PLACE),
    "line_id": serializers.IntegerField(allow_null=True, help_text=PLACE),
    "equipment_id": serializers.IntegerField(allow_null=True, help_text=PLACE),
    "valid_from": serializers.DateField(),
    "ended_on": serializers.DateField(allow_null=True, help_text="First day it no longer holds."),
    "value": serializers.FloatField(help_text="In the KPI's unit; the KPI says which side is good."),
    "band": serializers.FloatField(help_text="Missed by no more than this: a warning."),
    "set_by": serializers.CharField(),
    "set_at": serializers.DateTimeField(),
}
TargetRow = inline_serializer("Target", {**ROW})
TargetRows = inline_serializer("TargetRow", {**ROW}, many=True)


class TargetQuery(Query):
    kpi = serializers.CharField(required=False, help_text="Name of a KPI.")
    plant = serializers.IntegerField(required=False, help_text="Id of a plant.")
    day = serializers.DateField(required=False, help_text="Only those begun and not ended on this day.")


class NewTarget(serializers.Serializer[Any]):
    """At most one of plant, line and equipment; none: the enterprise."""

    kpi = serializers.ChoiceField([name for name, kpi in CATALOGUE.items() if may_have_target(kpi)])
    plant = serializers.IntegerField(required=False, allow_null=True)
    line = serializers.IntegerField(required=False, allow_null=True)
    equipment = serializers.IntegerField(required=False, allow_null=True)
    valid_from = serializers.DateField()
    value = serializers.FloatField(min_value=0)
    band = serializers.FloatField(min_value=0, default=0.0)


class TargetChange(serializers.Serializer[Any]):
    """What is left out stays. ``ended_on`` ends it; history is kept."""

    value = serializers.FloatField(min_value=0, required=False)
    band = serializers.FloatField(min_value=0, required=False)
    ended_on = serializers.DateField(required=False)


class TargetsView(APIView):
    pagination_class = Paging

    @extend_schema(parameters=[TargetQuery], responses=TargetRows, tags=["targets"])
    def get(self, request: Request) -> Response:
        """Targets of your plants and of the enterprise, ended ones too."""
        query = TargetQuery.of(request)
        rows = targets_of(person(request)).filter(_where(query)).order_by("kpi", "id")
        return paged(_values(rows), request, self)

    @extend_schema(request=NewTarget, responses={201: TargetRow}, tags=["targets"])
    def post(self, request: Request) -> Response:
        """Set a target from a day on: plant managers in their plants, administrators everywhere."""
        user = person(request)
        require(user, Right.MANAGE_TARGETS)
        data = body_of(request, NewTarget)
        place = _place(user, {name: data.pop(name, None) for name in ("plant", "line", "equipment")})
        made = set_target(user, data | ids_of(place))
        return Response(_values(Target.objects.filter(pk=made.pk)).get(), status=201)


class TargetView(APIView):
    @extend_schema(request=TargetChange, responses=TargetRow, tags=["targets"])
    def patch(self, request: Request, pk: int) -> Response:
        """Correct a target, or end it. For another value from a day on, set a new one instead."""
        user = person(request)
        target = get_object_or_404(targets_of(user), pk=pk)
        require_set(user, target.plant_id)
        data = body_of(request, TargetChange)
        if {"value", "band"} & data.keys():
            correct_target(
                user, target, value=data.get("value", target.value), band=data.get("band", target.band)
            )
        if "ended_on" in data:
            end_target(user, target, data["ended_on"])
        return Response(_values(Target.objects.filter(pk=pk)).get())


def _where(query: dict[str, Any]) -> Q:
    found = Q()
    if day := query.get("day"):
        found &= Q(valid_from__lte=day) & (Q(ended_on=None) | Q(ended_on__gt=day))
    for name in ("kpi", "plant"):
        if name in query:
            found &= Q((name, query[name]))
    return found


def _place(user: User, given: dict[str, int | None]) -> Spot:
    """The one place named, in the person's plants: 404 otherwise."""
    named = [name for name, pk in given.items() if pk is not None]
    if len(named) > 1:
        raise ValidationError({named[1]: ["Name one place: plant, line or equipment."]})
    if given["equipment"] is not None:
        machine = get_object_or_404(equipment_of(user), pk=given["equipment"])
        return Spot(machine.plant_id, machine.line_id, machine.pk)
    if given["line"] is not None:
        line = get_object_or_404(lines_of(user), pk=given["line"])
        return Spot(line.plant_id, line.pk)
    return Spot(get_object_or_404(plants_of(user), pk=given["plant"]).pk) if given["plant"] else Spot()


def _values(rows: QuerySet[Target]) -> "QuerySet[Target, dict[str, Any]]":
    values: QuerySet[Target, dict[str, Any]] = rows.values(*FIELDS)
    return values
