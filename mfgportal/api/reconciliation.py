"""What comparisons between systems found."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import person
from mfgportal.api.query import Fields, Paging, Query, paged
from mfgportal.reconciliations import Links, RuleStatus, finished, lines_of, rule_statuses
from sync.models import ReconciliationLine
from sync.reconcile.rules import RULES

LINE = (
    "id",
    "subject",
    "title",
    "period",
    "unit",
    "plant_id",
    "equipment_id",
    "sides",
    "difference",
    "agrees",
    "note",
    "row_count",
)
LINE_FIELDS: Fields = {
    "id": serializers.IntegerField(),
    "subject": serializers.CharField(help_text="Stable key of what was compared, within the rule."),
    "title": serializers.CharField(),
    "period": serializers.CharField(help_text="A month as 2026-11; empty for all time or now."),
    "unit": serializers.CharField(),
    "plant_id": serializers.IntegerField(allow_null=True),
    "equipment_id": serializers.IntegerField(allow_null=True),
    "sides": serializers.DictField(
        child=serializers.FloatField(allow_null=True), help_text="By the keys of the rule's sides and parts."
    ),
    "difference": serializers.FloatField(),
    "agrees": serializers.BooleanField(help_text="The difference is within the rule's tolerance."),
    "note": serializers.CharField(help_text="Which link of a chain breaks, or why the sides differ."),
    "row_count": serializers.IntegerField(help_text="Rows that explain the difference."),
}
# A copy, because a serializer takes its fields out of what it is given.
LineRow = inline_serializer("ReconciliationLine", {**LINE_FIELDS}, many=True)
EvidenceRow = inline_serializer(
    "ReconciliationEvidence",
    {
        "where": serializers.CharField(help_text="Key of the side that has it, or “both”."),
        "text": serializers.CharField(),
        "value": serializers.FloatField(allow_null=True),
        "source": serializers.CharField(),
        "external_key": serializers.CharField(),
        "start": serializers.CharField(help_text="ISO 8601, or empty."),
        "end": serializers.CharField(help_text="ISO 8601, or empty."),
        "event": serializers.CharField(help_text="Kind and id of its event here, or empty."),
        "url": serializers.CharField(help_text="Its page in its own system, or empty."),
    },
    many=True,
)
LineDetail = inline_serializer(
    "ReconciliationLineDetail",
    LINE_FIELDS
    | {"rule": serializers.CharField(), "compared_at": serializers.DateTimeField(), "rows": EvidenceRow},
)
RuleRow = inline_serializer(
    "ReconciliationRule",
    {
        "key": serializers.CharField(),
        "title": serializers.CharField(),
        "meaning": serializers.CharField(),
        "sides": serializers.DictField(child=serializers.CharField()),
        "parts": serializers.DictField(child=serializers.CharField()),
        "state": serializers.CharField(help_text="One of: agrees, differs, explained, not compared."),
        "compared": serializers.IntegerField(),
        "differing": serializers.IntegerField(),
        "compared_at": serializers.DateTimeField(allow_null=True),
        "last_status": serializers.CharField(allow_null=True, help_text="running, done, skipped or failed."),
        "last_reason": serializers.CharField(help_text="Why the last comparison did not take place."),
    },
    many=True,
)


class LineQuery(Query):
    agrees = serializers.BooleanField(required=False, allow_null=True, default=None)
    plant = serializers.IntegerField(required=False, help_text="Id of a plant.")
    equipment = serializers.IntegerField(required=False, help_text="Id of a machine.")
    period = serializers.CharField(required=False, help_text="A month, as 2026-11.")
    subject = serializers.CharField(required=False)


class Rules(APIView):
    @extend_schema(responses=RuleRow, tags=["reconciliation"])
    def get(self, request: Request) -> Response:
        """The comparisons there are, and what the newest of each found."""
        return Response([_rule(status) for status in rule_statuses(person(request))])


class Lines(APIView):
    pagination_class = Paging

    @extend_schema(
        operation_id="reconciliation_rule_lines",
        parameters=[LineQuery],
        responses=LineRow,
        tags=["reconciliation"],
    )
    def get(self, request: Request, rule: str) -> Response:
        """The lines of a rule's newest comparison, those that differ first."""
        if rule not in RULES:
            raise Http404
        given = {name: value for name, value in LineQuery.of(request).items() if value is not None}
        run = finished().get(rule)
        rows = (
            lines_of(person(request)).filter(run=run, **given) if run else ReconciliationLine.objects.none()
        )
        return paged(rows.values(*LINE), request, self)


class LineView(APIView):
    @extend_schema(responses=LineDetail, tags=["reconciliation"])
    def get(self, request: Request, pk: int) -> Response:
        """One line with the rows that explain it."""
        row = lines_of(person(request)).filter(pk=pk).first()
        if row is None:
            raise Http404
        links = Links()
        answer = {name: getattr(row, name) for name in LINE}
        more = {"rule": row.run.rule, "compared_at": row.run.ended_at}
        return Response(answer | more | {"rows": [one | {"url": links.url(one)} for one in row.rows]})


def _rule(status: RuleStatus) -> dict[str, Any]:
    latest = status.latest
    return {
        "key": status.rule.key,
        "title": status.rule.title,
        "meaning": status.rule.meaning,
        "sides": status.rule.sides,
        "parts": status.rule.parts,
        "state": status.state,
        "compared": status.compared,
        "differing": status.differing,
        "compared_at": status.done and status.done.ended_at,
        "last_status": latest and latest.status,
        "last_reason": latest.reason if latest else "",
    }
