"""What may be done about an exception, as its page offers it, with what each way needs, and both sides."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import Right, may, person
from mfgportal.accounts.models import User
from mfgportal.api.query import Fields, Query
from mfgportal.api.resolutions import exception_of
from mfgportal.mapping_targets import find_targets, mapped_kind, suggested
from mfgportal.merge_preview import merge_previews
from mfgportal.overrides import correctable_fields, may_rule
from mfgportal.web.sides import sides
from sync.exceptions import KINDS, Resolution, drafts, split_groups
from sync.models import SyncException

NAMED: Fields = {
    "canonical_id": serializers.IntegerField(),
    "name": serializers.CharField(),
    "code": serializers.CharField(),
}
WAYS: Fields = {
    "resolutions": serializers.ListField(
        child=serializers.ChoiceField([each.value for each in Resolution]),
        help_text="What your role may do about it, best first; empty where it is closed.",
    ),
    "suggestions": inline_serializer(
        "MappingSuggestion",
        {**NAMED, "score": serializers.FloatField(help_text="0 to 100."), "reason": serializers.CharField()},
        many=True,
    ),
    "targets": inline_serializer("MappingTarget", {**NAMED}, many=True),
    "fields": inline_serializer(
        "CorrectableField",
        {
            "external_key": serializers.CharField(),
            "field": serializers.CharField(),
            "type": serializers.CharField(help_text="datetime, date, number, truth or text."),
            "value": serializers.JSONField(allow_null=True, help_text="In force now."),
        },
        many=True,
    ),
    "groups": inline_serializer(
        "SplitGroup",
        {
            "group": serializers.CharField(help_text="For `split`."),
            "title": serializers.CharField(),
            "rows": serializers.IntegerField(),
        },
        many=True,
    ),
    "rules": inline_serializer(
        "RuleDraft",
        {
            "what": serializers.CharField(),
            "pattern": serializers.CharField(),
            "field": serializers.CharField(),
        },
        many=True,
    ),
    "merges": inline_serializer(
        "MergePreview",
        {
            "keep": serializers.IntegerField(),
            "moves": serializers.DictField(child=serializers.IntegerField()),
            "conflicts": inline_serializer(
                "MergeConflict",
                {
                    "what": serializers.CharField(),
                    "kept": serializers.ListField(child=serializers.CharField()),
                    "dropped": serializers.ListField(child=serializers.CharField()),
                },
                many=True,
            ),
        },
        many=True,
    ),
    "sides": inline_serializer(
        "BothSides",
        {
            "heads": inline_serializer(
                "Side",
                {
                    "title": serializers.CharField(),
                    "external_key": serializers.CharField(),
                    "url": serializers.CharField(),
                    "counts": serializers.BooleanField(help_text="It is the system of record."),
                },
                many=True,
            ),
            "rows": inline_serializer(
                "SideField",
                {
                    "label": serializers.CharField(),
                    "values": serializers.ListField(child=serializers.CharField()),
                    "differs": serializers.BooleanField(),
                },
                many=True,
            ),
        },
        allow_null=True,
    ),
}


class WaysQuery(Query):
    q = serializers.CharField(required=False, help_text="Part of the name or code of a row to map to.")


class Ways(APIView):
    @extend_schema(
        parameters=[WaysQuery], responses=inline_serializer("ExceptionWays", {**WAYS}), tags=["exceptions"]
    )
    def get(self, request: Request, pk: int) -> Response:
        """What may be done about it, with what each way needs, and what both systems say."""
        which, user, text = (
            exception_of(request, pk, None),
            person(request),
            WaysQuery.of(request).get("q", ""),
        )
        both = sides(user, which)
        return Response(_ways(user, which, text) | {"sides": asdict(both) if both else None})


def _ways(user: User, which: SyncException, text: str) -> dict[str, Any]:
    kind = KINDS.get(which.kind)
    closed = which.status != SyncException.Status.OPEN or not may(user, Right.RESOLVE_EXCEPTIONS)
    ways = () if closed or kind is None else tuple(way for way in kind.resolutions if _allowed(user, way))
    mapping = Resolution.MAP in ways
    return {
        "resolutions": [way.value for way in ways],
        "suggestions": [asdict(each) for each in suggested(user, which)] if mapping else [],
        "targets": [
            {"canonical_id": each.id, "name": each.name, "code": each.code}
            for each in (find_targets(user, mapped_kind(which), text) if mapping and text else ())
        ],
        "fields": correctable_fields(user, which) if Resolution.CORRECT in ways else [],
        "groups": [
            {"group": each.name, "title": each.title, "rows": each.rows}
            for each in (split_groups(which) if Resolution.SPLIT in ways else ())
        ],
        "rules": [
            {"what": each.what, "pattern": each.pattern, "field": each.field}
            for each in (drafts(which) if Resolution.RULE in ways else ())
        ],
        "merges": [asdict(each) for each in merge_previews(user, which)] if Resolution.MERGE in ways else [],
    }


def _allowed(user: User, way: Resolution) -> bool:
    if way is Resolution.RULE:
        return may_rule(user)
    return way is not Resolution.OWN or may(user, Right.MANAGE_SOURCES)
