"""Look after exceptions by the API: assign, put off, comment, link. Each may carry an ``Idempotency-Key``."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import exceptions_of, person
from mfgportal.accounts.models import User
from mfgportal.api.bodies import body_of
from mfgportal.api.errors import bad_parameter
from mfgportal.api.idempotency import KEY
from mfgportal.api.query import Fields
from mfgportal.api.resolutions import done_once, exception_of
from mfgportal.workbench import acts
from mfgportal.workbench.models import Care, Comment, Link
from sync.models import SyncException

Cared = inline_serializer(
    "Cared",
    {
        "id": serializers.IntegerField(),
        "assignee": serializers.CharField(allow_null=True, help_text="User name."),
        "snoozed_until": serializers.DateTimeField(allow_null=True),
    },
)
SAID: Fields = {
    "id": serializers.IntegerField(),
    "author": serializers.CharField(),
    "text": serializers.CharField(),
    "at": serializers.DateTimeField(),
}
Said = inline_serializer("Comment", {**SAID})
Saids = inline_serializer("Comments", {"results": inline_serializer("CommentRow", {**SAID}, many=True)})


class AssignBody(serializers.Serializer[Any]):
    assignee = serializers.CharField(allow_null=True, help_text="User name, `me`, or null for nobody.")


class SnoozeBody(serializers.Serializer[Any]):
    until = serializers.DateTimeField(allow_null=True, help_text="ISO 8601 with offset; null wakes it.")


class CommentBody(serializers.Serializer[Any]):
    text = serializers.CharField(
        max_length=acts.LONGEST_COMMENT, help_text="@name tells a person who may see it."
    )


class LinkBody(serializers.Serializer[Any]):
    other = serializers.IntegerField(help_text="Id of another exception.")
    kind = serializers.ChoiceField(Link.Kind.choices)


def _cared(which: SyncException, action: Callable[[], object]) -> Response:
    action()
    care = Care.objects.filter(exception=which).select_related("assignee").first()
    name = care.assignee.username if care and care.assignee else None
    return Response({"id": which.pk, "assignee": name, "snoozed_until": care.snoozed_until if care else None})


class Assign(APIView):
    @extend_schema(parameters=[KEY], request=AssignBody, responses=Cared, tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Let a person look after it, who may resolve it, or nobody."""
        which, user = exception_of(request, pk), person(request)
        name = body_of(request, AssignBody)["assignee"]
        to = user if name == "me" else User.objects.filter(username=name, is_active=True).first()
        if name and to is None:
            raise bad_parameter("assignee", "There is nobody of that name.")
        return done_once(
            request, lambda: _cared(which, lambda: acts.assign(which, to, by=user)), self.handle_exception
        )


class Snooze(APIView):
    @extend_schema(parameters=[KEY], request=SnoozeBody, responses=Cared, tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Put it off; it wakes then, or when it happens again."""
        which, user = exception_of(request, pk), person(request)
        until = body_of(request, SnoozeBody)["until"]
        return done_once(
            request, lambda: _cared(which, lambda: acts.snooze(which, until, by=user)), self.handle_exception
        )


class Comments(APIView):
    @extend_schema(responses=Saids, tags=["exceptions"])
    def get(self, request: Request, pk: int) -> Response:
        """What people said about it, oldest first."""
        rows = exception_of(request, pk, None).comments.all()
        return Response({"results": [_said(row) for row in rows]})

    @extend_schema(parameters=[KEY], request=CommentBody, responses=Said, tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Say something; everyone who may see it may."""
        which, user = exception_of(request, pk, None), person(request)
        text = body_of(request, CommentBody)["text"]
        return done_once(
            request, lambda: Response(_said(acts.comment(which, text, by=user))), self.handle_exception
        )


def _said(row: Comment) -> dict[str, Any]:
    return {"id": row.pk, "author": row.author, "text": row.text, "at": row.at}


class LinkView(APIView):
    @extend_schema(
        parameters=[KEY],
        request=LinkBody,
        responses=inline_serializer("Linked", {"id": serializers.IntegerField()}),
        tags=["exceptions"],
    )
    def post(self, request: Request, pk: int) -> Response:
        """Say that it is related to another exception, or a duplicate of it."""
        which, user, given = exception_of(request, pk), person(request), body_of(request, LinkBody)
        other = exceptions_of(user).filter(pk=given["other"]).first()
        if other is None:
            raise bad_parameter("other", "There is no exception of that number.")
        return done_once(
            request,
            lambda: Response({"id": acts.link(which, other, given["kind"], by=user).pk}),
            self.handle_exception,
        )
