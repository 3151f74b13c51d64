"""What facts refer to, checked and locked for a whole batch: a constraint would look at each row."""

from collections.abc import Collection

from django.db import IntegrityError, connection
from psycopg import sql

# Whoever changes an ideal cycle meanwhile waits for us, and then finds our rows; or we wait and find it.
LOCKS = {"kpis_operation": "SHARE"}


def hold(table: str, ids: Collection[int]) -> None:
    """Make sure that rows of a table exist, and go on to until the caller's transaction ends.

    Raises:
        IntegrityError: one does not exist.
    """
    statement = sql.SQL("SELECT id FROM {} WHERE id = ANY(%s) ORDER BY id FOR {}").format(
        sql.Identifier(table), sql.SQL(LOCKS.get(table, "KEY SHARE"))
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(ids)])
        missing = set(ids).difference(row[0] for row in cursor.fetchall())
    if missing:
        raise IntegrityError(f"{table} has no row {min(missing)}")
