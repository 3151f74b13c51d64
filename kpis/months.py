"""Month rows, and day rows of whole plants: the exact sums of the machines' day rows, written with them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from psycopg import sql

from kpis.models import (
    PlantDays,
    PlantReasons,
    ProductComponents,
    ProductMonths,
    ReasonComponents,
    ReasonMonths,
    ShiftComponents,
    ShiftMonths,
)

Month = tuple[int, date]
"""Equipment id, first day of the month."""


@dataclass(frozen=True, slots=True)
class Rolled:
    """A table of days and one of their sums; ``parts``: the columns that stay apart in these."""

    days: type[Model]
    sums: type[Model]
    parts: tuple[str, ...]


ROLLED = (
    Rolled(ShiftComponents, ShiftMonths, ("shift_name",)),
    Rolled(ReasonComponents, ReasonMonths, ("reason_id", "loss_class")),
    Rolled(ProductComponents, ProductMonths, ("product_id",)),
)

OF_PLANTS = (
    Rolled(ShiftComponents, PlantDays, ("shift_name",)),
    Rolled(ReasonComponents, PlantReasons, ("reason_id", "loss_class")),
)
LOCK = 0x6B706C74
"""Class of the advisory locks by plant id: whoever sums a plant sees all that was committed before."""

DELETE = """
    DELETE FROM {sums} m USING unnest(%s::bigint[], %s::date[]) AS w(equipment_id, month)
    WHERE m.equipment_id = w.equipment_id AND m.month = w.month
"""
INSERT = """
    INSERT INTO {sums} (equipment_id, month, {columns})
    SELECT equipment_id, month, {values} FROM (
        SELECT w.month, c.* FROM unnest(%s::bigint[], %s::date[]) AS w(equipment_id, month)
        JOIN {days} c ON c.equipment_id = w.equipment_id
            AND c.day >= w.month AND c.day < w.month + interval '1 month'
    ) c GROUP BY equipment_id, month, {parts}
"""

# A machine may move: its months tell which plant its days were counted in.
COUNTED_IN = """
    UPDATE kpis_shiftmonths m SET plant_id = e.plant_id FROM kpis_equipment e
    WHERE e.id = m.equipment_id AND m.equipment_id = ANY(%s) AND m.plant_id IS DISTINCT FROM e.plant_id
"""
PLANTS = """
    SELECT id, plant_id FROM kpis_equipment WHERE id = ANY(%(ids)s)
    UNION SELECT equipment_id, plant_id FROM kpis_shiftmonths
    WHERE equipment_id = ANY(%(ids)s) AND plant_id IS NOT NULL
"""
DELETE_PLANTS = """
    DELETE FROM {sums} p USING unnest(%s::bigint[], %s::date[]) AS w(plant_id, day)
    WHERE p.plant_id = w.plant_id AND p.day = w.day
"""
INSERT_PLANTS = """
    INSERT INTO {sums} (plant_id, work_unit, day, {columns})
    SELECT plant_id, work_unit, day, {values} FROM (
        SELECT e.plant_id, e.work_unit, c.* FROM unnest(%s::bigint[], %s::date[]) AS w(plant_id, day)
        JOIN kpis_equipment e ON e.plant_id = w.plant_id
        JOIN {days} c ON c.equipment_id = e.id AND c.day = w.day
    ) c GROUP BY plant_id, work_unit, day, {parts}
"""

SUM_PLANTS = """
    INSERT INTO {sums} (plant_id, work_unit, day, {columns})
    SELECT plant_id, work_unit, day, {values} FROM (
        SELECT e.plant_id, e.work_unit, c.* FROM {days} c JOIN kpis_equipment e ON e.id = c.equipment_id
        WHERE e.plant_id = ANY(%s)
    ) c GROUP BY plant_id, work_unit, day, {parts}
"""


def plants_of(equipment_ids: Collection[int]) -> set[tuple[int, int]]:
    """Machines with the plants they are in, or were when their days were counted."""
    with connection.cursor() as cursor:
        cursor.execute(PLANTS, {"ids": list(equipment_ids)})
        return set(cursor.fetchall())


@transaction.atomic
def sum_plants(plant_ids: Iterable[int]) -> None:
    """Sums all days of the plants again, at the end of a rebuild."""
    ids = sorted(plant_ids)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, id) FROM unnest(%s::int[]) id", [LOCK, ids])
        for rolled in OF_PLANTS:
            cursor.execute(_filled("DELETE FROM {sums} WHERE plant_id = ANY(%s)", rolled), [ids])
            cursor.execute(_filled(SUM_PLANTS, rolled), [ids])


def replace_plants(days: Iterable[tuple[int, date]]) -> None:
    """Sums the machines' rows of these days of plants (ids) again: the last thing of a transaction.

    Another one that counts a machine of the plant waits here until this one has committed.
    """
    columns = _columns(days)
    if not columns:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, id) FROM unnest(%s::int[]) id", [LOCK, sorted(set(columns[0]))]
        )
        for rolled in OF_PLANTS:
            cursor.execute(_filled(DELETE_PLANTS, rolled), columns)
            cursor.execute(_filled(INSERT_PLANTS, rolled), columns)


def replace_months(months: Iterable[Month]) -> None:
    """Sums the day rows of these months again."""
    columns = _columns(months)
    if not columns:
        return
    with connection.cursor() as cursor:
        for rolled in ROLLED:
            cursor.execute(_filled(DELETE, rolled), columns)
            cursor.execute(_filled(INSERT, rolled), columns)
        cursor.execute(COUNTED_IN, [columns[0]])


def delete_months(equipment_ids: Collection[int]) -> None:
    """All month rows of the machines."""
    with connection.cursor() as cursor:
        for rolled in ROLLED:
            cursor.execute(
                _filled("DELETE FROM {sums} WHERE equipment_id = ANY(%s)", rolled), [list(equipment_ids)]
            )


def month_of(day: date) -> date:
    return day.replace(day=1)


def _columns(pairs: Iterable[tuple[int, date]]) -> list[list[Any]]:
    return [list(column) for column in zip(*sorted(set(pairs)), strict=True)]


def _filled(query: str, rolled: Rolled) -> sql.Composed:
    known = {"id", "equipment_id", "month", "plant_id", "work_unit", "day", *rolled.parts}
    columns = [str(field.column) for field in rolled.sums._meta.concrete_fields]
    summed = [column for column in columns if column not in known]
    parts = [sql.Identifier(column) for column in rolled.parts]
    return sql.SQL(query).format(
        days=sql.Identifier(rolled.days._meta.db_table),
        sums=sql.Identifier(rolled.sums._meta.db_table),
        parts=_list(parts),
        columns=_list([*parts, *(sql.Identifier(column) for column in summed)]),
        values=_list([*parts, *(_value(column) for column in summed)]),
    )


def _value(column: str) -> sql.Composed:
    """The sum; of a shift's number the first."""
    return sql.SQL("min({0})" if column == "shift" else "sum({0})").format(sql.Identifier(column))


def _list(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(parts)
