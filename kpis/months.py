"""Month rows: the exact sums of the day rows, written with them in one transaction."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Model
from psycopg import sql

from kpis.models import (
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
    """A day table and its month table; ``parts``: the columns that stay apart in a month."""

    days: type[Model]
    months: type[Model]
    parts: tuple[str, ...]


ROLLED = (
    Rolled(ShiftComponents, ShiftMonths, ("shift_name",)),
    Rolled(ReasonComponents, ReasonMonths, ("reason_id", "loss_class")),
    Rolled(ProductComponents, ProductMonths, ("product_id",)),
)

DELETE = """
    DELETE FROM {months} m USING unnest(%s::bigint[], %s::date[]) AS w(equipment_id, month)
    WHERE m.equipment_id = w.equipment_id AND m.month = w.month
"""
# Rows come sorted, so that sums of floats do not depend on how the days were written.
INSERT = """
    INSERT INTO {months} (equipment_id, month, {columns})
    SELECT equipment_id, month, {values} FROM (
        SELECT w.month, c.* FROM unnest(%s::bigint[], %s::date[]) AS w(equipment_id, month)
        JOIN {days} c ON c.equipment_id = w.equipment_id
            AND c.day >= w.month AND c.day < w.month + interval '1 month'
        ORDER BY c.equipment_id, c.day, c.shift
    ) c GROUP BY equipment_id, month, {parts}
"""


def replace_months(months: Iterable[Month]) -> None:
    """Sums the day rows of these months again."""
    columns = [list(column) for column in zip(*sorted(set(months)), strict=True)]
    if not columns:
        return
    with connection.cursor() as cursor:
        for rolled in ROLLED:
            cursor.execute(_filled(DELETE, rolled), columns)
            cursor.execute(_filled(INSERT, rolled), columns)


def delete_months(equipment_ids: Collection[int]) -> None:
    """All month rows of the machines."""
    with connection.cursor() as cursor:
        for rolled in ROLLED:
            cursor.execute(
                _filled("DELETE FROM {months} WHERE equipment_id = ANY(%s)", rolled), [list(equipment_ids)]
            )


def month_of(day: date) -> date:
    return day.replace(day=1)


def _filled(query: str, rolled: Rolled) -> sql.Composed:
    known = {"id", "equipment_id", "month", *rolled.parts}
    columns = [str(field.column) for field in rolled.months._meta.concrete_fields]
    summed = [column for column in columns if column not in known]
    parts = [sql.Identifier(column) for column in rolled.parts]
    return sql.SQL(query).format(
        days=sql.Identifier(rolled.days._meta.db_table),
        months=sql.Identifier(rolled.months._meta.db_table),
        parts=_list(parts),
        columns=_list([*parts, *(sql.Identifier(column) for column in summed)]),
        values=_list([*parts, *(_value(column) for column in summed)]),
    )


def _value(column: str) -> sql.Composed:
    """The sum; of a shift's number the first."""
    return sql.SQL("min({0})" if column == "shift" else "sum({0})").format(sql.Identifier(column))


def _list(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(parts)
