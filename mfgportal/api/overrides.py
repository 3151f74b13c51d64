"""What people decided for later syncs, too: rules with their preview, corrections, merges."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import Right, equipment_of, person, require
from mfgportal.api.bodies import body_of
from mfgportal.api.idempotency import KEY
from mfgportal.api.query import Fields, Paging, paged
from mfgportal.api.resolutions import Resolve, Resolved, done_once, exception_of, require_target
from mfgportal.overrides import corrections_of, may_rule, merges_of, rules_of, take_back
from sync.exceptions import (
    NotAllowed,
    Wanted,
    is_pending,
    make_rule,
    preview,
    revoke_rule,
    undo_merge,
)
from sync.models import Decision, Rule, SyncException

TAGS = ["exceptions"]
ALL_PLANTS = "A rule is about a whole source: it takes a person who sees all plants."
DONE: Fields = {"id": serializers.IntegerField(), "status": serializers.CharField()}
Revoked = inline_serializer("Revoked", DONE)
BY: Fields = {
    "exception_id": serializers.IntegerField(allow_null=True),
    "reason": serializers.CharField(),
}
OVERRIDE: Fields = {
    "id": serializers.IntegerField(),
    "source_name": serializers.CharField(),
    "external_key": serializers.CharField(),
    "field": serializers.CharField(),
    "value": serializers.JSONField(allow_null=True),
    "original": serializers.JSONField(allow_null=True, help_text="What the source says."),
    "author": serializers.CharField(),
    "created_at": serializers.DateTimeField(),
    "revoked_at": serializers.DateTimeField(allow_null=True),
    "revoked_by": serializers.CharField(),
    **BY,
}
RULE: Fields = {
    "id": serializers.IntegerField(),
    "what": serializers.ChoiceField(Rule.What.choices),
    "source_name": serializers.CharField(),
    "kind": serializers.CharField(),
    "field": serializers.CharField(),
    "pattern": serializers.CharField(),
    "canonical_id": serializers.IntegerField(allow_null=True),
    "value": serializers.JSONField(allow_null=True),
    "author": serializers.CharField(),
    "created_at": serializers.DateTimeField(),
    "revoked_at": serializers.DateTimeField(allow_null=True),
    "revoked_by": serializers.CharField(),
    **BY,
}
MERGE: Fields = {
    "id": serializers.IntegerField(),
    "kind": serializers.CharField(),
    "kept_id": serializers.IntegerField(),
    "kept_name": serializers.CharField(),
    "dropped_id": serializers.IntegerField(),
    "dropped_name": serializers.CharField(),
    "by": serializers.CharField(),
    "at": serializers.DateTimeField(),
    "undone_at": serializers.DateTimeField(allow_null=True),
    "undone_by": serializers.CharField(),
    **BY,
}


def _listed(rows: QuerySet[Any], fields: Fields, request: Request, view: APIView) -> Response:
    names = [name.replace("source_name", "source__name") for name in fields]
    return paged(rows.values(*names), request, view)


class RuleBody(serializers.Serializer[Any]):
    what = serializers.ChoiceField(Rule.What.choices)
    pattern = serializers.CharField(help_text="A `*` stands for any text.", allow_blank=True)
    field = serializers.CharField(required=False, help_text="Of a rule about values.")
    canonical_id = serializers.IntegerField(required=False, help_text="What keys of the pattern mean.")
    value = serializers.JSONField(required=False, help_text="What a value of the pattern counts as.")


class SavedRuleBody(RuleBody):
    reason = serializers.CharField()


Previewed = inline_serializer(
    "RulePreview",
    {
        "settles": serializers.IntegerField(help_text="Open exceptions it would settle at once."),
        "rows": serializers.IntegerField(help_text="Source records that wait for these."),
        "history": serializers.IntegerField(help_text="Times it would have had a say in what is known."),
        "looked_at": serializers.IntegerField(help_text="Out of how many."),
        "against": serializers.IntegerField(help_text="Times something else was said, which stays."),
        "examples": serializers.ListField(child=serializers.CharField()),
    },
)


def _wanted(request: Request, exception: SyncException, given: dict[str, Any]) -> Wanted:
    if not may_rule(person(request)):
        raise PermissionDenied(ALL_PLANTS)
    if given["what"] == Rule.What.KEY:
        require_target(request, exception, given.get("canonical_id"))
    names = ("what", "pattern", "field", "canonical_id", "value")
    return Wanted(**{name: given[name] for name in names if name in given})


class RulePreview(APIView):
    @extend_schema(request=RuleBody, responses=Previewed, tags=TAGS)
    def post(self, request: Request, pk: int) -> Response:
        """What a rule made of this exception would do, and would have done. Nothing is changed."""
        exception, given = exception_of(request, pk), body_of(request, RuleBody)
        try:
            found = preview(exception, _wanted(request, exception, given))
        except NotAllowed as refused:
            raise serializers.ValidationError(str(refused)) from refused
        names = ("settles", "rows", "history", "looked_at", "against", "examples")
        return Response({name: getattr(found, name) for name in names})


class MakeRule(Resolve):
    way = "rule"
    body = SavedRuleBody

    @extend_schema(request=SavedRuleBody, responses=Resolved, parameters=[KEY], tags=TAGS)
    def post(self, request: Request, pk: int) -> Response:
        """From now on treat what is like this exception so. It settles at once what it can."""
        return super().post(request, pk)

    def resolve(self, request: Request, exception: SyncException, given: dict[str, Any]) -> int:
        before = exception.held_records.count()
        wanted = _wanted(request, exception, given)
        make_rule(exception, wanted, reason=given["reason"], by=person(request).username)
        return max(before - exception.held_records.count(), 0)


class Rules(APIView):
    pagination_class = Paging

    @extend_schema(responses=inline_serializer("Rule", {**RULE}, many=True), tags=TAGS)
    def get(self, request: Request) -> Response:
        """Rules, in force and revoked, newest first."""
        return _listed(rules_of(person(request)), RULE, request, self)


class Overrides(APIView):
    pagination_class = Paging

    @extend_schema(responses=inline_serializer("Override", {**OVERRIDE}, many=True), tags=TAGS)
    def get(self, request: Request) -> Response:
        """Values put in place of a source's, in force and revoked, newest first."""
        return _listed(corrections_of(person(request)), OVERRIDE, request, self)


