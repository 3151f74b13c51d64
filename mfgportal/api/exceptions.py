"""The exception queue, to be read. What resolves its exceptions is in ``resolutions``."""

from dataclasses import asdict
from typing import Any

from django.db.models import F, FloatField, QuerySet, Value
from django.db.models.functions import Cast
from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import person
from mfgportal.accounts.masks import may_see_costs
from mfgportal.api.columns import EXCEPTIONS
from mfgportal.api.cursors import Segment
from mfgportal.api.exports import FORMAT_PARAMETERS, file_format, file_of, limited
from mfgportal.api.formats import Exports
from mfgportal.api.query import Fields, Paging, Query, paged
from mfgportal.triage import ANY, ORDERS, Choice, chosen
from sync.exceptions import KINDS
from sync.models import SyncException

FIELDS = (
    "id",
    "kind",
    "status",
    "severity",
    "title",
    "message",
    "plant_id",
    "equipment_id",
    "external_key",
    "count",
    "held",
    "kpi_minutes",
    "currency",
    "caused_by_id",
    "split_from_id",
    "first_seen",
    "last_seen",
    "resolved_at",
    "resolved_by",
    "resolution",
)
ROW: Fields = {
    "id": serializers.IntegerField(),
    "kind": serializers.CharField(help_text=f"One of: {', '.join(KINDS)}."),
    "status": serializers.CharField(help_text="One of: open, resolved, dismissed."),
    "severity": serializers.CharField(help_text="One of: error, warning, info."),
    "title": serializers.CharField(),
    "message": serializers.CharField(help_text="What happened, in plain words."),
    "source_name": serializers.CharField(),
    "plant_id": serializers.IntegerField(allow_null=True),
    "equipment_id": serializers.IntegerField(allow_null=True),
    "external_key": serializers.CharField(),
    "count": serializers.IntegerField(help_text="How often it was seen."),
    "held": serializers.IntegerField(help_text="Source records that wait for its resolution."),
    "kpi_minutes": serializers.FloatField(
        help_text="Minutes of machines' time that the KPIs lack, or that is doubtful."
    ),
    "cost": serializers.FloatField(
        allow_null=True, help_text="What these minutes cost at the plant's rate, for roles that see costs."
    ),
    "currency": serializers.CharField(),
    "caused_by_id": serializers.IntegerField(allow_null=True, help_text="The exception that it closes with."),
    "split_from_id": serializers.IntegerField(allow_null=True),
    "first_seen": serializers.DateTimeField(),
    "last_seen": serializers.DateTimeField(),
    "resolved_at": serializers.DateTimeField(allow_null=True),
    "resolved_by": serializers.CharField(),
    "resolution": serializers.CharField(),
    "assignee": serializers.CharField(allow_null=True, help_text="User name of who looks after it."),
    "snoozed_until": serializers.DateTimeField(
        allow_null=True, help_text="It sleeps until then, or until it happens again."
    ),
}
CONTEXT = (
    "What a person needs to decide: the unknown key; or of a mismatch the field, its `owner` (the system of "
    "record) and all `sides`, each with source, external_key, value and time."
)
# A copy, because a serializer takes its fields out of what it is given.
ExceptionRow = inline_serializer("Exception", {**ROW}, many=True)
ExceptionDetail = inline_serializer(
    "ExceptionDetail",
    ROW | {"context": serializers.JSONField(help_text=CONTEXT)},
)


class ExceptionQuery(Query):
    status = serializers.ChoiceField([*SyncException.Status.values, ANY], required=False)
    kind = serializers.ChoiceField(list(KINDS), required=False)
    severity = serializers.ChoiceField(["error", "warning", "info"], required=False)
    source = serializers.CharField(required=False, help_text="Name of a source.")  # type: ignore[assignment]
    plant = serializers.IntegerField(required=False, help_text="Id of a plant.")
    equipment = serializers.IntegerField(required=False, help_text="Id of a machine.")
    q = serializers.CharField(required=False, help_text="Part of the title, message, key or machine.")
    assignee = serializers.CharField(required=False, help_text="A user name, `me` or `nobody`.")
    older = serializers.IntegerField(
        required=False, min_value=1, max_value=36500, help_text="First seen at least so many days ago."
    )
    snoozed = serializers.ChoiceField(
        ["only", ANY], required=False, help_text="What sleeps is left out unless this is given."
    )
    cause = serializers.RegexField(
        r"^(none|\d{1,18})$", required=False, help_text="Id of what caused it, or `none`."
    )
    sort = serializers.ChoiceField(list(ORDERS), required=False, help_text="Default: impact (KPI minutes).")


def _rows(request: Request, choice: Choice, *more: str, **condition: int) -> QuerySet[SyncException, Any]:
    """Rows of a choice as they are answered; money only for those who may see costs."""
    user = person(request)
    money = Cast("money", FloatField()) if may_see_costs(user) else Value(None, FloatField(null=True))
    found = chosen(user, choice).filter(**condition)
    rows: QuerySet[SyncException, Any] = found.values(
        *FIELDS,
        *more,
        source_name=F("source__name"),
        cost=money,
        assignee=F("care__assignee__username"),
        snoozed_until=F("care__snoozed_until"),
    )
    return rows


class Exceptions(APIView):
    pagination_class = Paging
    content_negotiation_class = Exports

    @extend_schema(
        parameters=[ExceptionQuery, *FORMAT_PARAMETERS], responses=ExceptionRow, tags=["exceptions"]
    )
    def get(self, request: Request) -> HttpResponseBase:
        """What could not be trusted and what stands still; the open ones unless ``status`` is given."""
        choice = Choice(**ExceptionQuery.of(request))
        rows = _rows(request, choice)
        if not file_format(request):
            return paged(rows, request, self)
        about = [(name, str(value)) for name, value in asdict(choice).items() if value]
        return file_of(request, "exceptions", EXCEPTIONS, limited(request, [Segment(rows)]), about)


class ExceptionView(APIView):
    @extend_schema(responses=ExceptionDetail, tags=["exceptions"])
    def get(self, request: Request, pk: int) -> Response:
        """One exception with its context."""
        row = _rows(request, Choice(status=ANY, snoozed=ANY), "context", pk=pk).first()
        if row is None:
            raise Http404
        return Response(row)
