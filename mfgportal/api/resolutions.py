"""Resolve what is in the exception queue. Each request may carry an ``Idempotency-Key``."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema, inline_serializer
from kombu.exceptions import OperationalError
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpis.models import Equipment
from mfgportal.accounts.access import Right, exceptions_of, person, require
from mfgportal.api.bodies import body_of
from mfgportal.api.errors import Conflict, Unready, bad_parameter
from mfgportal.api.idempotency import KEY, once
from mfgportal.approvals.proposing import PROPOSE, are_required
from mfgportal.mapping_targets import mapped_kind, targets_of
from mfgportal.streams import BROKER_DOWN
from sync.exceptions import (
    REASON_CLASSES,
    AlreadyResolved,
    NotAllowed,
    correct,
    decide,
    dismiss,
    in_work,
    map_key,
    merge,
    own,
    retry,
    split,
    take,
)
from sync.models import SyncException

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
        "decision": serializers.IntegerField(
            help_text="Id of what is kept of it, with the KPIs before and after: see its `decisions`."
        ),
    },
)


class Resolve(APIView):
    """A resolution: who may, on which exception, with what; the answer counts what it released."""

    body: ClassVar[type[serializers.Serializer[Any]]]

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        """Do it, and return the number of records it released."""
        raise NotImplementedError

    way: ClassVar[str]

    def machine(self, exception: SyncException, given: dict[str, Any]) -> int | None:
        """The machine it is about, where that is not the exception's own."""
        return None

    def post(self, request: Request, pk: int) -> Response:
        exception, given = exception_of(request, pk), body_of(request, self.body)
        return done_once(request, lambda: self._answer(request, exception, given), self.handle_exception)

    def _answer(self, request: Request, exception: SyncException, given: dict[str, Any]) -> Response:
        decision = decide(
            exception,
            way=self.way,
            by=person(request).username,
            action=lambda: self.resolve(request, exception, given),
            reason=given.get("reason", ""),
            equipment_id=self.machine(exception, given),
        )
        exception.refresh_from_db()
        left = exception.held_records.count() if in_work(exception) else 0
        answer = {"id": exception.pk, "status": exception.status, "released": decision.released, "left": left}
        return Response(answer | {"decision": decision.pk})


def exception_of(request: Request, pk: int, right: Right | None = Right.RESOLVE_EXCEPTIONS) -> SyncException:
    """The exception, if the person may see it and has the right. Raises Http404, PermissionDenied."""
    if right:
        require(person(request), right)
    found = exceptions_of(person(request)).select_related("source").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def require_target(request: Request, exception: SyncException, target: int | None) -> None:
    """Raise a 400 unless the person may say that the exception's key means the row of that id."""
    rows = targets_of(person(request), mapped_kind(exception))
    if target is None or not rows.filter(pk=target).exists():
        raise bad_parameter("canonical_id", "There is no such row, or it belongs to a plant you may not see.")


def done_once(
    request: Request, action: Callable[[], Response], refuse: Callable[[Exception], Response]
) -> Response:
    """Do what a request asks for, once, and say in the API's words why not."""

    def told() -> Response:
        try:
            return action()
        except AlreadyResolved as late:
            raise Conflict(str(late)) from late
        except NotAllowed as refused:
            raise serializers.ValidationError(str(refused)) from refused

    try:
        return once(request, told, refuse)
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
    way = "map"
    body = MapBody

    @extend_schema(request=MapBody, responses=Resolved, parameters=[KEY], tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Say what an unknown key means, and load what waited for it."""
        return super().post(request, pk)

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        target, by = given["canonical_id"], person(request).username
        if target is not None:
            require_target(request, exception, target)
        return map_key(exception, canonical_id=target, by=by, loss_class=given.get("loss_class", ""))

    def machine(self, exception: SyncException, given: dict[str, Any]) -> int | None:
        found = Equipment.objects.filter(pk=given["canonical_id"] or 0)
        return given["canonical_id"] if mapped_kind(exception) == "equipment" and found.exists() else None


class Correct(Resolve):
    way = "correct"
    body = CorrectBody

    @extend_schema(request=CorrectBody, responses=Resolved, parameters=[KEY], tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Put a value in place of the source's, and load the record."""
        return super().post(request, pk)

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        before = exception.held_records.count()
        correct(exception, **given, by=person(request).username)
        return before - exception.held_records.count()


class Take(Resolve):
    way = "take"
    body = TakeBody

    @extend_schema(request=TakeBody, responses=Resolved, parameters=[KEY], tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Of systems that disagree about a value, say which one is right."""
        return super().post(request, pk)

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        take(exception, **given, by=person(request).username)
        return 0


class Own(Resolve):
    way = "own"
    body = TakeBody

    @extend_schema(request=TakeBody, responses=Resolved, parameters=[KEY], tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Make a system the system of record of the field in question, of all rows. Administrators only."""
        require(person(request), Right.MANAGE_SOURCES)
        return super().post(request, pk)

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        if are_required():
            raise NotAllowed(PROPOSE)
        own(exception, **given, by=person(request).username)
        return 0


class Dismiss(Resolve):
    way = "dismiss"
    body = DismissBody

    @extend_schema(request=DismissBody, responses=Resolved, parameters=[KEY], tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Close it without a change, with a reason."""
        return super().post(request, pk)

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        dismiss(exception, reason=given["reason"], by=person(request).username)
        return 0


class Retry(Resolve):
    way = "retry"
    body = Nothing

    @extend_schema(request=None, responses=Resolved, parameters=[KEY], tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Try again now: load the records it holds, or read its stream."""
        return super().post(request, pk)

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        return retry(exception, by=person(request).username)


class MergeBody(serializers.Serializer[Any]):
    keep = serializers.IntegerField(help_text="Id of the row that stays, one of the context's `rows`.")
    reason = serializers.CharField()


class SplitBody(serializers.Serializer[Any]):
    keys = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Keys of landed rows that it holds."
    )
    group = serializers.CharField(
        required=False,
        help_text="Instead of keys: `plant:<id>`, `equipment:<id>`, `kind:<kind>`, `month:2026-03`.",
    )
    reason = serializers.CharField()


class MergeView(Resolve):
    way = "merge"
    body = MergeBody

    @extend_schema(request=MergeBody, responses=Resolved, parameters=[KEY], tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Of two rows for one thing, keep one: names and history of the other move to it. Undoable."""
        return super().post(request, pk)

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        merge(exception, **given, by=person(request).username)
        return 0


class Split(Resolve):
    way = "split"
    body = SplitBody

    @extend_schema(request=SplitBody, responses=Resolved, parameters=[KEY], tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Where a key means several things: let some of its records wait apart, in their own exception."""
        return super().post(request, pk)

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        split(exception, **given, by=person(request).username)
        return 0
