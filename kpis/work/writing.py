"""Writes the rows of work: old ones out, new ones in by binary COPY, in the caller's transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db import connection

from kpis.work.columns import SUMS
from kpis.work.loading import Subject
from kpis.work.tally import Part, Rows

KEYS = {
    "plant_id": "int8",
    "equipment_id": "int8",
    "work_type": "varchar",
    "priority": "varchar",
    "team": "varchar",
    "technician_id": "int8",
}
TABLES = {"kpis_workcomponents": "day", "kpis_workmonths": "month"}
Months = Mapping[Subject, Collection[date] | None]
"""First days of the months to replace; None: all."""


def replace(months: Months, computed: Iterable[tuple[Subject, Rows]]) -> None:
    """Replaces the rows of the given months of each subject; what was computed of others is left out."""
    for table, column in TABLES.items():
        _delete(table, column, months)
    kept = [(subject, list(_within(rows, months[subject]))) for subject, rows in computed]
    _copy("kpis_workcomponents", "day", kept)
    _copy("kpis_workmonths", "month", [(subject, _by_month(rows)) for subject, rows in kept])


Kept = list[tuple[Part, Mapping[str, float]]]


def _within(rows: Rows, months: Collection[date] | None) -> Iterator[tuple[Part, Mapping[str, float]]]:
    for part, values in sorted(rows.items(), key=lambda row: row[0].day):
        if months is None or part.day.replace(day=1) in months:
            yield part, values


def _by_month(rows: Kept) -> Kept:
    found: defaultdict[Part, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for part, values in rows:
        month = found[part._replace(day=part.day.replace(day=1))]
        for name, value in values.items():
            month[name] += value
    return list(found.items())


def _delete(table: str, column: str, months: Months) -> None:
    """A machine's rows, whichever plant it was in; a plant's are those without a machine."""
    for key, of in (("equipment_id", _machines), ("plant_id", _plants)):
        alone = "" if key == "equipment_id" else "AND c.equipment_id IS NULL"
        whole = [pk for subject, some in months.items() if some is None and (pk := of(subject))]
        pairs = [
            (pk, month) for subject, some in months.items() if (pk := of(subject)) for month in some or ()
        ]
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} c WHERE {key} = ANY(%s) {alone}", [whole])  # noqa: S608
            cursor.execute(
                f"DELETE FROM {table} c USING unnest(%s::bigint[], %s::date[]) AS w (id, month)"  # noqa: S608
                f" WHERE c.{key} = w.id {alone}"
                f" AND c.{column} >= w.month AND c.{column} < w.month + interval '1 month'",
                [[pk for pk, _ in pairs], [month for _, month in pairs]],
            )


def _machines(subject: Subject) -> int | None:
    return subject.equipment_id


def _plants(subject: Subject) -> int | None:
    return subject.plant_id if subject.equipment_id is None else None


def _copy(table: str, column: str, computed: Iterable[tuple[Subject, Kept]]) -> None:
    columns = {**KEYS, column: "date", **SUMS}
    names = ", ".join(f'"{name}"' for name in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(list(columns.values()))
        for subject, rows in computed:
            for part, values in rows:
                copy.write_row(_line(subject, part, values))


def _line(subject: Subject, part: Part, values: Mapping[str, float]) -> tuple[Any, ...]:
    day, work_type, priority, team, technician = part
    sums = (
        int(values.get(name, 0)) if kind == "int4" else values.get(name, 0.0) for name, kind in SUMS.items()
    )
    return *subject, work_type, priority, team, technician, day, *sums
