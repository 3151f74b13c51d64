"""Writes component rows: old ones out, new ones in by binary COPY, in the caller's transaction."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any

from django.db import connection

from kpis.evidence import State
from kpis.months import Month, delete_months, month_of, plants_of, replace_months, replace_plants
from kpis.rows import DayResult, Row

Computed = tuple[int, date, DayResult]
"""Equipment id, production day, its rows."""

SECONDS = (
    "calendar_s planned_s planned_stop_s unknown_s loading_s run_s speed_s micro_stop_s breakdown_s setup_s"
    " external_s quality_s overtime_run_s operating_s oee_loading_s oee_run_s run_without_ideal_s quantity"
    " scrap ideal_s ideal_good_s failure_down_s"
)
COUNTS = "failures stops micro_stops open_events facts"
SHIFT_COLUMNS = {
    "equipment_id": "int8",
    "day": "date",
    "shift": "int2",
    "shift_name": "varchar",
    "start": "timestamptz",
    "end": "timestamptz",
    **dict.fromkeys(SECONDS.split(), "float8"),
    **dict.fromkeys(COUNTS.split(), "int4"),
    "provisional": "bool",
    "computed_at": "timestamptz",
}
REASON_COLUMNS = {
    "equipment_id": "int8",
    "day": "date",
    "shift": "int2",
    "reason_id": "int8",
    "loss_class": "varchar",
    "seconds": "float8",
    "events": "int4",
}
PRODUCT_COLUMNS = {
    "equipment_id": "int8",
    "day": "date",
    "shift": "int2",
    "product_id": "int8",
    "quantity": "float8",
    "scrap": "float8",
    "ideal_s": "float8",
    "ideal_good_s": "float8",
    "oee_run_s": "float8",
    "run_without_ideal_s": "float8",
    "facts": "int4",
}
PRODUCT_VALUES = attrgetter(*list(PRODUCT_COLUMNS)[2:])
TABLES = ("kpis_shiftcomponents", "kpis_reasoncomponents", "kpis_productcomponents")


def replace_days(days: Mapping[int, Collection[date]], computed: Iterable[Computed], as_of: datetime) -> None:
    """Replaces the rows of the given days of each machine, and sums their months again."""
    pairs = [(equipment_id, day) for equipment_id, group in days.items() for day in group]
    columns = [list(column) for column in zip(*pairs, strict=True)] or [[], []]
    plants = plants_of(days)
    counted = _counted_days(days, plants)
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                f"DELETE FROM {table} c USING unnest(%s::bigint[], %s::date[]) AS w(equipment_id, day)"  # noqa: S608
                " WHERE c.equipment_id = w.equipment_id AND c.day = w.day",
                columns,
            )
    _insert(list(computed), as_of)
    replace_months((equipment_id, month_of(day)) for equipment_id, day in pairs)
    replace_plants((plant_id, day) for machine, plant_id in plants for day in counted[machine])


def replace_machines(
    equipment_ids: Collection[int], batches: Iterable[Sequence[Computed]], as_of: datetime
) -> None:
    """Replaces all rows of the machines; batches are computed one by one, which bounds the memory.

    The plants are to be summed when all machines are done.
    """
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE equipment_id = ANY(%s)", [list(equipment_ids)])  # noqa: S608
    delete_months(equipment_ids)
    months: set[Month] = set()
    for batch in batches:
        _insert(batch, as_of)
        months |= {(equipment_id, month_of(day)) for equipment_id, day, _ in batch}
    replace_months(months)


def _counted_days(
    days: Mapping[int, Collection[date]], plants: Collection[tuple[int, int]]
) -> dict[int, set[date]]:
    """The days whose sums of a plant a machine changes: all it has, where it has moved to another one."""
    places = Counter(machine for machine, _ in plants)
    return {
        machine: {*own, *(_days_of(machine) if places[machine] > 1 else ())} for machine, own in days.items()
    }


def _days_of(machine: int) -> set[date]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT day FROM kpis_shiftcomponents WHERE equipment_id = %s", [machine])
        return {day for (day,) in cursor.fetchall()}


def _insert(computed: Sequence[Computed], as_of: datetime) -> None:
    shift_rows = (
        shift_values(equipment_id, day, row, result.provisional, as_of)
        for equipment_id, day, result in computed
        for row in result.rows
    )
    _copy("kpis_shiftcomponents", SHIFT_COLUMNS, shift_rows)
    reason_rows = (
        (equipment_id, day, *row) for equipment_id, day, result in computed for row in result.reasons
    )
    _copy("kpis_reasoncomponents", REASON_COLUMNS, reason_rows)
    product_rows = (
        (equipment_id, day, *PRODUCT_VALUES(row))
        for equipment_id, day, result in computed
        for row in result.products
    )
    _copy("kpis_productcomponents", PRODUCT_COLUMNS, product_rows)


def _copy(table: str, columns: Mapping[str, str], rows: Iterator[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(list(columns.values()))
        for row in rows:
            copy.write_row(row)


OF_ROW = attrgetter(
    "overtime_run_s",
    "operating_s",
    "oee_loading_s",
    "oee_run_s",
    "run_without_ideal_s",
    "quantity",
    "scrap",
    "ideal_s",
    "ideal_good_s",
    "failure_down_s",
    *COUNTS.split(),
)
"""What a row has under the column's own name, in the order of ``SHIFT_COLUMNS``."""


def shift_values(
    equipment_id: int, day: date, row: Row, provisional: bool, as_of: datetime
) -> tuple[Any, ...]:
    """In the order of ``SHIFT_COLUMNS``."""
    states = row.states
    return (
        equipment_id,
        day,
        row.slot.number,
        row.slot.name,
        datetime.fromtimestamp(row.slot.start, UTC),
        datetime.fromtimestamp(row.slot.end, UTC),
        row.calendar_s,
        row.planned_s,
        states[State.PLANNED_STOP],
        states[State.UNKNOWN],
        row.loading_s,
        row.run_s,
        states[State.SPEED],
        states[State.MICRO_STOP],
        states[State.BREAKDOWN],
        states[State.SETUP],
        states[State.EXTERNAL],
        states[State.QUALITY],
        *OF_ROW(row),
        provisional,
        as_of,
    )
