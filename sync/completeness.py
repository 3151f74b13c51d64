"""How much of what the sources hold is in the numbers: held rows beside loaded facts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Model, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from kpis.models import Downtime, Production, Run, WorkOrder
from sync.models import HeldRecord, SyncException

Ids = Collection[int] | None


@dataclass(frozen=True, slots=True)
class HeldBy:
    """Rows one open exception holds in a scope, for a link from a number to its queue entry."""

    exception_id: int
    kind: str
    title: str
    rows: int


@dataclass(frozen=True, slots=True)
class Completeness:
    """Source records in a scope. ``share`` is loaded / (loaded + held), 1.0 when there are none."""

    loaded: int
    held: int

    @property
    def share(self) -> float:
        return self.loaded / (self.loaded + self.held) if self.loaded + self.held else 1.0


def held(
    *,
    start: datetime,
    end: datetime,
    plant_ids: Ids = None,
    line_ids: Ids = None,
    equipment_ids: Ids = None,
) -> int:
    """Source rows held back by open exceptions whose time touches [start, end). None = no limit of that sort.

    A row whose plant is not known counts in every plant, since it may belong there; in a line or on a machine
    only rows count whose machine is known.
    """
    rows = _held(start, end, plant_ids, line_ids, equipment_ids)
    return int(rows.aggregate(rows=Count("raw", distinct=True))["rows"])


def held_mark(
    *,
    start: datetime,
    end: datetime,
    plant_ids: Ids = None,
    line_ids: Ids = None,
    equipment_ids: Ids = None,
) -> tuple[int, int, int]:
    """Which rows ``held`` counts, as a mark that changes with them."""
    rows = _held(start, end, plant_ids, line_ids, equipment_ids).order_by()
    found = rows.aggregate(count=Count("pk"), newest=Max("pk"), total=Sum("pk"))
    return found["count"], found["newest"] or 0, int(found["total"] or 0)


def loaded(
    *,
    start: datetime,
    end: datetime,
    plant_ids: Ids = None,
    line_ids: Ids = None,
    equipment_ids: Ids = None,
) -> int:
    """Facts in the scope: stops, runs and production that touch [start, end), work orders created in it."""
    place = _place(plant_ids, line_ids, equipment_ids)
    in_time = _touches(start, end, "start", "end")
    created = Q(created_at__gte=start, created_at__lt=end)
    return sum(_count(model, in_time & place) for model in (Downtime, Run, Production)) + _count(
        WorkOrder, created & place
    )


def completeness(
    *,
    start: datetime,
    end: datetime,
    plant_ids: Ids = None,
    line_ids: Ids = None,
    equipment_ids: Ids = None,
) -> Completeness:
    """``held`` and ``loaded`` together."""
    places = {"plant_ids": plant_ids, "line_ids": line_ids, "equipment_ids": equipment_ids}
    return Completeness(loaded(start=start, end=end, **places), held(start=start, end=end, **places))


def by_plant(*, start: datetime, end: datetime, plant_ids: Collection[int]) -> dict[int, Completeness]:
    """``completeness`` of each plant, in as many queries as for one."""
    found = dict.fromkeys(plant_ids, 0)
    in_time = _touches(start, end, "start", "end")
    created = Q(created_at__gte=start, created_at__lt=end)
    for model, when in ((Downtime, in_time), (Run, in_time), (Production, in_time), (WorkOrder, created)):
        rows = model._default_manager.filter(when, deleted_at=None, equipment__plant__in=plant_ids)
        for plant, count in rows.values_list("equipment__plant").annotate(rows=Count("pk")):
            found[plant] += count
    waiting = _held(start, end, plant_ids, None, None).values_list(Coalesce("plant", "exception__plant"))
    kept = dict(waiting.annotate(rows=Count("raw", distinct=True)))
    return {pk: Completeness(count, kept.get(pk, 0) + kept.get(None, 0)) for pk, count in found.items()}


def held_by_exception(
    *,
    start: datetime,
    end: datetime,
    plant_ids: Ids = None,
    line_ids: Ids = None,
    equipment_ids: Ids = None,
    limit: int = 20,
) -> list[HeldBy]:
    """The open exceptions that hold rows in the scope, most rows first."""
    rows = _held(start, end, plant_ids, line_ids, equipment_ids)
    counted = rows.values("exception_id", "exception__kind", "exception__title").annotate(rows=Count("id"))
    return [
        HeldBy(row["exception_id"], row["exception__kind"], row["exception__title"], row["rows"])
        for row in counted.order_by("-rows", "exception_id")[:limit]
    ]


def _count(model: type[Model], wanted: Q) -> int:
    return model._default_manager.filter(wanted, deleted_at=None).count()


def _touches(start: datetime, end: datetime, begins: str, ends: str) -> Q:
    """Spans that touch [start, end), instants in it, and open ones that began before its end."""
    open_or_later = Q((f"{ends}__gt", start)) | Q((f"{ends}__isnull", True)) | Q((f"{begins}__gte", start))
    return Q((f"{begins}__lt", end)) & open_or_later


def _place(plant_ids: Ids, line_ids: Ids, equipment_ids: Ids) -> Q:
    place = Q()
    if plant_ids is not None:
        place &= Q(equipment__plant__in=plant_ids)
    if line_ids is not None:
        place &= Q(equipment__line__in=line_ids)
    if equipment_ids is not None:
        place &= Q(equipment__in=equipment_ids)
    return place


def _held(
    start: datetime, end: datetime, plant_ids: Ids, line_ids: Ids, equipment_ids: Ids
) -> QuerySet[HeldRecord]:
    rows = HeldRecord.objects.filter(
        _touches(start, end, "start", "end"), exception__status=SyncException.Status.OPEN
    ).annotate(place=Coalesce("plant", "exception__plant"))
    if plant_ids is not None:
        rows = rows.filter(Q(place__in=plant_ids) | Q(place=None))
    return rows.filter(_place(None, line_ids, equipment_ids))
