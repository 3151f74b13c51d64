"""Places of rules: as a scope of the engine, and the parts of a breakdown with what they belong to."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from kpis.models import Equipment, Line, Plant
from kpis.scope import Scope
from kpis.targets import Spot
from mfgportal.alerts.models import AlertRule


def spot_of(rule: AlertRule) -> Spot:
    return Spot(rule.plant_id, rule.line_id, rule.equipment_id)


def subject_of(spot: Spot) -> str:
    """How an alert names its place."""
    for name, pk in (("equipment", spot.equipment_id), ("line", spot.line_id), ("plant", spot.plant_id)):
        if pk is not None:
            return f"{name}/{pk}"
    return "enterprise"


def scope_of(rule: AlertRule, first: date, last: date) -> Scope:
    """The rule's place over production days."""
    return Scope(
        first_day=first,
        last_day=last,
        plant_ids=_one(rule.plant_id),
        line_ids=_one(rule.line_id),
        equipment_ids=_one(rule.equipment_id),
    )


def equipment_in(rule: AlertRule) -> Q:
    """Limits rows that have an equipment to the rule's place."""
    if rule.equipment_id is not None:
        return Q(equipment=rule.equipment_id)
    if rule.line_id is not None:
        return Q(equipment__line=rule.line_id)
    return Q() if rule.plant_id is None else Q(equipment__plant=rule.plant_id)


def plants_in(rule: AlertRule) -> list[int]:
    """Ids of the plants the rule looks at."""
    if rule.plant_id is not None:
        return [rule.plant_id]
    return list(Plant.objects.values_list("pk", flat=True))


def parts_of(each: str, ids: Collection[int]) -> dict[int, Spot]:
    """Those of the plants, lines or machines that are in use, with what they belong to. One query."""
    in_use = {"pk__in": ids, "gone_at": None, "active": True}
    if each == AlertRule.Each.PLANT:
        return {pk: Spot(pk) for pk in ids}
    if each == AlertRule.Each.LINE:
        lines = Line.objects.filter(**in_use).values_list("pk", "plant_id")
        return {pk: Spot(plant, pk) for pk, plant in lines}
    machines = Equipment.objects.filter(**in_use).values_list("pk", "plant_id", "line_id")
    return {pk: Spot(plant, line, pk) for pk, plant, line in machines}


def _one(pk: int | None) -> tuple[int, ...] | None:
    return None if pk is None else (pk,)
