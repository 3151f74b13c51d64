"""The audit trail, for administrators."""

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import person
from mfgportal.accounts.trail import Asked, lines, shown, things, trail
from mfgportal.api.columns import AUDIT
from mfgportal.api.cursors import Segment, page_of
from mfgportal.api.exports import FORMAT_PARAMETERS, file_format, file_of, limited
from mfgportal.api.formats import Exports
from mfgportal.api.query import Paging, Query, answer_of

Change = inline_serializer(
    "AuditChange", {name: serializers.CharField() for name in ("field", "before", "after")}, many=True
)
Entry = inline_serializer(
    "AuditEntry",
    {
        "id": serializers.IntegerField(),
        "at": serializers.DateTimeField(),
        "by": serializers.CharField(help_text="User name; “command line” for what no person's request did."),
        "action": serializers.CharField(help_text="One of: created, changed, deleted."),
        "what": serializers.CharField(help_text="Model of the thing."),
        "title": serializers.CharField(help_text="The model in plain words."),
        "thing": serializers.CharField(),
        "thing_id": serializers.CharField(),
        "changes": Change,
        "trace_id": serializers.CharField(help_text="The same for all that one request or task changed."),
    },
    many=True,
)


class AuditQuery(Query):
    by = serializers.CharField(required=False, max_length=150, help_text="User name, or `command line`.")
    what = serializers.ChoiceField(list(things()), required=False, help_text="Model of the thing.")
    first = serializers.DateField(required=False, help_text="First day (UTC).")
    last = serializers.DateField(required=False, help_text="Last day (UTC).")
    trace = serializers.CharField(required=False, max_length=255, help_text="A trace id.")
    text = serializers.CharField(required=False, max_length=100, help_text="Part of the thing's name.")


class Audit(APIView):
    pagination_class = Paging
    content_negotiation_class = Exports

    @extend_schema(parameters=[AuditQuery, *FORMAT_PARAMETERS], responses=Entry, tags=["audit"])
    def get(self, request: Request) -> HttpResponseBase:
        """Who changed what, newest first. Entries are never changed or removed. Files: a row per field."""
        given = AuditQuery.of(request)
        rows = trail(person(request), Asked(**given))
        segment = Segment(rows, shown=shown)
        if file_format(request):
            about = [(name, str(value)) for name, value in given.items()]
            return file_of(request, "audit", AUDIT, lines(limited(request, [segment])), about)
        answer = answer_of(page_of([segment], request, Paging.size_of(request)), request)
        return Response({"count": rows.count(), **answer})
