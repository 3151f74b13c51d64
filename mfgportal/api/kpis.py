"""KPI values, by the same scope and the same figures as the pages."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

from django.urls import reverse
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpis.definitions import CATALOGUE, FAMILIES, Kpi
from kpis.engine import By, UnsupportedBreakdown, Value, evaluate
from mfgportal.accounts.access import person
from mfgportal.api.errors import bad_parameter
from mfgportal.api.query import Fields, Query
from mfgportal.figures import Trust, by_plants, trust
from mfgportal.period import CUSTOM, PRESETS
from mfgportal.scope import GRAINS, MAX_DAYS, Selection, find_place, parse

BREAKDOWNS: tuple[By, ...] = get_args(By)
GLOSSARY = "\n".join(
    f"- `{kpi.name}` **{kpi.title}** [{kpi.unit}] = {kpi.formula} ({kpi.standard}). {kpi.note}".rstrip()
    for kpi in CATALOGUE.values()
)
DESCRIPTION = f"""Values of KPIs over a place and a period of production days.

Each value carries what it takes to trust it: numerator and denominator, sample size, bounds, the zone its
days are cut in, the age of the data, and the share of the source records of the place and period that are in
the numbers. A value that is not defined is null, with the reason. Durations are seconds, shares fractions
of 1.

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
    "unit": serializers.CharField(help_text="s, pcs, count or 1 (a fraction)."),
    "place": inline_serializer(
        "Place",
        {
            "level": serializers.CharField(help_text="enterprise, plant, line or equipment."),
            "id": serializers.IntegerField(allow_null=True),
            "name": serializers.CharField(),
        },
    ),
    "bucket": serializers.DateField(allow_null=True, help_text="First day of the bucket; null = the period."),
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
    "first_day": serializers.DateField(),
    "last_day": serializers.DateField(),
    "zone": serializers.CharField(help_text="IANA zone; empty where plants of several zones meet."),
    "data_as_of": serializers.DateTimeField(allow_null=True, help_text="Null = never read."),
    "completeness": COMPLETENESS,
}
ValueRow = inline_serializer("KpiValue", VALUE, many=True)
CATALOGUE_FIELDS = ("name", "title", "unit", "better", "formula", "standard", "note")
CatalogueRow = inline_serializer(
    "Kpi",
    {name: serializers.CharField() for name in (*CATALOGUE_FIELDS, "family")},
    many=True,
)


class KpiQuery(Query):
    kpi = serializers.CharField(
        required=False, help_text="Names, separated by commas; all of them if absent."
    )
    plant = serializers.IntegerField(required=False, help_text="Id of a plant.")
    line = serializers.IntegerField(required=False, help_text="Id of a line.")
    equipment = serializers.IntegerField(required=False, help_text="Id of a machine.")
    period = serializers.ChoiceField([*PRESETS, CUSTOM], required=False, help_text="Default: last_7_days.")
    to = serializers.DateField(required=False, help_text=f"Last day, included. At most {MAX_DAYS} days.")
    grain = serializers.ChoiceField(GRAINS, required=False, help_text="Absent: one value for the period.")
    by = serializers.ChoiceField(BREAKDOWNS, required=False, help_text="One value per part.")

    def get_fields(self) -> Fields:
        first = serializers.DateField(required=False, help_text="First day, in the plant's zone.")
        return {**super().get_fields(), "from": first}


class Kpis(APIView):
    pagination_class = None

    @extend_schema(parameters=[KpiQuery], responses=ValueRow, tags=["kpis"], description=DESCRIPTION)
    def get(self, request: Request) -> Response:
        query = KpiQuery.of(request)
        names = _names(query.get("kpi", ""))
        place = find_place(
            person(request),
            plant=query.get("plant"),
            line=query.get("line"),
            equipment=query.get("equipment"),
        )
        selection = parse(request.query_params.dict(), place)
        values = _values(names, selection, query)
        whole, each = _given(request, selection, query.get("by"))
        return Response([_value(value) | each.get(value.key.id, whole) for value in values])


class Catalogue(APIView):
    pagination_class = None

    @extend_schema(responses=CatalogueRow, tags=["kpis"])
    def get(self, request: Request) -> Response:
        """What each KPI means: its formula, unit, direction and standard."""
        return Response(
            [
                {field: getattr(kpi, field) for field in CATALOGUE_FIELDS} | {"family": family}
                for family, module in FAMILIES.items()
                for kpi in vars(module).values()
                if isinstance(kpi, Kpi)
            ]
        )


def _names(given: str) -> list[str]:
    names = [name.strip() for name in given.split(",") if name.strip()] or list(CATALOGUE)
    for name in names:
        if name not in CATALOGUE:
            raise bad_parameter("kpi", f"“{name}” is not a KPI. Known: {', '.join(CATALOGUE)}.")
    return names


def _values(names: Sequence[str], selection: Selection, query: dict[str, Any]) -> list[Value]:
    grain = selection.grain if query.get("grain") else None
    try:
        return evaluate(names, selection.scope, grain=grain, by=query.get("by"))
    except UnsupportedBreakdown as refused:
        raise bad_parameter("by", str(refused)) from refused


def _given(
    request: Request, selection: Selection, by: By | None
) -> tuple[dict[str, Any], dict[int | str | None, dict[str, Any]]]:
    """What holds for every value of the answer; where plants stand apart, also for those of each plant."""
    if by != "plant":
        return _shared(request, selection, trust(selection)), {}
    complete, each = by_plants(selection)
    whole = trust(selection, complete)
    return _shared(request, selection, whole), {
        plant.pk: _shared(
            request, selection, replace(whole, completeness=each[plant.pk], zone=plant.timezone), plant.pk
        )
        for plant in selection.place.plants
    }


def _shared(request: Request, selection: Selection, given: Trust, plant: int | None = None) -> dict[str, Any]:
    place, complete = selection.place, given.completeness
    where = f"?{place.level}={place.id}" if place.level in {"plant", "equipment"} else ""
    where = f"?plant={plant}" if plant else where
    return {
        "place": {"level": place.level, "id": place.id, "name": place.name},
        "zone": given.zone,
        "data_as_of": given.data_as_of,
        "completeness": {
            "share": complete.share,
            "loaded": complete.loaded,
            "held": complete.held,
            "exceptions": request.build_absolute_uri(reverse("api_exceptions") + where),
        },
    }


def _value(value: Value) -> dict[str, Any]:
    return {
        "kpi": value.kpi,
        "title": CATALOGUE[value.kpi].title,
        "unit": value.unit,
        "bucket": value.bucket,
        "shift": value.shift,
        "key": {"id": value.key.id, "label": value.key.label},
        "value": value.value,
        "undefined_reason": value.undefined_reason,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "sample_size": value.sample_size,
        "lower": value.lower,
        "upper": value.upper,
        "confidence": value.confidence,
        "open_events": value.open_events,
        "unknown_share": value.unknown_share,
        "without_ideal_share": value.without_ideal_share,
        "first_day": value.first_day,
        "last_day": value.last_day,
    }
