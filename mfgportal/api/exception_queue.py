"""The queue as a whole: its kinds, its causes, and the daily digest of it."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import person, plants_of
from mfgportal.api.bodies import body_of
from mfgportal.api.errors import bad_parameter
from mfgportal.api.exceptions import ExceptionQuery
from mfgportal.api.idempotency import KEY
from mfgportal.api.query import Fields
from mfgportal.api.resolutions import done_once
from mfgportal.triage import Choice, per_cause
from mfgportal.workbench.digest import subscribe
from mfgportal.workbench.models import Digest
from sync.exceptions import KINDS


@extend_schema_field({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$", "nullable": True})
class LocalTime(serializers.TimeField):
    """A time of day on a clock of ours. JSON Schema's ``time`` would want an offset."""


KIND: Fields = {
    "key": serializers.CharField(),
    "title": serializers.CharField(),
    "severity": serializers.CharField(),
    "meaning": serializers.CharField(),
    "holds_back": serializers.CharField(),
    "cure": serializers.CharField(help_text="What resolves it."),
    "resolutions": serializers.ListField(child=serializers.CharField()),
}
CAUSE: Fields = {
    "title": serializers.CharField(),
    "exceptions": serializers.IntegerField(),
    "held": serializers.IntegerField(),
    "kpi_minutes": serializers.FloatField(),
    "query": serializers.CharField(help_text="Query string that lists them."),
}
DIGEST: Fields = {
    "at": LocalTime(allow_null=True, help_text="Local time of the clock; null: none is sent."),
    "clock_id": serializers.IntegerField(allow_null=True, help_text="Id of the plant whose clock it is."),
    "next_due": serializers.DateTimeField(allow_null=True),
}
DigestAnswer = inline_serializer("ExceptionDigest", {**DIGEST})


class Kinds(APIView):
    @extend_schema(responses=inline_serializer("ExceptionKind", {**KIND}, many=True), tags=["exceptions"])
    def get(self, request: Request) -> Response:
        """The kinds there are: what each says, what it holds back, and what resolves it."""
        return Response([{name: getattr(kind, name) for name in KIND} for kind in KINDS.values()])


class Causes(APIView):
    @extend_schema(
        parameters=[ExceptionQuery],
        responses=inline_serializer("ExceptionCause", {**CAUSE}, many=True),
        tags=["exceptions"],
    )
    def get(self, request: Request) -> Response:
        """The exceptions of a choice by what caused them, or by kind and source, gravest first."""
        groups = per_cause(person(request), Choice(**ExceptionQuery.of(request)))
        return Response(
            [
                {
                    "title": each.title,
                    "exceptions": each.count,
                    "held": each.held,
                    "kpi_minutes": each.minutes,
                    "query": each.query,
                }
                for each in groups
            ]
        )


class DigestBody(serializers.Serializer[Any]):
    at = LocalTime(allow_null=True, help_text="Null: send none any more.")
    clock_id = serializers.IntegerField(required=False, allow_null=True, help_text="Id of a plant; else UTC.")


class DigestView(APIView):
    @extend_schema(responses=DigestAnswer, tags=["exceptions"])
    def get(self, request: Request) -> Response:
        """When your daily digest of the queue is mailed."""
        return Response(_digest(request))

    @extend_schema(parameters=[KEY], request=DigestBody, responses=DigestAnswer, tags=["exceptions"])
    def post(self, request: Request) -> Response:
        """Have it mailed each day at that time, or no more."""
        user, given = person(request), body_of(request, DigestBody)
        clock = plants_of(user).filter(pk=given.get("clock_id") or 0).first()
        if given.get("clock_id") and clock is None:
            raise bad_parameter("clock_id", "There is no such plant, or you may not see it.")

        def done() -> Response:
            if given["at"] is None:
                Digest.objects.filter(user=user).delete()
            else:
                subscribe(user, given["at"], clock)
            return Response(_digest(request))

        return done_once(request, done, self.handle_exception)


def _digest(request: Request) -> dict[str, Any]:
    mine = Digest.objects.filter(user=person(request)).first()
    return {name: getattr(mine, name, None) for name in DIGEST}
