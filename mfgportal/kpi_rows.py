"""KPI values as lines of text for a terminal: the number as people read it, and the raw one for programs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kpis.definitions import CATALOGUE
from kpis.engine import By, Key, Value
from kpis.targets import Spot, judge, load_targets, may_have_target
from mfgportal.accounts.masks import technician_alias, technician_name
from mfgportal.accounts.models import User
from mfgportal.figures import Trust
from mfgportal.scope import Level, Selection
from mfgportal.web.format import amount, bounds, percent
from mfgportal.web.published import restated

Row = dict[str, Any]
TITLES: Mapping[str, str] = {
    "kpi": "KPI",
    "bucket": "From",
    "shift": "Shift",
    "part": "Part",
    "shown": "Value",
    "before": "Before",
    "bounds": "Bounds",
    "reason": "Why undefined",
    "over": "Numerator / denominator",
    "sample_size": "n",
    "restated": "Published",
    "target": "Target",
    "state": "State",
    "note": "Note",
}
"""Of the columns people see."""


def rows_of(values: Sequence[Value], before: Sequence[Value], chosen: Selection, by: By | None) -> list[Row]:
    """One line per value; ``before``: those of the period before, in the same order of buckets."""
    earlier = {(value.kpi, value.key.id, place): value for value, place in _placed(before)}
    targets = _targets(values, chosen, by)
    return [
        _row(value, earlier.get((value.kpi, value.key.id, place)), targets.get(id(value), ("", "")))
        for value, place in _placed(values)
    ]


def masked(values: Sequence[Value], user: User | None) -> list[Value]:
    """Values by technician with the names that the person may see; without a person with none."""
    return [replace(value, key=Key(value.key.id, _name(value.key, user))) for value in values]


def _name(key: Key, user: User | None) -> str:
    if user is None:
        return key.label if key.id is None else technician_alias(key.id)
    return technician_name(user, key.id, key.label)


def about(chosen: Selection, given: Trust, names: Iterable[str]) -> list[tuple[str, str]]:
    """What the lines are of, how far they can be trusted, and what they take for granted."""
    assumed = (one for name in names for one in given.assumptions.of(CATALOGUE[name]))
    complete, period = given.completeness, chosen.period
    age = f"{given.data_as_of:%Y-%m-%d %H:%M} UTC" if given.data_as_of else "never: not every stream was read"
    return [
        ("Place", chosen.place.name),
        ("Days", f"{period.first} to {period.last}, {given.zone or 'each plant in its own zone'}"),
        ("Complete", f"{percent(complete.share)}, {complete.held:,} source records held back"),
        ("Data as of", age),
        *((one.title, one.text) for one in dict.fromkeys(assumed)),
    ]


def _placed(values: Sequence[Value]) -> list[tuple[Value, int]]:
    """Each value with its place among those of its KPI and part."""
    seen: dict[tuple[str, Any], int] = {}
    found = []
    for value in values:
        key = value.kpi, value.key.id
        seen[key] = seen.get(key, -1) + 1
        found.append((value, seen[key]))
    return found


def _row(value: Value, before: Value | None, target: tuple[str, str]) -> Row:
    kpi = CATALOGUE[value.kpi]
    over = "" if value.denominator is None else f"{value.numerator:,.6g} / {value.denominator:,.6g}"
    return {
        "kpi": kpi.title,
        "bucket": str(value.bucket or ""),
        "shift": value.shift,
        "part": value.key.label,
        "shown": str(amount(value.value, value.unit, value.currency)),
        "before": str(amount(before.value, before.unit, before.currency)) if before else "",
        "bounds": bounds(value),
        "reason": value.undefined_reason,
        "over": over,
        "sample_size": value.sample_size,
        "restated": restated(value),
        "target": target[0],
        "state": target[1],
        "note": "goes on" if value.open_events else "",
        "value": value.value,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "value_before": before.value if before else None,
        "published": value.published,
    }


def _targets(values: Sequence[Value], chosen: Selection, by: By | None) -> dict[int, tuple[str, str]]:
    """Target and state of values that may have one, by value."""
    plants = [plant.pk for plant in chosen.place.plants]
    asked = [value for value in values if may_have_target(CATALOGUE[value.kpi])]
    if not asked or by not in {None, "plant", "line", "equipment"}:
        return {}
    known = load_targets({value.kpi for value in asked}, plants, chosen.period.last)
    found = {}
    for value in asked:
        target = known.of(value.kpi, _spot(value, chosen, by), value.last_day)
        if target is not None:
            found[id(value)] = (
                str(amount(target.value, value.unit, value.currency)),
                str(judge(value.value, target)),
            )
    return found


def _spot(value: Value, chosen: Selection, by: By | None) -> Spot:
    """Where a value stands: its part, or the place as a whole."""
    level, key = (Level(by), value.key.id) if by else (chosen.place.level, chosen.place.id)
    plant = chosen.place.plants[0].pk if len(chosen.place.plants) == 1 else None
    if level == Level.ENTERPRISE or not isinstance(key, int):
        return Spot()
    if level == Level.PLANT:
        return Spot(key)
    return Spot(plant, key) if level == Level.LINE else Spot(plant, None, key)
