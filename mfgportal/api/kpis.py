"""KPI values, by the same scope and the same figures as the pages."""

from http import HTTPStatus
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpis.definitions import CATALOGUE, FAMILIES, Kpi, Unit
from kpis.families import breakdowns
from mfgportal.accounts.access import person
from mfgportal.api.columns import VALUES
from mfgportal.api.conditional import is_known, tag_of, tagged
from mfgportal.api.exports import FORMAT_PARAMETERS, about_selection, check_size, file_format, file_of
from mfgportal.api.formats import Exports
from mfgportal.api.kpi_values import MAX_PAGE_SIZE, PAGE_SIZE, answers, links_of, value_page
from mfgportal.api.query import Fields
from mfgportal.api.questions import KpiQuery, Question, ask
from mfgportal.api.state import state_of
from mfgportal.figures import trust

GLOSSARY = "\n".join(
    f"- `{kpi.name}` **{kpi.title}** [{kpi.unit}] = {kpi.formula} ({kpi.standard}). {kpi.note}".rstrip()
    for kpi in CATALOGUE.values()
)
DESCRIPTION = f"""Values of KPIs over a place and a period of production days.

Each value carries what it takes to trust it: numerator and denominator, sample size, bounds, the zone its
days are cut in, the age of the data, and the share of the source records of the place and period that are in
the numbers. A value that is not defined is null, with the reason. Durations are seconds, shares fractions
of 1. More values than a page holds come in pages: the header `Link` has the next.

{GLOSSARY}"""

COMPLETENESS = inline_serializer(
    "Completeness",
    {
        "share": serializers.FloatField(
            help_text="loaded ÷ (loaded + held), of the place (by plant: of each) and period."
        ),
        "loaded": serializers.IntegerField(),
        "held": serializers.IntegerField(help_text="Source records kept in the exception queue."),
        "exceptions": serializers.URLField(help_text="Where the held records are listed."),
    },
)
VALUE: Fields = {
    "kpi": serializers.CharField(),
    "title": serializers.CharField(),
    "unit": serializers.CharField(help_text=f"One of {', '.join(Unit)}; 1 is a fraction."),
    "place": inline_serializer(
        "Place",
        {
            "level": serializers.CharField(help_text="enterprise, plant, line or equipment."),
            "id": serializers.IntegerField(allow_null=True),
            "name": serializers.CharField(),
        },
    ),
    "currency": serializers.CharField(help_text="Of an amount of money, else empty."),
    "bucket": serializers.CharField(
        allow_null=True, help_text="First day of the bucket, of an hour its start; null = the period."
    ),
    "shift": serializers.CharField(help_text="Name of the shift in grain shift, else empty."),
    "key": inline_serializer(
        "Key",
        {
            "id": serializers.JSONField(help_text="Id or code of the part; null = the whole."),
            "label": serializers.CharField(),
        },
    ),
    "value": serializers.FloatField(allow_null=True),
    "undefined_reason": serializers.CharField(help_text="Why the value is null, else empty."),
    "missing": serializers.CharField(help_text="Data it needs that are not there, else empty."),
    "published": serializers.FloatField(
        allow_null=True, help_text="What was published when the period was closed; null: it is open."
    ),
    "published_at": serializers.DateTimeField(allow_null=True, help_text="When; null: it is open."),
    "numerator": serializers.FloatField(),
    "denominator": serializers.FloatField(allow_null=True, help_text="Null for a sum."),
    "sample_size": serializers.IntegerField(help_text="Events or records the value rests on."),
    "lower": serializers.FloatField(allow_null=True),
    "upper": serializers.FloatField(allow_null=True),
    "confidence": serializers.FloatField(allow_null=True, help_text="Of lower and upper."),
    "open_events": serializers.BooleanField(help_text="An event still goes on: the value will change."),
    "unknown_share": serializers.FloatField(allow_null=True, help_text="Of planned time, without evidence."),
    "without_ideal_share": serializers.FloatField(
        allow_null=True, help_text="Of run time, without an ideal cycle time."
    ),
    "assumptions": inline_serializer(
        "Assumption",
        {
            "name": serializers.CharField(),
            "text": serializers.CharField(help_text="What the value takes for granted, in words."),
        },
        many=True,
    ),
    "first_day": serializers.DateField(),
    "last_day": serializers.DateField(),
    "zone": serializers.CharField(help_text="IANA zone; empty where plants of several zones meet."),
    "data_as_of": serializers.DateTimeField(allow_null=True, help_text="Null = never read."),
    "completeness": COMPLETENESS,
    "components": serializers.URLField(allow_null=True, help_text="The sums behind it, by machine and day."),
    "events": serializers.URLField(allow_null=True, help_text="The source records behind it."),
}
PAGE_PARAMETERS = (
    OpenApiParameter("cursor", str, description="Where the page begins, as the header Link has it."),
    OpenApiParameter(
        "page_size", int, description=f"Values of a page, {MAX_PAGE_SIZE} at most; default {PAGE_SIZE}."
    ),
)
ValueRow = inline_serializer("KpiValue", VALUE, many=True)
CATALOGUE_FIELDS = ("name", "title", "unit", "better", "formula", "standard", "note", "needs", "missing")
COMPONENT_FIELDS = ("name", "title", "unit", "family")
CatalogueRow = inline_serializer(
    "Kpi",
    {
        **{name: serializers.CharField() for name in (*CATALOGUE_FIELDS, "family")},
        "components": inline_serializer(
            "Component", {name: serializers.CharField() for name in COMPONENT_FIELDS}, many=True
        ),
        "breakdowns": serializers.ListField(
            child=serializers.CharField(), help_text="What `by` can be; empty: the whole alone."
        ),
    },
    many=True,
)


class Kpis(APIView):
    pagination_class = None
    content_negotiation_class = Exports

    @extend_schema(
        parameters=[KpiQuery, *PAGE_PARAMETERS, *FORMAT_PARAMETERS],
        responses=ValueRow,
        tags=["kpis"],
        description=DESCRIPTION,
    )
    def get(self, request: Request) -> HttpResponseBase:
        question = ask(request, KpiQuery)
        tag = tag_of(request, state_of(question, person(request)))
        if is_known(request, tag):
            return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
        if file_format(request):
            return tagged(_file(request, question), tag)
        page = value_page(request, answers(request, question))
        return Response(page.rows, headers={"ETag": tag, **links_of(page, request)})


def _file(request: Request, question: Question) -> HttpResponseBase:
    rows = answers(request, question)
    check_size(request, len(rows))
    selection = question.selection
    about = about_selection(selection, trust(selection))
    return file_of(request, f"kpis-{selection.period.first}-{selection.period.last}", VALUES, rows, about)


class Catalogue(APIView):
    pagination_class = None

    @extend_schema(responses=CatalogueRow, tags=["kpis"])
    def get(self, request: Request) -> Response:
        """What each KPI means: formula, components, unit, standard, the data it needs, what splits it."""
        return Response(
            [
                _meaning(kpi, family)
                for family, module in FAMILIES.items()
                for kpi in vars(module).values()
                if isinstance(kpi, Kpi)
            ]
        )


def _meaning(kpi: Kpi, family: str) -> dict[str, Any]:
    components = dict.fromkeys(kpi.components)
    return {
        **{field: getattr(kpi, field) for field in CATALOGUE_FIELDS},
        "family": family,
        "components": [{name: getattr(found, name) for name in COMPONENT_FIELDS} for found in components],
        "breakdowns": breakdowns(kpi),
    }
