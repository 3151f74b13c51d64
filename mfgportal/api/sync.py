"""Streams and their runs."""

from typing import Any

from django.db.models import F
from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import person
from mfgportal.api.query import Paging, Query, paged
from mfgportal.streams import StreamStatus, runs_matching, streams_now
from sync.flows import State
from sync.models import Stream, SyncRun

RUN = (
    "id",
    "status",
    "trigger",
    "started_at",
    "ended_at",
    "total",
    "read",
    "unchanged",
    "loaded",
    "held",
    "gone",
    "error",
    "started_by",
)
COUNTS = {name: serializers.IntegerField() for name in ("read", "unchanged", "loaded", "held", "gone")}
RunRow = inline_serializer(
    "SyncRun",
    {
        "id": serializers.IntegerField(),
        "source_name": serializers.CharField(),
        "stream_name": serializers.CharField(),
        "status": serializers.CharField(help_text="One of: running, done, failed."),
        "trigger": serializers.CharField(help_text="One of: schedule, manual, replay, sweep, refresh, push."),
        "started_at": serializers.DateTimeField(),
        "ended_at": serializers.DateTimeField(allow_null=True),
        "total": serializers.IntegerField(allow_null=True, help_text="Rows expected in all, if known."),
        **COUNTS,
        "error": serializers.CharField(),
        "started_by": serializers.CharField(),
    },
    many=True,
)
StreamRow = inline_serializer(
    "Stream",
    {
        "id": serializers.IntegerField(),
        "source": serializers.CharField(),
        "name": serializers.CharField(),
        "title": serializers.CharField(),
        "state": serializers.CharField(help_text=f"One of: {', '.join(State)}."),
        "enabled": serializers.BooleanField(),
        "every_s": serializers.IntegerField(),
        "acceptable_delay_s": serializers.IntegerField(),
        "lag_s": serializers.FloatField(allow_null=True, help_text="Age of the data; null = never read."),
        "read_through": serializers.DateTimeField(allow_null=True),
        "next_due": serializers.DateTimeField(allow_null=True),
        "failures": serializers.IntegerField(help_text="Failed runs in a row."),
        "last_run": serializers.IntegerField(allow_null=True, help_text="Id of a run."),
        "exception": serializers.IntegerField(allow_null=True, help_text="Id of the exception about it."),
    },
    many=True,
)


class StreamQuery(Query):
    source = serializers.CharField(required=False, default="", help_text="Name of a source.")  # type: ignore[assignment]


class RunQuery(StreamQuery):
    stream = serializers.CharField(required=False, default="", help_text="Name of a stream.")
    status = serializers.ChoiceField(SyncRun.Status.values, required=False, default="")


class Streams(APIView):
    pagination_class = None

    @extend_schema(parameters=[StreamQuery], responses=StreamRow, tags=["sync"])
    def get(self, request: Request) -> Response:
        """Every stream with its state, the age of its data and its last run."""
        source = StreamQuery.of(request)["source"]
        streams = Stream.objects.filter(source__name=source) if source else Stream.objects.all()
        return Response([_stream(status) for status in streams_now(person(request), streams, timezone.now())])


class Runs(APIView):
    pagination_class = Paging

    @extend_schema(parameters=[RunQuery], responses=RunRow, tags=["sync"])
    def get(self, request: Request) -> Response:
        """Runs, newest first."""
        rows = runs_matching(**RunQuery.of(request))
        names = {"source_name": F("stream__source__name"), "stream_name": F("stream__name")}
        return paged(rows.values(*RUN, **names), request, self)


def _stream(status: StreamStatus) -> dict[str, Any]:
    stream = status.stream
    return {
        "id": stream.pk,
        "source": stream.source.name,
        "name": stream.name,
        "title": stream.title,
        "state": status.state,
        "enabled": stream.enabled and stream.source.enabled,
        "every_s": stream.every_s,
        "acceptable_delay_s": stream.acceptable_delay_s,
        "lag_s": status.lag and status.lag.total_seconds(),
        "read_through": stream.read_through,
        "next_due": stream.next_due,
        "failures": stream.failures,
        "last_run": status.run and status.run.pk,
        "exception": status.trouble and status.trouble.pk,
    }
