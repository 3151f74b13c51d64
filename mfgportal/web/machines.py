"""The table of machines on the pages of a plant and a line: what produces first, worst first."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from kpis.models import Equipment
from mfgportal.figures import Survey
from mfgportal.scope import Level, Selection
from mfgportal.web.dashboard import Part, ordered, place_url, side_by_side, sort_choices


def machines(
    request: HttpRequest, selection: Selection, found: Survey, equipment: QuerySet[Equipment]
) -> dict[str, Any]:
    """Rows and headings of the table: equipment in use, with data or not, what produces first."""
    sort = request.GET.get("sort") or "downtime"
    with_line = selection.place.level == Level.PLANT
    parts = [
        Part(
            key=each.pk,
            name=each.name,
            url=place_url("equipment", each.pk, selection),
            note=_note(each, with_line=with_line),
            produces=each.work_unit,
        )
        for each in equipment.filter(gone_at=None, active=True).select_related("line")
    ]
    rows = side_by_side(found, "equipment", parts)
    return {"machines": ordered(rows, sort), "sorts": sort_choices(request, sort)}


def _note(equipment: Equipment, *, with_line: bool) -> str:
    line = equipment.line.name if with_line and equipment.line else ""
    code = equipment.code if equipment.code != equipment.name else ""
    return " · ".join(part for part in (code, line) if part)
