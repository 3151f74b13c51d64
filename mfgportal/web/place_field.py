"""A choice of place: the enterprise, or a plant, line or machine of the person's own."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django import forms

from kpis.models import Equipment, Line, Plant
from kpis.targets import ENTERPRISE, Spot
from mfgportal.accounts.access import equipment_of, lines_of, plants_of
from mfgportal.accounts.models import User

WHOLE = "enterprise"


class PlantField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A choice of plant, by its name."""

    def label_from_instance(self, plant: Plant) -> str:
        return plant.name


class PlaceField(forms.ChoiceField):
    """Cleans to a ``Spot``. The enterprise is offered to those who see all plants."""

    def offer(self, user: User, *, machines: bool = True, whole: bool = True) -> None:
        """Fill in the person's places: two queries, three with machines. ``whole``: the enterprise, too."""
        all_of_it = [(WHOLE, "Enterprise")] if whole and user.sees_all_plants else []
        self.spots = dict(_spots(user)) | ({WHOLE: ENTERPRISE} if all_of_it else {})
        lines: list[tuple[str, str]] = [
            (f"line/{line.pk}", f"{line.name}, {line.plant.name}")
            for line in lines_of(user).select_related("plant")
        ]
        plants = [(f"plant/{plant.pk}", plant.name) for plant in plants_of(user)]
        self.choices = [
            *all_of_it,
            ("Plants", plants),
            ("Lines", lines),
            *([("Machines", list(_machines(user)))] if machines else []),
        ]

    def clean(self, value: Any) -> Spot:
        return self.spots[str(super().clean(value))]


def chosen(row: Any) -> str:
    """The choice that stands for the place of a target or a rule."""
    for name in ("equipment", "line", "plant"):
        if (pk := getattr(row, f"{name}_id")) is not None:
            return f"{name}/{pk}"
    return WHOLE


def ids_of(spot: Spot) -> dict[str, int | None]:
    """A place as the columns of a target or a rule hold it: a machine without its line."""
    line = spot.line_id if spot.equipment_id is None else None
    return {"plant_id": spot.plant_id, "line_id": line, "equipment_id": spot.equipment_id}


def _machines(user: User) -> Iterator[tuple[str, str]]:
    rows = equipment_of(user).filter(gone_at=None, active=True).select_related("plant")
    return ((f"equipment/{each.pk}", f"{each.name}, {each.plant.name}") for each in rows)


def _spots(user: User) -> Iterator[tuple[str, Spot]]:
    plants = ((f"plant/{pk}", Spot(pk)) for pk in plants_of(user).values_list("pk", flat=True))
    lines = Line.objects.filter(pk__in=lines_of(user)).values_list("pk", "plant_id")
    machines = Equipment.objects.filter(pk__in=equipment_of(user)).values_list("pk", "plant_id", "line_id")
    return chain(
        plants,
        ((f"line/{pk}", Spot(plant, pk)) for pk, plant in lines),
        ((f"equipment/{pk}", Spot(plant, line, pk)) for pk, plant, line in machines),
    )
