"""One act on many exceptions by the API: prepared and previewed first, then started, watched and undone."""

from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import Right, exceptions_of, person, require
from mfgportal.api.bodies import body_of
from mfgportal.api.errors import Conflict
from mfgportal.api.exceptions import ExceptionQuery
from mfgportal.api.idempotency import KEY
from mfgportal.api.query import Fields
from mfgportal.api.resolutions import done_once
from mfgportal.triage import Choice, selected
from mfgportal.workbench import bulk
from mfgportal.workbench.bulk_acts import ACTS
from mfgportal.workbench.measures import measures
from mfgportal.workbench.models import Batch

LATEST = 20
BATCH: Fields = {
    "id": serializers.IntegerField(),
    "act": serializers.CharField(),
    "state": serializers.ChoiceField(Batch.State.choices),
    "takes": serializers.IntegerField(help_text="Exceptions it takes."),
    "held": serializers.IntegerField(help_text="Source records that these hold."),
    "kpi_minutes": serializers.FloatField(),
    "skipped": serializers.DictField(child=serializers.IntegerField(), help_text="Reason → how many."),
    "done": serializers.IntegerField(),
    "undone": serializers.IntegerField(),
    "not_undone": serializers.DictField(child=serializers.IntegerField()),
    "undo_until": serializers.DateTimeField(allow_null=True),
}
STATE = serializers.CharField(help_text=f"One of: {', '.join(Batch.State.values)}.")
BatchAnswer = inline_serializer("ExceptionBatch", {**BATCH})
MeasuresAnswer = inline_serializer(
    "ExceptionMeasures",
    {
        "days": serializers.IntegerField(),
        "open_by_age": inline_serializer(
            "AgeBand",
            {
                "from_days": serializers.IntegerField(),
                "to_days": serializers.IntegerField(allow_null=True),
                "count": serializers.IntegerField(),
            },
            many=True,
        ),
        "closed": serializers.IntegerField(),
        "median_s": serializers.FloatField(allow_null=True, help_text="Time to resolve, seconds."),
        "p90_s": serializers.FloatField(allow_null=True),
        "repeat_rate": serializers.FloatField(allow_null=True, help_text="0 to 1."),
        "held_share": serializers.FloatField(help_text="Share of source records held back, 0 to 1."),
    },
)


class BatchBody(serializers.Serializer[Any]):
    act = serializers.ChoiceField(list(ACTS))
    ids = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        min_length=1,
        max_length=bulk.MOST,
        help_text="Ids of exceptions. Either these or a `filter`.",
    )
    filter = ExceptionQuery(
        required=False, help_text="All that the list would answer to these parameters; `{}`: all open ones."
    )
    to = serializers.CharField(required=False, allow_blank=True, help_text="Of assign: a user name, or `me`.")
    until = serializers.DateTimeField(required=False, help_text="Of snooze.")
    reason = serializers.CharField(required=False, help_text="Of dismiss.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in attrs) == ("filter" in attrs):
            raise serializers.ValidationError("Name either `ids` or a `filter`.")
        given = self.initial_data.get("filter") or {}
        unknown = sorted(set(given) - set(ExceptionQuery().fields))
        if unknown:
            raise serializers.ValidationError({"filter": f"Unknown parameter: {unknown[0]}."})
        return attrs


def _told(batch: Batch) -> dict[str, Any]:
    found = bulk.preview(batch)
    return {
        "id": batch.pk,
        "act": batch.act,
        "state": batch.state,
        "takes": found.will,
        "held": found.held,
        "kpi_minutes": found.minutes,
        "skipped": found.skipped,
        "done": found.done,
        "undone": found.undone,
        "not_undone": found.kept,
        "undo_until": batch.undo_until,
    }


class Batches(APIView):
    @extend_schema(
        responses=inline_serializer("ExceptionBatchRow", BATCH | {"state": STATE}, many=True),
        tags=["exceptions"],
    )
    def get(self, request: Request) -> Response:
        """Your own latest ones that were started."""
        rows = bulk.batches_of(person(request)).exclude(state=Batch.State.PREVIEW)[:LATEST]
        return Response([_told(row) for row in rows])

    @extend_schema(parameters=[KEY], request=BatchBody, responses=BatchAnswer, tags=["exceptions"])
    def post(self, request: Request) -> Response:
        """Preview an act on many; nothing is done before it is started."""
        user = person(request)
        require(user, Right.RESOLVE_EXCEPTIONS)
        given = body_of(request, BatchBody)
        if "until" in given:
            given["until"] = given["until"].isoformat()
        choice, ids = given.pop("filter", None), given.pop("ids", ())
        rows = exceptions_of(user).filter(pk__in=ids) if choice is None else selected(user, Choice(**choice))
        return done_once(
            request,
            lambda: Response(_told(bulk.prepare(user, given["act"], given, rows))),
            self.handle_exception,
        )


class BatchView(APIView):
    @extend_schema(responses=BatchAnswer, tags=["exceptions"])
    def get(self, request: Request, pk: int) -> Response:
        """How one's own batch stands."""
        return Response(_told(_own(request, pk)))


def _own(request: Request, pk: int) -> Batch:
    found = bulk.batches_of(person(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class _Change(APIView):
    refusal: ClassVar[str]

    def change(self, batch: Batch) -> bool:
        raise NotImplementedError

    def answer(self, request: Request, pk: int) -> Response:
        require(person(request), Right.RESOLVE_EXCEPTIONS)
        batch = _own(request, pk)

        def changed() -> Response:
            if not self.change(batch):
                raise Conflict(self.refusal)
            batch.refresh_from_db()
            return Response(_told(batch))

        return done_once(request, changed, self.handle_exception)


class Start(_Change):
    refusal = "It was started already."

    def change(self, batch: Batch) -> bool:
        return bulk.start(batch)

    @extend_schema(parameters=[KEY], request=None, responses=BatchAnswer, tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Have it done in the background."""
        return self.answer(request, pk)


class Undo(_Change):
    refusal = "It cannot be undone any more, or not yet."

    def change(self, batch: Batch) -> bool:
        return bulk.undo(batch)

    @extend_schema(parameters=[KEY], request=None, responses=BatchAnswer, tags=["exceptions"])
    def post(self, request: Request, pk: int) -> Response:
        """Have it undone in the background: `undo_until` says how long that can be asked for."""
        return self.answer(request, pk)


class MeasuresView(APIView):
    @extend_schema(responses=MeasuresAnswer, tags=["exceptions"])
    def get(self, request: Request) -> Response:
        """How well the queue is kept, over 30 days: open by age, time to resolve, repeats, data held back."""
        found = measures(person(request), timezone.now())
        bands = [
            {"from_days": band.from_days, "to_days": band.to_days, "count": band.count} for band in found.ages
        ]
        return Response(
            {
                "days": found.days,
                "open_by_age": bands,
                "closed": found.closed,
                "median_s": found.median_s,
                "p90_s": found.p90_s,
                "repeat_rate": found.repeat_rate,
                "held_share": 1 - found.held.share,
            }
        )
