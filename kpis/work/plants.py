"""The sums over whole plants, kept beside their machines' rows: long periods are read from them."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db import connection

from kpis.work.columns import SUMS
from kpis.work.loading import Subject

Month = tuple[int, date]
"""Plant, first day of the month."""
NAMES = ", ".join(SUMS)
TOTALS = ", ".join(f"sum(c.{name})" for name in SUMS)
INSERT = f"""
    INSERT INTO kpis_plantwork (plant_id, work_unit, day, work_type, priority, team, {NAMES})
    SELECT c.plant_id, COALESCE(e.work_unit, false), c.day, c.work_type, c.priority, c.team, {TOTALS}
    FROM {{rows}} LEFT JOIN kpis_equipment e ON e.id = c.equipment_id
    GROUP BY 1, 2, 3, 4, 5, 6
"""  # noqa: S608 constants
WANTED = "unnest(%s::bigint[], %s::date[]) AS w (plant, month)"
WITHIN = "c.plant_id = w.plant AND c.day >= w.month AND c.day < w.month + interval '1 month'"


def months_of(months: Mapping[Subject, Collection[date]]) -> set[Month]:
    """Those of the plants of subjects, and of the plants their machines' rows are in: they may have moved."""
    found = {(subject.plant_id, month) for subject, some in months.items() for month in some}
    pairs = [(subject.equipment_id, month) for subject, some in months.items() for month in some]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT m.plant_id, m.month FROM unnest(%s::bigint[], %s::date[]) AS w (machine, month)"
            " JOIN kpis_workmonths m ON m.equipment_id = w.machine AND m.month = w.month",
            [[machine for machine, _ in pairs], [month for _, month in pairs]],
        )
        return found | {(plant, month) for plant, month in cursor.fetchall()}


def replace_months(months: Collection[Month]) -> None:
    """Sums the rows of these months of plants again."""
    ordered = sorted(months)
    columns: list[Any] = [[plant for plant, _ in ordered], [month for _, month in ordered]]
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM kpis_plantwork c USING {WANTED} WHERE {WITHIN}", columns)  # noqa: S608
        cursor.execute(INSERT.format(rows=f"{WANTED} JOIN kpis_workcomponents c ON {WITHIN}"), columns)


def replace_all(plant_ids: Collection[int]) -> None:
    """Sums all rows of plants again."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM kpis_plantwork WHERE plant_id = ANY(%s)", [list(plant_ids)])
        rows = "(SELECT * FROM kpis_workcomponents WHERE plant_id = ANY(%s)) c"
        cursor.execute(INSERT.format(rows=rows), [list(plant_ids)])