class Merges(APIView):
    pagination_class = Paging

    @extend_schema(responses=inline_serializer("Merge", {**MERGE}, many=True), tags=TAGS)
    def get(self, request: Request) -> Response:
        """Rows that were merged, and undone, newest first."""
        return _listed(merges_of(person(request)), MERGE, request, self)


class _TakeBack(APIView):
    """Takes back one of what the person may see."""

    def answer(
        self, request: Request, rows: QuerySet[Any], pk: int, action: Callable[[Any, str], object]
    ) -> Response:
        """Do it once, with the row and the person's name; what is not among ``rows`` is a 404."""
        found, by = rows.filter(pk=pk).first(), person(request).username
        if found is None:
            raise Http404

        def done() -> Response:
            action(found, by)
            return Response({"id": found.pk, "status": "revoked"})

        return done_once(request, done, self.handle_exception)


class RevokeOverride(_TakeBack):
    @extend_schema(request=None, responses=Revoked, parameters=[KEY], tags=TAGS)
    def post(self, request: Request, pk: int) -> Response:
        """Let the source's value count again."""
        require(person(request), Right.RESOLVE_EXCEPTIONS)
        return self.answer(request, corrections_of(person(request)), pk, take_back)


class RevokeRule(_TakeBack):
    @extend_schema(request=None, responses=Revoked, parameters=[KEY], tags=TAGS)
    def post(self, request: Request, pk: int) -> Response:
        """Take a rule back: what it said is asked again, what it dismissed is open again."""
        require(person(request), Right.RESOLVE_EXCEPTIONS)
        if not may_rule(person(request)):
            raise PermissionDenied(ALL_PLANTS)
        rows = rules_of(person(request))
        return self.answer(request, rows, pk, lambda rule, by: revoke_rule(rule.pk, by=by))


class UndoMerge(_TakeBack):
    @extend_schema(request=None, responses=Revoked, parameters=[KEY], tags=TAGS)
    def post(self, request: Request, pk: int) -> Response:
        """Part what was merged: names and history go back."""
        require(person(request), Right.RESOLVE_EXCEPTIONS)
        rows = merges_of(person(request))
        return self.answer(request, rows, pk, lambda merge, by: undo_merge(merge.pk, by=by))


DECISION: Fields = {
    "id": serializers.IntegerField(),
    "way": serializers.CharField(),
    "by": serializers.CharField(),
    "at": serializers.DateTimeField(),
    "reason": serializers.CharField(),
    "waited": serializers.IntegerField(),
    "released": serializers.IntegerField(),
    "left": serializers.IntegerField(help_text="Records that a worker still has to load."),
    "pending": serializers.BooleanField(help_text="Whether rows are still loaded, or days computed."),
    "machines": serializers.ListField(child=serializers.IntegerField()),
    "first_day": serializers.DateField(allow_null=True),
    "last_day": serializers.DateField(allow_null=True),
    "before": serializers.JSONField(help_text="KPI → value before it."),
    "after": serializers.JSONField(allow_null=True, help_text="KPI → value after it; null while pending."),
}


class Decisions(APIView):
    @extend_schema(responses=inline_serializer("Decision", {**DECISION}, many=True), tags=TAGS)
    def get(self, request: Request, pk: int) -> Response:
        """What people decided about an exception, newest first, with the KPIs before and after."""
        decisions = exception_of(request, pk, None).decisions.select_related("exception")
        return Response([_decision(request, each) for each in decisions])


def _decision(request: Request, decision: Decision) -> dict[str, Any]:
    """KPIs of machines the person may not see are left out."""
    seen = equipment_of(person(request)).filter(pk__in=decision.machines).count() == len(decision.machines)
    pending = is_pending(decision)
    plain = {
        name: getattr(decision, name) for name in ("id", "way", "by", "at", "reason", "waited", "released")
    }
    return plain | {
        "left": decision.exception.held_records.count() if pending else 0,
        "pending": pending,
        "machines": decision.machines if seen else [],
        "first_day": decision.first_day,
        "last_day": decision.last_day,
        "before": decision.before if seen else {},
        "after": decision.after if seen else None,
    }
