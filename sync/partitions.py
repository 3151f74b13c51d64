"""The months of the landing's history: a partition each, made when needed and dropped whole."""

from collections.abc import Collection
from datetime import UTC, date, datetime

from django.db import OperationalError, connection, transaction
from psycopg import errors, sql

from sync.models import RawHistory

TABLE = RawHistory._meta.db_table
MAKER_LOCK = 1_953_002
PATIENCE = "2s"
"""As long as dropping a month waits for its readers, since whoever comes after it waits as well."""


def month_of(moment: datetime) -> date:
    """The first day of the month, in UTC."""
    return moment.astimezone(UTC).date().replace(day=1)


def months_after(month: date, count: int) -> date:
    """The month so many months later; earlier with a negative count."""
    years, zero_based = divmod(month.year * 12 + month.month - 1 + count, 12)
    return date(years, zero_based + 1, 1)


def ensure(months: Collection[date]) -> None:
    """Make the partitions that are missing. They stay at least until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {TABLE} IN ROW EXCLUSIVE MODE")
    missing = sorted(set(months) - set(existing()))
    if missing:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAKER_LOCK])
        for month in sorted(set(missing) - set(existing())):
            _make(month)


def existing() -> list[date]:
    """The months that have a partition."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT right(relname, 7) FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid"
            " WHERE inhparent = %s::regclass",
            [TABLE],
        )
        return sorted(date(int(name[:4]), int(name[5:]), 1) for (name,) in cursor.fetchall())


def drop_before(first: date) -> list[date]:
    """Drop the months before ``first``, each in a transaction; return those dropped.

    A month that is in use for long is left to the next call.
    """
    return [month for month in existing() if month < first and _drop(month)]


def _name(month: date) -> sql.Identifier:
    return sql.Identifier(f"{TABLE}_{month:%Y_%m}")


def _make(month: date) -> None:
    # Made beside and then attached: CREATE … PARTITION OF would wait for every writer of other months.
    names = {"part": _name(month), "table": sql.Identifier(TABLE)}
    create = sql.SQL("CREATE TABLE {part} (LIKE {table} INCLUDING DEFAULTS)").format(**names)
    edges = (datetime(day.year, day.month, 1, tzinfo=UTC) for day in (month, months_after(month, 1)))
    first, end = (sql.Literal(edge.isoformat()) for edge in edges)
    attach = sql.SQL("ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES FROM ({first}) TO ({end})")
    with connection.cursor() as cursor:
        cursor.execute(create)
        cursor.execute(attach.format(**names, first=first, end=end))


def _drop(month: date) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(PATIENCE)))
            cursor.execute(sql.SQL("DROP TABLE {}").format(_name(month)))
    except OperationalError as error:
        if not isinstance(error.__cause__, errors.LockNotAvailable):
            raise
        return False
    return True
