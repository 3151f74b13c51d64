"""Reliability of machines, by the same scope and the same figures as the pages."""

from collections.abc import Mapping

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mfgportal.accounts.access import person
from mfgportal.api.query import Fields, Query
from mfgportal.api.reliability_rows import DetailRow, ListedRow, detail, listed, row
from mfgportal.period import CUSTOM, PRESETS
from mfgportal.reliability import single, survey
from mfgportal.scope import MAX_DAYS, Place, Selection, find_place, parse

DEFAULT_PERIOD = "last_90_days"
DESCRIPTION = """Reliability of the machines of a place over a period of production days.

Hours are operating hours. A failure is a breakdown as long as the plant's micro-stop limit or longer; those
that overlap or touch are one. The run that still goes on at the end of the period counts as time without a
failure (right-censored). Without a failure the MTBF is null, with a lower bound. Below three failures there
is no test for a trend; without a trend, no growth."""


class PeriodQuery(Query):
    period = serializers.ChoiceField(
        [*PRESETS, CUSTOM], required=False, help_text=f"Default: {DEFAULT_PERIOD}."
    )
    to = serializers.DateField(required=False, help_text=f"Last day, included. At most {MAX_DAYS} days.")

    def get_fields(self) -> Fields:
        first = serializers.DateField(required=False, help_text="First day, in the plant's zone.")
        return {**super().get_fields(), "from": first}


class PlaceQuery(PeriodQuery):
    plant = serializers.IntegerField(required=False, help_text="Id of a plant.")
    line = serializers.IntegerField(required=False, help_text="Id of a line.")


class Reliability(APIView):
    @extend_schema(
        operation_id="reliability_list",
        description=DESCRIPTION,
        parameters=[PlaceQuery],
        responses=ListedRow,
        tags=["reliability"],
    )
    def get(self, request: Request) -> Response:
        """Machines of a place, by class, the worst of each first."""
        given = PlaceQuery.of(request)
        place = find_place(person(request), plant=given.pop("plant", None), line=given.pop("line", None))
        found = survey(_selection(given, place))
        return Response(
            [
                listed(each, rank, compared=group.compared)
                for group in found.classes
                for rank, each in enumerate(group.machines, 1)
            ]
        )


class ReliabilityOfOne(APIView):
    @extend_schema(
        operation_id="reliability_detail",
        description=DESCRIPTION,
        parameters=[PeriodQuery],
        responses=DetailRow,
        tags=["reliability"],
    )
    def get(self, request: Request, pk: int) -> Response:
        """One machine with its failures. 404 where it did not operate in the period."""
        given = PeriodQuery.of(request)
        found = single(_selection(given, find_place(person(request), equipment=pk)))
        if found.health is None:
            raise Http404("No operating time of this machine is known in this period.")
        return Response(row(found.health) | detail(found))


def _selection(given: Mapping[str, object], place: Place) -> Selection:
    query = {name: str(value) for name, value in given.items()}
    return parse(query or {"period": DEFAULT_PERIOD}, place)
