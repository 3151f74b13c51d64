"""Behind a number: its component rows, and the source records these follow from."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpis.engine import UnsupportedBreakdown
from kpis.lineage import Table, part_of, tables
from mfgportal.accounts.access import person
from mfgportal.accounts.masks import technician_name
from mfgportal.accounts.models import User
from mfgportal.api.columns import component_columns, event_columns
from mfgportal.api.conditional import is_known, tag_of, tagged
from mfgportal.api.cursors import Page, Segment, page_of
from mfgportal.api.errors import bad_parameter
from mfgportal.api.exports import FORMAT_PARAMETERS, about_selection, file_format, file_of, limited
from mfgportal.api.formats import Exports
from mfgportal.api.query import Fields, Paging, answer_of
from mfgportal.api.questions import Question, SpotQuery, ask
from mfgportal.api.state import state_of
from mfgportal.exports.table import Column
from mfgportal.figures import trust
from mfgportal.lineage.events import Events, events
from mfgportal.lineage.kinds import KINDS
from mfgportal.lineage.shown import shown

Row = dict[str, Any]
ANY = serializers.JSONField
COMPONENT_ROW = inline_serializer(
    "KpiComponentRow",
    {
        "family": serializers.CharField(help_text="The table it is in."),
        "day": serializers.DateField(help_text="Production day; of work a local day of the plant."),
        "shift": serializers.IntegerField(allow_null=True, help_text="Number in the day; 0 = off shift."),
        "computed_at": serializers.DateTimeField(allow_null=True),
        "provisional": serializers.BooleanField(help_text="Time alone may still change it."),
        "parts": serializers.DictField(child=ANY(), help_text="`id` and `label` by breakdown."),
        "components": serializers.DictField(child=serializers.FloatField(), help_text="Sums by name."),
    },
    many=True,
)
HEAD: Fields = {
    "kpi": serializers.CharField(),
    "formula": serializers.CharField(),
    "first_day": serializers.DateField(),
    "last_day": serializers.DateField(),
    "next": serializers.URLField(allow_null=True),
    "previous": serializers.URLField(allow_null=True),
}
ComponentPage = inline_serializer(
    "KpiComponents",
    {
        **HEAD,
        "totals": serializers.DictField(
            child=serializers.FloatField(), help_text="Sums over all rows, of all pages: what the KPI is of."
        ),
        "components": serializers.DictField(child=ANY(), help_text="`title` and `unit` by name."),
        "results": COMPONENT_ROW,
    },
)
PLACE: Fields = {"id": serializers.IntegerField(allow_null=True), "name": serializers.CharField()}
EventRow = inline_serializer(
    "KpiEvent",
    {
        "kind": serializers.CharField(help_text=f"One of: {', '.join(kind.name for kind in KINDS)}."),
        "id": serializers.IntegerField(),
        "equipment": inline_serializer("EventEquipment", PLACE),
        "plant_id": serializers.IntegerField(allow_null=True),
        "source": serializers.CharField(),
        "external_key": serializers.CharField(help_text="Its name there: model/id."),
        "trace_id": serializers.UUIDField(allow_null=True, help_text="Of the landed row it came from."),
        "source_updated_at": serializers.DateTimeField(allow_null=True),
        "loaded_at": serializers.DateTimeField(),
        "url": serializers.CharField(help_text="Its page here, or empty."),
        "source_url": serializers.CharField(help_text="Its page in its own system, or empty."),
        "corrections": serializers.ListField(
            child=ANY(), help_text="What people put in place of the source's values, with author and reason."
        ),
        "seconds_in_period": serializers.FloatField(allow_null=True, help_text="Clipped to the period."),
        "counted_seconds": serializers.FloatField(
            allow_null=True,
            help_text="Planned seconds in which it gives the state: of records that overlap the strongest.",
        ),
        "fields": serializers.DictField(child=ANY(), help_text="What it says, by kind."),
    },
    many=True,
)
EventPage = inline_serializer("KpiEvents", {**HEAD, "results": EventRow})


PAGE_PARAMETERS = (
    OpenApiParameter("cursor", str, description="Where the page begins, as next and previous have it."),
    OpenApiParameter("page_size", int, description=f"Rows of a page, {Paging.max_page_size} at most."),
)

PARAMETERS = (*PAGE_PARAMETERS, *FORMAT_PARAMETERS)


class EventQuery(SpotQuery):
    kind = serializers.ChoiceField([kind.name for kind in KINDS], required=False, help_text="Those alone.")


class Lineage(APIView):
    """Answers conditionally; a page of rows with what they are about."""

    pagination_class = None
    content_negotiation_class = Exports
    query: type[SpotQuery] = SpotQuery

    def answer(self, request: Request, question: Question) -> Row:
        raise NotImplementedError

    def file(self, request: Request, question: Question) -> HttpResponseBase:
        raise NotImplementedError

    def get(self, request: Request) -> HttpResponseBase:
        question = ask(request, self.query)
        if len(question.kpis) != 1:
            raise bad_parameter("kpi", "Name one KPI: what is behind a number is asked of one at a time.")
        tag = tag_of(request, state_of(question, person(request)))
        if is_known(request, tag):
            return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
        try:
            if file_format(request):
                return tagged(self.file(request, question), tag)
            return Response(self.answer(request, question), headers={"ETag": tag})
        except UnsupportedBreakdown as refused:
            raise bad_parameter("by", str(refused)) from refused


class Components(Lineage):
    @extend_schema(parameters=[SpotQuery, *PARAMETERS], responses=ComponentPage, tags=["kpis"])
    def get(self, request: Request) -> HttpResponseBase:
        """The component rows behind a number, by day, machine and shift; their sums are its parts."""
        return super().get(request)

    def answer(self, request: Request, question: Question) -> Row:
        found = tables(question.kpis[0], question.spot)
        page = page_of(component_segments(found, person(request)), request, Paging.size_of(request))
        own = [component for table in found for component in table.components]
        return _head(question, page, request) | {
            "totals": {name: total for table in found for name, total in table.totals.items()},
            "components": {one.name: {"title": one.title, "unit": one.unit} for one in own},
            "results": page.rows,
        }

    def file(self, request: Request, question: Question) -> HttpResponseBase:
        found = tables(question.kpis[0], question.spot)
        rows = limited(request, component_segments(found, person(request)))
        return _file(request, question, "components", component_columns(found), rows)


class EventsView(Lineage):
    query = EventQuery

    @extend_schema(parameters=[EventQuery, *PARAMETERS], responses=EventPage, tags=["kpis"])
    def get(self, request: Request) -> HttpResponseBase:
        """The source records behind a number, each with its origin, corrections and what of it counts."""
        return super().get(request)

    def answer(self, request: Request, question: Question) -> Row:
        segments = event_segments(events_of(question), person(request))
        return _head(question, page_of(segments, request, Paging.size_of(request)), request)

    def file(self, request: Request, question: Question) -> HttpResponseBase:
        found = events_of(question)
        rows = limited(request, event_segments(found, person(request)))
        return _file(request, question, "events", event_columns(found), rows)


def _file(
    request: Request, question: Question, name: str, columns: Sequence[Column], rows: Iterable[Row]
) -> HttpResponseBase:
    (kpi,), spot = question.kpis, question.spot
    part = [(str(by), "none" if key is None else str(key)) for by, key in spot.parts.items()]
    of_selection = about_selection(question.selection, trust(question.selection))
    about = [("kpi", kpi.title), ("formula", kpi.formula), *of_selection, *part]
    days = f"{spot.scope.first_day}-{spot.scope.last_day}"
    return file_of(request, f"{name}-{kpi.name}-{days}", columns, rows, about)


def events_of(question: Question) -> list[Events]:
    """The facts under a question's number, of the kind it asks for."""
    kind = question.query.get("kind")
    found = events(question.kpis[0], question.spot, question.selection)
    return [each for each in found if kind in {None, each.kind.name}]


