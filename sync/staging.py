"""Bulk writing: binary COPY, and upsert through a temporary table that touches only rows which differ."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import sql
from psycopg.types.json import Jsonb

Line = tuple[Any, ...]


def json_text(body: bytes) -> Jsonb:
    """JSON that is text already, for a ``jsonb`` column of ``copy_rows``."""
    return Jsonb(body, dumps=bytes)


def next_ids(table: str, count: int) -> list[int]:
    """Take ``count`` primary keys of a table from its sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [row[0] for row in cursor.fetchall()]


def copy_rows(table: str, columns: Mapping[str, str], lines: Iterable[Line]) -> None:
    """COPY lines into a table. ``columns``: name → PostgreSQL type, in the order of the lines."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table), _names(columns)
    )
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        copy.set_types(list(columns.values()))
        for line in lines:
            copy.write_row(line)


def stage(table: str, columns: Mapping[str, str], lines: Sequence[Line]) -> str:
    """Put lines into the connection's staging table for ``table``, emptied first; return its name.

    It lives as long as the connection and is emptied at each commit.
    """
    name = f"stage_{table}"
    create = sql.SQL(
        "CREATE TEMP TABLE IF NOT EXISTS {} ON COMMIT DELETE ROWS AS SELECT {} FROM {} WITH NO DATA"
    ).format(sql.Identifier(name), _names(columns), sql.Identifier(table))
    with connection.cursor() as cursor:
        cursor.execute(create)
        cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
    copy_rows(name, columns, lines)
    with connection.cursor() as cursor:
        # Without figures the planner reads the whole big table to join a page of rows with it.
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))
    return name


def merge(table: str, columns: Collection[str], key: Collection[str], *, always: Collection[str] = ()) -> int:
    """Upsert the staged lines of ``table``; return how many rows were written.

    Args:
        columns: all columns staged.
        key: the natural key; a unique constraint covers exactly these.
        always: columns written with a change, but whose own difference is none (``loaded_at``).
    """
    values = [name for name in columns if name not in key]
    assigned = [sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in values]
    compared = [name for name in values if name not in always]
    statement = sql.SQL(
        "INSERT INTO {table} AS t ({columns}) SELECT {columns} FROM {stage} ON CONFLICT ({key}) DO UPDATE SET"
        " {assigned} WHERE ({mine}) IS DISTINCT FROM ({theirs})"
    ).format(
        table=sql.Identifier(table),
        columns=_names(columns),
        stage=sql.Identifier(f"stage_{table}"),
        key=_names(key),
        assigned=sql.SQL(", ").join(assigned),
        mine=_qualified("t", compared),
        theirs=_qualified("excluded", compared),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def _names(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _qualified(alias: str, names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(alias, name) for name in names)
