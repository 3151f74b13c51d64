"""The exception queue: read it, and resolve what is in it."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, ClassVar

from django.db.models import F
from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema, inline_serializer
from kombu.exceptions import OperationalError
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import Right, exceptions_of, person, require
from mfgportal.api.columns import EXCEPTIONS
from mfgportal.api.cursors import Segment
from mfgportal.api.errors import Conflict, Unready, bad_parameter
from mfgportal.api.exports import FORMAT_PARAMETERS, file_format, file_of, limited
from mfgportal.api.formats import Exports
from mfgportal.api.query import Fields, Paging, Query, paged
from mfgportal.mapping_targets import mapped_kind, targets_of
from mfgportal.streams import BROKER_DOWN
from mfgportal.triage import ANY, ORDERS, Choice, chosen
from sync.exceptions import (
    KINDS,
    REASON_CLASSES,
    AlreadyResolved,
    NotAllowed,
    correct,
    dismiss,
    in_work,
    map_key,
    own,
    retry,
    take,
)
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
    "first_seen": serializers.DateTimeField(),
    "last_seen": serializers.DateTimeField(),
    "resolved_at": serializers.DateTimeField(allow_null=True),
    "resolved_by": serializers.CharField(),
    "resolution": serializers.CharField(),
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
Resolved = inline_serializer(
    "Resolved",
    {
        "id": serializers.IntegerField(),
        "status": serializers.CharField(),
        "released": serializers.IntegerField(help_text="Source records that are now in the numbers."),
        "left": serializers.IntegerField(
            help_text="Source records that are loaded in the background from now on: `held` tells how many "
            "are left."
        ),
    },
)


class ExceptionQuery(Query):
    status = serializers.ChoiceField([*SyncException.Status.values, ANY], required=False)
    kind = serializers.ChoiceField(list(KINDS), required=False)
    severity = serializers.ChoiceField(["error", "warning", "info"], required=False)
    source = serializers.CharField(required=False, help_text="Name of a source.")  # type: ignore[assignment]
    plant = serializers.IntegerField(required=False, help_text="Id of a plant.")
    equipment = serializers.IntegerField(required=False, help_text="Id of a machine.")
    q = serializers.CharField(required=False, help_text="Part of the title, message, key or machine.")
    sort = serializers.ChoiceField(list(ORDERS), required=False, help_text="Default: impact (records held).")


class Exceptions(APIView):
    pagination_class = Paging
    content_negotiation_class = Exports

    @extend_schema(
        parameters=[ExceptionQuery, *FORMAT_PARAMETERS], responses=ExceptionRow, tags=["exceptions"]
    )
    def get(self, request: Request) -> HttpResponseBase:
        """What could not be trusted and what stands still; the open ones unless ``status`` is given."""
        choice = Choice(**ExceptionQuery.of(request))
        rows = chosen(person(request), choice).values(*FIELDS, source_name=F("source__name"))
        if not file_format(request):
            return paged(rows, request, self)
        about = [(name, str(value)) for name, value in asdict(choice).items() if value]
        return file_of(request, "exceptions", EXCEPTIONS, limited(request, [Segment(rows)]), about)


class ExceptionView(APIView):
    @extend_schema(responses=ExceptionDetail, tags=["exceptions"])
    def get(self, request: Request, pk: int) -> Response:
        """One exception with its context."""
        rows = chosen(person(request), Choice(status=ANY)).filter(pk=pk)
        row = rows.values(*FIELDS, "context", source_name=F("source__name")).first()
        if row is None:
            raise Http404
        return Response(row)


class Resolve(APIView):
    """A resolution: who may, on which exception, with what; the answer counts what it released."""

    body: ClassVar[type[serializers.Serializer[Any]]]

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        """Do it, and return the number of records it released."""
        raise NotImplementedError

    def post(self, request: Request, pk: int) -> Response:
        require(person(request), Right.RESOLVE_EXCEPTIONS)
        exception = exceptions_of(person(request)).filter(pk=pk).first()
        if exception is None:
            raise Http404
        body = self.body(data=request.data)
        body.is_valid(raise_exception=True)
        released = _done(lambda: self.resolve(request, exception, body.validated_data))
        exception.refresh_from_db()
        left = exception.held_records.count() if in_work(exception) else 0
        answer = {"id": exception.pk, "status": exception.status, "released": released, "left": left}
        return Response(answer)


def _done(action: Callable[[], int]) -> int:
    try:
        return action()
    except AlreadyResolved as late:
        raise Conflict(str(late)) from late
    except NotAllowed as refused:
        raise serializers.ValidationError(str(refused)) from refused
    except OperationalError as down:
        raise Unready(BROKER_DOWN) from down


class MapBody(serializers.Serializer[Any]):
    canonical_id = serializers.IntegerField(
        allow_null=True, help_text="Id of the row the key means; null creates a new row from the record."
    )
    loss_class = serializers.ChoiceField(
        [(each.value, each.label) for each in REASON_CLASSES],
        required=False,
        help_text="What a new reason counts as in the loss tree; needed to create one.",
    )


class CorrectBody(serializers.Serializer[Any]):
    external_key = serializers.CharField(help_text="The record's key in the exception's source.")
    field = serializers.CharField()
    value = serializers.JSONField(allow_null=True, help_text="A time as ISO 8601 with its offset.")
    reason = serializers.CharField()


class TakeBody(serializers.Serializer[Any]):
    source = serializers.CharField(help_text="Name of the system that is right.")  # type: ignore[assignment]
    reason = serializers.CharField()


class DismissBody(serializers.Serializer[Any]):
    reason = serializers.CharField()


class Nothing(serializers.Serializer[Any]):
    pass


class Map(Resolve):
    body = MapBody

    @extend_schema(request=MapBody, responses=Resolved, tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Say what an unknown key means, and load what waited for it."""
        return super().post(request, pk)

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        target, user = given["canonical_id"], person(request)
        rows = targets_of(user, mapped_kind(exception))
        if target is not None and not rows.filter(pk=target).exists():
            raise bad_parameter(
                "canonical_id", "There is no such row, or it belongs to a plant you may not see."
            )
        loss_class = given.get("loss_class", "")
        return map_key(exception, canonical_id=target, by=user.username, loss_class=loss_class)


class Correct(Resolve):
    body = CorrectBody

    @extend_schema(request=CorrectBody, responses=Resolved, tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Put a value in place of the source's, and load the record."""
        return super().post(request, pk)

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        before = exception.held_records.count()
        correct(exception, **given, by=person(request).username)
        return before - exception.held_records.count()


class Take(Resolve):
    body = TakeBody

    @extend_schema(request=TakeBody, responses=Resolved, tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Of systems that disagree about a value, say which one is right."""
        return super().post(request, pk)

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        take(exception, **given, by=person(request).username)
        return 0


class Own(Resolve):
    body = TakeBody

    @extend_schema(request=TakeBody, responses=Resolved, tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Make a system the system of record of the field in question, of all rows. Administrators only."""
        require(person(request), Right.MANAGE_SOURCES)
        return super().post(request, pk)

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        own(exception, **given, by=person(request).username)
        return 0


class Dismiss(Resolve):
    body = DismissBody

    @extend_schema(request=DismissBody, responses=Resolved, tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Close it without a change, with a reason."""
        return super().post(request, pk)

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        dismiss(exception, reason=given["reason"], by=person(request).username)
        return 0


class Retry(Resolve):
    body = Nothing

    @extend_schema(request=None, responses=Resolved, tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Try again now: load the records it holds, or read its stream."""
        return super().post(request, pk)

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        return retry(exception, by=person(request).username)
