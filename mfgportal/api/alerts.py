"""Alerts: list them, and say that somebody looks after one."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import person
from mfgportal.accounts.models import User
from mfgportal.alerts import desk
from mfgportal.alerts.models import Alert, AlertEvent, Severity
from mfgportal.alerts.people import alerts_of
from mfgportal.api.bodies import body_of
from mfgportal.api.errors import Conflict
from mfgportal.api.query import Fields, Paging, Query, paged

FIELDS = (
    "id", "rule_id", "subject", "title", "status", "severity", "plant_id", "line_id", "equipment_id",
    "unit", "limit", "value_opened", "value_worst", "value_closed", "opened_at", "acknowledged_at",
    "acknowledged_by", "escalated_at", "closed_at",
)  # fmt: skip
IDS = {name: serializers.IntegerField(allow_null=True) for name in ("plant_id", "line_id", "equipment_id")}
TIMES = {
    name: serializers.DateTimeField(allow_null=True)
    for name in ("acknowledged_at", "escalated_at", "closed_at")
}
ROW: Fields = {
    "id": serializers.IntegerField(),
    "rule_id": serializers.IntegerField(),
    "subject": serializers.CharField(help_text="What it is about, such as equipment/12 or stop/7."),
    "title": serializers.CharField(help_text="What is wrong, in plain words."),
    "status": serializers.CharField(help_text="One of: open, acknowledged, closed."),
    "severity": serializers.CharField(help_text="One of: critical, warning, info."),
    **IDS,
    "unit": serializers.CharField(help_text="Of the values: s, 1 (a fraction), count, p, …"),
    "limit": serializers.FloatField(allow_null=True),
    "value_opened": serializers.FloatField(allow_null=True),
    "value_worst": serializers.FloatField(allow_null=True),
    "value_closed": serializers.FloatField(allow_null=True),
    "opened_at": serializers.DateTimeField(),
    "acknowledged_by": serializers.CharField(),
    **TIMES,
}
AlertRow = inline_serializer("Alert", {**ROW}, many=True)
EVENTS = inline_serializer(
    "AlertEvent",
    {
        "at": serializers.DateTimeField(),
        "by": serializers.CharField(help_text="Empty: the portal."),
        "action": serializers.ChoiceField(AlertEvent.Action.values),
        "detail": serializers.CharField(),
    },
    many=True,
)
AlertDetail = inline_serializer("AlertDetail", ROW | {"events": EVENTS})


class AlertQuery(Query):
    status = serializers.ChoiceField([*Alert.Status.values], required=False, help_text="Absent: any.")
    severity = serializers.ChoiceField(Severity.values, required=False)
    plant = serializers.IntegerField(required=False, help_text="Id of a plant.")
    rule = serializers.IntegerField(required=False, help_text="Id of a rule.")


class Acknowledgement(serializers.Serializer[Any]):
    comment = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class Alerts(APIView):
    pagination_class = Paging

    @extend_schema(parameters=[AlertQuery], responses=AlertRow, tags=["alerts"])
    def get(self, request: Request) -> Response:
        """Alerts of your plants, newest first."""
        rows = alerts_of(person(request)).filter(**AlertQuery.of(request))
        return paged(_values(rows.order_by("-opened_at", "-id")), request, self)


class AlertView(APIView):
    @extend_schema(responses=AlertDetail, tags=["alerts"])
    def get(self, request: Request, pk: int) -> Response:
        """One alert with its history, oldest first."""
        return Response(_alert(person(request), pk))


class Acknowledge(APIView):
    @extend_schema(request=Acknowledgement, responses=AlertDetail, tags=["alerts"])
    def post(self, request: Request, pk: int) -> Response:
        """Look after an alert: it is not escalated then. Safe to repeat; 409 where it has closed."""
        given, user = body_of(request, Acknowledgement), person(request)
        try:
            desk.acknowledge(user, pk, given.get("comment", "").strip())
        except desk.AlertClosed as closed:
            raise Conflict(str(closed)) from closed
        return Response(_alert(user, pk))


def _alert(user: User, pk: int) -> dict[str, Any]:
    row = _values(alerts_of(user)).filter(pk=pk).first()
    if row is None:
        raise Http404
    events = AlertEvent.objects.filter(alert=pk).values("at", "by", "action", "detail")
    return {**row, "events": list(events)}


def _values(rows: QuerySet[Alert]) -> "QuerySet[Alert, dict[str, Any]]":
    values: QuerySet[Alert, dict[str, Any]] = rows.values(*FIELDS)
    return values
