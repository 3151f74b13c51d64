"""What the pages of places say beside their figures: now, what changed, where the time went, day by day."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from kpis.models import Equipment
from mfgportal.accounts.access import equipment_of, person
from mfgportal.scope import Level, Selection
from mfgportal.web.changes import Changes, changes
from mfgportal.web.down import down_now
from mfgportal.web.heatmap import heatmap
from mfgportal.web.losses import losses_of
from mfgportal.web.now import now


def floor(
    request: HttpRequest, selection: Selection, context: Mapping[str, Any], machines: QuerySet[Equipment]
) -> dict[str, Any]:
    """Of a plant, a line or a machine."""
    several = selection.place.level != Level.EQUIPMENT
    return {
        "now": now(person(request), selection, context["trust"], machines),
        "changes": _changes(selection, context),
        "losses": losses_of(selection),
        "heatmap": heatmap(request, selection) if several else None,
    }


def enterprise_floor(
    request: HttpRequest, selection: Selection, context: Mapping[str, Any]
) -> dict[str, Any]:
    """Of all plants the person may see: what stands still, without the state of each machine."""
    user = person(request)
    return {
        "down": down_now(user, equipment_of(user)),
        "changes": _changes(selection, context),
        "losses": losses_of(selection),
        "heatmap": heatmap(request, selection),
    }


def _changes(selection: Selection, context: Mapping[str, Any]) -> Changes | None:
    """Where the page has no OEE, as of a compressor, there is none to have changed."""
    oee = next((figure for figure in context["figures"] if figure.kpi.name == "oee"), None)
    return changes(selection, oee) if oee else None
