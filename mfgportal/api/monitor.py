"""How the whole sync does: the figures of the monitor page and of the metrics."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import exceptions_of, person
from mfgportal.api.query import Fields
from mfgportal.ready import tick_is_old
from sync.monitor import Monitor, StreamNow, monitor
from sync.run_figures import Spread, Tally

SUCCESS: Fields = {
    "runs": serializers.IntegerField(),
    "failed": serializers.IntegerField(),
    "success": serializers.FloatField(allow_null=True, help_text="Share of runs that went well."),
}
SPREAD: Fields = {
    "p50": serializers.FloatField(allow_null=True, help_text="Seconds."),
    "p95": serializers.FloatField(allow_null=True, help_text="Seconds."),
}
RunCount = inline_serializer("RunCount", SUCCESS)
SpreadRow = inline_serializer("Spread", SPREAD)
StreamRow = inline_serializer(
    "MonitoredStream",
    {
        "source": serializers.CharField(),
        "stream": serializers.CharField(),
        "state": serializers.CharField(),
        "running": serializers.BooleanField(),
        "late": serializers.BooleanField(),
        "lag_s": serializers.FloatField(allow_null=True),
        "acceptable_delay_s": serializers.IntegerField(),
        "last_24_hours": RunCount,
        "last_7_days": RunCount,
        "run_seconds": SpreadRow,
        "row_delay_seconds": SpreadRow,
        "rows_per_hour": serializers.FloatField(),
        "schema_drifts": serializers.IntegerField(),
    },
    many=True,
)
MonitorRow = inline_serializer(
    "Monitor",
    {
        "at": serializers.DateTimeField(),
        "tick_at": serializers.DateTimeField(allow_null=True, help_text="When a worker last ran the tick."),
        "worker_alive": serializers.BooleanField(),
        "breakers": serializers.DictField(
            child=serializers.CharField(), help_text="By source: closed, open or half-open."
        ),
        "streams": StreamRow,
        "queues": serializers.DictField(
            child=serializers.IntegerField(allow_null=True), help_text="messages is null without a broker."
        ),
        "exceptions": inline_serializer(
            "OpenExceptions",
            {
                "kind": serializers.CharField(),
                "severity": serializers.CharField(),
                "count": serializers.IntegerField(),
            },
            many=True,
        ),
        "differences": serializers.DictField(child=serializers.IntegerField(), help_text="By rule."),
        "storage": serializers.DictField(help_text="Sizes in bytes; rows are estimates."),
    },
)


class MonitorView(APIView):
    pagination_class = None

    @extend_schema(responses=MonitorRow, tags=["sync"])
    def get(self, request: Request) -> Response:
        """How every stream does, what waits, and what is in the exception queue of your plants."""
        return Response(_monitor(monitor(exceptions_of(person(request)))))


def _monitor(found: Monitor) -> dict[str, Any]:
    return {
        "at": found.at,
        "tick_at": found.tick_at,
        "worker_alive": not tick_is_old(found.tick_at, found.at),
        "breakers": {now.source.name: now.breaker for now in found.sources},
        "streams": [_stream(now) for now in found.streams],
        "queues": asdict(found.queues),
        "exceptions": [
            {"kind": kind.kind, "severity": kind.severity, "count": kind.count} for kind in found.exceptions
        ],
        "differences": {run.rule: run.differing for run in found.comparisons},
        "storage": asdict(found.storage),
    }


def _stream(now: StreamNow) -> dict[str, Any]:
    figures, stream = now.figures, now.flow.stream
    return {
        "source": stream.source.name,
        "stream": stream.name,
        "state": now.state,
        "running": now.running,
        "late": now.flow.late,
        "lag_s": now.flow.lag and now.flow.lag.total_seconds(),
        "acceptable_delay_s": stream.acceptable_delay_s,
        "last_24_hours": _tally(figures.day),
        "last_7_days": _tally(figures.week),
        "run_seconds": _spread(figures.took),
        "row_delay_seconds": _spread(figures.delay),
        "rows_per_hour": figures.rows_per_hour,
        "schema_drifts": now.drifts,
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {"runs": tally.runs, "failed": tally.failed, "success": tally.success}


def _spread(spread: Spread) -> dict[str, Any]:
    return {"p50": spread.p50, "p95": spread.p95}
