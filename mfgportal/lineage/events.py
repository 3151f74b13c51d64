"""The facts under a number: those of the kinds its components follow from, in its place, time and part."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from kpis.definitions import Kpi
from kpis.lineage import Spot, families_of
from kpis.models import Equipment, Plant, ShiftComponents
from mfgportal.lineage.kinds import KINDS, Kind, Window
from mfgportal.scope import Selection, day_window

Row = dict[str, Any]
Rows = QuerySet[Any, Row]
ORIGIN = ("source", "external_key", "trace_id", "source_updated_at", "loaded_at")


@dataclass(frozen=True, slots=True)
class Events:
    """Facts of one kind, and the time of each plant in which they count.

    Each row has ``id``, ``machine``, ``machine_name``, ``place`` (plant), ORIGIN and ``said_<field>``.
    """

    kind: Kind
    rows: Rows
    windows: Mapping[int, Window]


def events(kpi: Kpi, spot: Spot, selection: Selection) -> list[Events]:
    """The facts under a number: what lasts by machine and start, the rest as it came.

    Kinds that cannot be in its part are left out: no product has stops.
    """
    homes = families_of(kpi)
    plants = {plant.pk: plant for plant in selection.place.plants}
    windows = {pk: _windows(plant, spot, selection) for pk, plant in plants.items()}
    return [
        Events(kind, _rows(kind, spot, windows), {pk: by_home[kind.home] for pk, by_home in windows.items()})
        for kind in KINDS
        if kind.home in homes and _has_part(kind, spot)
    ]


def _windows(plant: Plant, spot: Spot, selection: Selection) -> Mapping[str, Window]:
    """By home: production days of shifts, local days of work."""
    first, last = spot.scope.first_day, spot.scope.last_day
    zone = ZoneInfo(plant.timezone)
    midnight = datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)
    local = Window(first, last, midnight[0].astimezone(UTC), midnight[1].astimezone(UTC))
    produced = day_window(selection.clocks[plant.pk], first, last)
    return {"shift": Window(first, last, *produced), "work": local, "backlog": local}


PLACES = frozenset({"plant", "line", "equipment", "equipment_class", "shift"})


def _has_part(kind: Kind, spot: Spot) -> bool:
    return all(by in PLACES or by in kind.parts for by in spot.parts)


def _rows(kind: Kind, spot: Spot, windows: Mapping[int, Mapping[str, Window]]) -> Rows:
    machine = _first(kind.places, "")
    plant = (
        _first([f"{path}__plant" for path in kind.places], "")
        if not kind.plants
        else Coalesce(*(f"{path}__plant" for path in kind.places), *kind.plants)
    )
    rows = kind.model._default_manager.filter(kind.counts, deleted_at=None)
    rows = rows.annotate(machine=machine, place=plant)
    rows = rows.filter(_when(kind, windows), *_where(kind, spot))
    names = {"machine_name": _first(kind.places, "__name")}
    fields = {f"said_{name}": F(path) for name, path in kind.fields.items()}
    said: Rows = rows.values("id", "machine", "place", *ORIGIN, **names, **fields)
    return said.order_by("machine", "said_start", "id") if kind.span else said.order_by("id")


def _first(paths: Sequence[str], more: str) -> F | Coalesce:
    found = [f"{path}{more}" for path in paths]
    return F(found[0]) if len(found) == 1 else Coalesce(*found)


def _when(kind: Kind, windows: Mapping[int, Mapping[str, Window]]) -> Q:
    """In the days of its plant."""
    found = Q(pk__in=[])
    for plant, by_home in windows.items():
        found |= Q(place=plant) & kind.within(by_home[kind.home])
    return found


def _where(kind: Kind, spot: Spot) -> Iterator[Q]:
    scope = spot.scope
    machines = Equipment.objects.all()
    if scope.line_ids is not None:
        yield Q(machine__in=machines.filter(line__in=scope.line_ids).values("pk"))
    if scope.equipment_ids is not None:
        yield Q(machine__in=scope.equipment_ids)
    for by, key in spot.parts.items():
        yield _part(kind, by, key, spot)


def _part(kind: Kind, by: str, key: int | str | None, spot: Spot) -> Q:
    if by in kind.parts:
        return _is(kind.parts[by], key)  # type: ignore[index]  # it is one of them
    if by == "plant":
        return _is("place", key)
    if by == "equipment":
        return _is("machine", key)
    if by == "shift":
        return _in_shift(str(key), spot)
    field = {"line": "line", "equipment_class": "equipment_class"}[by]
    return Q(machine__in=Equipment.objects.filter(_is(field, key)).values("pk"))


def _is(path: str, key: int | str | None) -> Q:
    return Q(**({f"{path}__isnull": True} if key is None else {path: key}))


def _in_shift(name: str, spot: Spot) -> Q:
    """It touches a shift of that name of its machine, within the days."""
    shifts = ShiftComponents.objects.filter(
        equipment=OuterRef("machine"),
        shift_name=name,
        day__range=(spot.scope.first_day, spot.scope.last_day),
        start__lt=Coalesce(OuterRef("end"), datetime.max.replace(tzinfo=UTC)),
        end__gt=OuterRef("start"),
    )
    return Q(Exists(shifts))