def component_segments(found: Sequence[Table], user: User) -> list[Segment]:
    def segment(table: Table) -> Segment:
        return Segment(
            table.rows, table.family.name, lambda rows: [_component(row, table, user) for row in rows]
        )

    return [segment(table) for table in found]


def event_segments(found: Sequence[Events], user: User) -> list[Segment]:
    def segment(each: Events) -> Segment:
        return Segment(each.rows, each.kind.name, lambda rows: shown(each, rows, user))

    return [segment(each) for each in found]


def _head(question: Question, page: Page, request: Request) -> Row:
    (kpi,), scope = question.kpis, question.spot.scope
    head = {"kpi": kpi.name, "formula": kpi.formula}
    return {**head, "first_day": scope.first_day, "last_day": scope.last_day, **answer_of(page, request)}


def _component(row: Row, table: Table, user: User) -> Row:
    parts = {by: part_of(row, table.family, by) for by in table.family.parts}
    if "technician" in parts:
        key, label = parts["technician"]
        parts["technician"] = key, technician_name(user, key, label)
    return {
        "family": table.family.name,
        "day": row["day"],
        "shift": row.get("shift"),
        "computed_at": row.get("computed_at"),
        "provisional": bool(row.get("provisional")),
        "parts": {by: {"id": key, "label": label} for by, (key, label) in parts.items()},
        "components": {one.name: row.get(f"sum_{one.name}") or 0.0 for one in table.components},
    }
