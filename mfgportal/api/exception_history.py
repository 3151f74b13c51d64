"""What happened to an exception, and what it is linked to."""

from django.db.models import Q
from django.http import Http404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import person
from mfgportal.api.idempotency import KEY
from mfgportal.api.query import Fields
from mfgportal.api.resolutions import done_once, exception_of
from mfgportal.web.care import linked
from mfgportal.workbench import acts
from mfgportal.workbench.models import Link

EVENT: Fields = {
    "at": serializers.DateTimeField(),
    "action": serializers.CharField(help_text="Such as raised, reopened, assigned, resolved."),
    "by": serializers.CharField(help_text="User name; empty: the portal."),
    "detail": serializers.CharField(),
}
LINK: Fields = {
    "id": serializers.IntegerField(),
    "words": serializers.CharField(help_text="How this one relates to the other."),
    "other_id": serializers.IntegerField(),
    "other_title": serializers.CharField(),
    "other_status": serializers.CharField(),
}


class History(APIView):
    @extend_schema(responses=inline_serializer("ExceptionEvent", {**EVENT}, many=True), tags=["exceptions"])
    def get(self, request: Request, pk: int) -> Response:
        """Its history, oldest first."""
        events = exception_of(request, pk, None).events.all()
        return Response([{name: getattr(event, name) for name in EVENT} for event in events])


class Links(APIView):
    @extend_schema(responses=inline_serializer("ExceptionLink", {**LINK}, many=True), tags=["exceptions"])
    def get(self, request: Request, pk: int) -> Response:
        """What it is linked to, either way, as far as you may see it."""
        found = linked(person(request), exception_of(request, pk, None))
        return Response(
            [
                {
                    "id": each.id,
                    "words": each.words,
                    "other_id": each.other.pk,
                    "other_title": each.other.title,
                    "other_status": each.other.status,
                }
                for each in found
            ]
        )


class Unlink(APIView):
    @extend_schema(
        parameters=[KEY],
        request=None,
        responses=inline_serializer("Unlinked", {"id": serializers.IntegerField()}),
        tags=["exceptions"],
    )
    def post(self, request: Request, pk: int, link: int) -> Response:
        """Take a link of it back, from either end."""
        which, user = exception_of(request, pk), person(request)
        mine = Link.objects.filter(Q(exception=which) | Q(other=which), pk=link)

        def done() -> Response:
            made = mine.first()
            if made is None:
                raise Http404
            acts.unlink(made, by=user)
            return Response({"id": link})

        return done_once(request, done, self.handle_exception)
