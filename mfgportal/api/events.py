"""Stops as gateways (MES, PLC) send them. They go the way of all records, and are told how far they came."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import Right, person, require
from mfgportal.api.bodies import body_of
from mfgportal.api.errors import Unready
from mfgportal.api.event_bodies import EventBody, EventChange, EventParts, checked_key, content, merged
from mfgportal.api.event_rows import known_of, told
from mfgportal.api.idempotency import KEY, once
from sync import push
from sync.connectors.push.connector import STOPS

ADDRESS = "api_event"
Sent = inline_serializer(
    "SentEvent",
    {
        "external_key": serializers.CharField(),
        "state": serializers.ChoiceField(
            ["loaded", "waiting"], help_text="Waiting: `exceptions` say for what; it is loaded then."
        ),
        "change": serializers.ChoiceField(
            ["new", "changed", "none"], help_text="None: we had it so already, or newer."
        ),
        "equipment_id": serializers.IntegerField(allow_null=True),
        "start": serializers.CharField(),
        "end": serializers.CharField(allow_null=True, help_text="Null: it goes on."),
        "reason": serializers.CharField(),
        "note": serializers.CharField(),
        "url": serializers.CharField(help_text="Its page in the portal; empty while it waits."),
        "trace_id": serializers.UUIDField(),
        "exceptions": inline_serializer(
            "SentEventException",
            {
                "id": serializers.IntegerField(),
                "kind": serializers.CharField(),
                "title": serializers.CharField(),
                "message": serializers.CharField(),
            },
            many=True,
        ),
    },
)
ANSWERS = {
    200: OpenApiResponse(Sent, "It is in the numbers."),
    201: OpenApiResponse(Sent, "It is new, and in the numbers."),
    202: OpenApiResponse(Sent, "It is kept, and waits in the exception queue."),
}
Change = Callable[[dict[str, Any] | None], dict[str, Any]]


def _send(request: Request, view: APIView, external_key: str, change: Change) -> Response:
    """Keep what ``change`` makes of the event we have, or of None, and say what became of it."""
    user, external_key = person(request), checked_key(external_key)

    def sent() -> Response:
        with push.turn(STOPS) as stream:
            known = known_of(user, external_key)
            row = content(user, external_key, change(known))
            run = push.take(stream, row, by=user.username)
            said = "none" if run.unchanged else "changed" if known else "new"
            return _answer(told(user, external_key) | {"change": said})

    try:
        return once(request, sent, view.handle_exception)
    except push.Paused as paused:
        raise Unready(str(paused)) from paused


def _answer(said: dict[str, Any]) -> Response:
    new = said["change"] == "new"
    status = HTTPStatus.CREATED if new else HTTPStatus.OK
    if said["state"] == "waiting":
        status = HTTPStatus.ACCEPTED
    address = reverse(ADDRESS, kwargs={"key": said["external_key"]})
    return Response(said, status=status, headers={"Location": address} if new else {})


class Events(APIView):
    @extend_schema(parameters=[KEY], request=EventBody, responses=ANSWERS, tags=["events"])
    def post(self, request: Request) -> Response:
        """Send a stop of a machine. One with a known `external_key` is changed; the same again does nothing.

        A machine or a reason that the portal does not know makes it wait in the exception queue (202).
        """
        require(person(request), Right.WRITE_EVENTS)
        given = body_of(request, EventBody)
        return _send(request, self, given.pop("external_key"), lambda known: given)


class EventView(APIView):
    @extend_schema(responses=Sent, tags=["events"])
    def get(self, request: Request, key: str) -> Response:
        """A stop that was sent, and how far it came."""
        if known_of(person(request), key) is None:
            raise Http404
        return Response(told(person(request), key) | {"change": "none"})

    @extend_schema(parameters=[KEY], request=EventParts, responses=ANSWERS, tags=["events"])
    def put(self, request: Request, key: str) -> Response:
        """Send a stop under this key, whether it is known or not."""
        require(person(request), Right.WRITE_EVENTS)
        given = body_of(request, EventParts)
        return _send(request, self, key, lambda known: given)

    @extend_schema(parameters=[KEY], request=EventChange, responses=ANSWERS, tags=["events"])
    def patch(self, request: Request, key: str) -> Response:
        """Change a stop that was sent, such as to say when it ended."""
        require(person(request), Right.WRITE_EVENTS)
        if known_of(person(request), key) is None:
            raise Http404
        given = body_of(request, EventChange)
        return _send(request, self, key, lambda known: merged(known, given))
