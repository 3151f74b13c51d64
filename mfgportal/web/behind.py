"""What is behind a reason: the machines that lost the time, and the stops themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Now
from django.http import HttpRequest
from django.urls import reverse

from kpis.models import Downtime, Reason, ReasonComponents
from kpis.scope import Scope
from mfgportal.scope import BadScope, Level, Selection
from mfgportal.web.picker import address
from mfgportal.web.stops import StopRow, folded

MAX_STOPS = 50
MAX_LONGEST = 15


@dataclass(frozen=True, slots=True)
class MachineLoss:
    """Time one machine lost to the reason. ``share``: of the machine that lost most."""

    name: str
    line: str
    url: str
    seconds: float
    events: int
    share: float


@dataclass(frozen=True, slots=True)
class Behind:
    """A reason opened. ``stops``: a machine's newest, a wider place's longest; ``more``: there are others."""

    reason: Reason
    machines: list[MachineLoss]
    stops: list[StopRow]
    more: bool
    close: str


def behind(request: HttpRequest, selection: Selection) -> Behind | None:
    """The reason the address names, opened; None when it names none. Raises BadScope."""
    given = request.GET.get("reason")
    if not given:
        return None
    reason = Reason.objects.filter(pk=given).first() if given.isdecimal() and len(given) < 10 else None
    if reason is None:
        raise BadScope("reason", f"There is no reason {given}.")
    on_machine = selection.place.level == Level.EQUIPMENT
    most = MAX_STOPS if on_machine else MAX_LONGEST
    stops = list((_stops if on_machine else _longest)(selection, reason)[: most + 1])
    return Behind(
        reason=reason,
        machines=[] if on_machine else _machines(selection, reason),
        stops=folded(stops[:most]),
        more=len(stops) > most,
        close=address(request.GET, reason=""),
    )


def within(scope: Scope) -> Q:
    """Component rows and equipment facts of a scope's places."""
    narrow = Q(equipment__plant__in=scope.plant_ids or ())
    if scope.line_ids is not None:
        narrow &= Q(equipment__line__in=scope.line_ids)
    if scope.equipment_ids is not None:
        narrow &= Q(equipment__in=scope.equipment_ids)
    return narrow


def _machines(selection: Selection, reason: Reason) -> list[MachineLoss]:
    scope = selection.scope
    rows = (
        ReasonComponents.objects.filter(
            within(scope), reason=reason, day__range=(scope.first_day, scope.last_day)
        )
        .values("equipment", "equipment__name", "equipment__line__name")
        .annotate(lost=Sum("seconds"), count=Sum("events"))
        .order_by("-lost", "equipment__name")
    )
    found = [row for row in rows if row["lost"] or row["count"]]
    most = max((row["lost"] for row in found), default=0) or 1
    return [_machine(row, selection, reason, most) for row in found]


def _machine(row: Mapping[str, Any], selection: Selection, reason: Reason, most: float) -> MachineLoss:
    joined = "&" if selection.query else "?"
    url = f"{reverse('equipment', args=[row['equipment']])}{selection.query}{joined}reason={reason.pk}#behind"
    return MachineLoss(
        row["equipment__name"],
        row["equipment__line__name"] or "",
        url,
        row["lost"],
        row["count"],
        row["lost"] / most,
    )


def _stops(selection: Selection, reason: Reason) -> QuerySet[Downtime]:
    start, end = selection.window
    return stops_within(selection, start, end).filter(reason=reason)


def _longest(selection: Selection, reason: Reason) -> QuerySet[Downtime]:
    lasted = Coalesce(F("end"), Now()) - F("start")
    return _stops(selection, reason).order_by(lasted.desc(), "pk")


def stops_within(selection: Selection, start: datetime, end: datetime) -> QuerySet[Downtime]:
    """Stops of the place that touch [start, end), newest first; no copies on parents, nothing gone."""
    return (
        Downtime.objects.filter(within(selection.scope), deleted_at=None, inherited=False, start__lt=end)
        .filter(Q(end=None) | Q(end__gt=start))
        .select_related("reason", "equipment__plant")
        .order_by("-start", "-pk")
    )
