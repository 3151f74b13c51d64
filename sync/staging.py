"""Bulk writing: binary COPY, into a table or into a temporary one beside it."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.db import connection
from psycopg import sql
from psycopg.types.json import Jsonb

Line = tuple[Any, ...]


def json_text(body: bytes) -> Jsonb:
    """JSON that is text already, for a ``jsonb`` column of ``copy_rows``."""
    return Jsonb(body, dumps=bytes)


def as_json(value: Any) -> str:
    """Many values as one parameter: an array's would be quoted one by one, in Python."""
    return orjson.dumps(value).decode()


def next_ids(table: str, count: int) -> list[int]:
    """Take ``count`` primary keys of a table from its sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            # OFFSET 0: the sequence's name is looked up once, not once per number.
            "SELECT nextval(name) FROM generate_series(1, %s),"
            " (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name OFFSET 0) AS sequence",
            [count, table],
        )
        return [row[0] for row in cursor.fetchall()]


def copy_rows(table: str, columns: Mapping[str, str], lines: Iterable[Line]) -> None:
    """COPY lines into a table. ``columns``: name → PostgreSQL type, in the order of the lines."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table), names(columns)
    )
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        copy.set_types(list(columns.values()))
        for line in lines:
            copy.write_row(line)


def stage_of(table: str) -> str:
    """The name of the staging table for a table."""
    return f"stage_{table}"


def stage(table: str, columns: Mapping[str, str], lines: Iterable[Line]) -> None:
    """Put lines into the connection's staging table for ``table``, emptied first.

    It lives as long as the connection and is emptied at each commit.
    """
    name = sql.Identifier(stage_of(table))
    create = sql.SQL("CREATE TEMP TABLE {} ON COMMIT DELETE ROWS AS SELECT {} FROM {} WITH NO DATA")
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.' || %s) IS NOT NULL", [stage_of(table)])
        if cursor.fetchone()[0]:
            cursor.execute(sql.SQL("DELETE FROM {}").format(name))
        else:
            cursor.execute(create.format(name, names(columns), sql.Identifier(table)))
    copy_rows(stage_of(table), columns, lines)


def names(columns: Iterable[str]) -> sql.Composed:
    """Columns as a list in a statement."""
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def qualified(alias: str, columns: Iterable[str]) -> sql.Composed:
    """Columns of one table as a list in a statement."""
    return sql.SQL(", ").join(sql.Identifier(alias, name) for name in columns)
