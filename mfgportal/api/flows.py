"""One stream: the policy an administrator may change."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import Right, person, require
from mfgportal.accounts.audit import changes_of
from mfgportal.api.bodies import body_of
from sync.flows import POLICY, Flow, Policy, change, flows, problems
from sync.models import Stream
from sync.reconcile.rules import OF_STREAMS
from sync.sources import switch_stream


class PolicySerializer(serializers.Serializer[Any]):
    """What may be changed; what is left out stays."""

    enabled = serializers.BooleanField(required=False)
    every_s = serializers.IntegerField(required=False)
    refresh_every_s = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, help_text="Null: all of it is never read again."
    )
    acceptable_delay_s = serializers.IntegerField(required=False)
    criticality = serializers.ChoiceField(Stream.Criticality.values, required=False)
    reconciliation = serializers.CharField(required=False, allow_blank=True, help_text="Key of a rule.")


RecordRow = inline_serializer(
    "FlowRecord",
    {
        "kind": serializers.CharField(),
        "system_of_record": serializers.CharField(allow_null=True, help_text="Name of a source."),
    },
    many=True,
)
ChangeRow = inline_serializer(
    "FlowChange",
    {
        "at": serializers.DateTimeField(),
        "by": serializers.CharField(),
        "field": serializers.CharField(),
        "before": serializers.CharField(),
        "after": serializers.CharField(),
    },
    many=True,
)
FlowRow = inline_serializer(
    "Flow",
    {
        "id": serializers.IntegerField(),
        "source": serializers.CharField(),
        "name": serializers.CharField(),
        "title": serializers.CharField(),
        "direction": serializers.ChoiceField(Stream.Direction.values),
        "mode": serializers.ChoiceField(Stream.Mode.values),
        "records": RecordRow,
        "enabled": serializers.BooleanField(),
        "every_s": serializers.IntegerField(),
        "refresh_every_s": serializers.IntegerField(allow_null=True),
        "acceptable_delay_s": serializers.IntegerField(),
        "criticality": serializers.CharField(),
        "reconciliation": serializers.CharField(),
        "read_through": serializers.DateTimeField(allow_null=True),
        "lag_s": serializers.FloatField(allow_null=True),
        "late": serializers.BooleanField(),
        "changes": ChangeRow,
    },
)


class FlowView(APIView):
    @extend_schema(responses=FlowRow, tags=["sync"])
    def get(self, request: Request, pk: int) -> Response:
        """One stream with its policy, its systems of record, and who changed it."""
        return Response(_flow(pk))

    @extend_schema(request=PolicySerializer, responses=FlowRow, tags=["sync"])
    def patch(self, request: Request, pk: int) -> Response:
        """Change a stream's policy; administrators only. The change is kept with its author."""
        user = person(request)
        require(user, Right.MANAGE_SOURCES)
        stream = get_object_or_404(Stream.objects.select_related("source"), pk=pk)
        _store(stream, body_of(request, PolicySerializer))
        return Response(_flow(pk))


def _store(stream: Stream, given: dict[str, Any]) -> None:
    enabled = given.pop("enabled", stream.enabled)
    policy = Policy(**{name: given.get(name, getattr(stream, name)) for name in POLICY})
    if wrong := problems(policy, rules=OF_STREAMS):
        raise ValidationError({name: [trouble] for name, trouble in wrong.items()})
    change(stream, policy)
    if enabled != stream.enabled:
        switch_stream(stream, enabled=enabled)


def _flow(pk: int) -> dict[str, Any]:
    found = get_object_or_404(Stream, pk=pk)
    (flow,) = flows(Stream.objects.filter(pk=found.pk))
    return {
        **_named(flow),
        **{name: getattr(flow.stream, name) for name in POLICY},
        "changes": [
            {name: getattr(one, name) for name in ("at", "by", "field", "before", "after")}
            for one in changes_of(Stream.objects.filter(pk=pk))
        ],
    }


def _named(flow: Flow) -> dict[str, Any]:
    stream = flow.stream
    return {
        "id": stream.pk,
        "source": stream.source.name,
        "name": stream.name,
        "title": stream.title,
        "direction": stream.direction,
        "mode": stream.mode,
        "records": [
            {"kind": record.kind, "system_of_record": record.owner and record.owner.name}
            for record in flow.records
        ],
        "enabled": stream.enabled,
        "read_through": stream.read_through,
        "lag_s": flow.lag and flow.lag.total_seconds(),
        "late": flow.late,
    }
