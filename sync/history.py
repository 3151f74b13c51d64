"""The contents that newer content has replaced: kept by the month they came in, for as long as is set."""

from collections.abc import Collection
from datetime import UTC, datetime

from django.db import connection
from django.utils import timezone

from sync.partitions import ensure, month_of
from sync.retention import kept_from

COLUMNS = "external_key, digest, payload, trace_id, source_updated_at, landed_at, gone_at, stream_id"
FROM_THE_START = datetime(1, 1, 1, tzinfo=UTC)


def keep(raw_ids: Collection[int]) -> None:
    """Copy the contents of landed rows, locked by the caller, to the history before they are replaced."""
    if not raw_ids:
        return
    first = kept_from(timezone.now())
    since = datetime(first.year, first.month, 1, tzinfo=UTC) if first else FROM_THE_START
    rows: tuple[list[int], datetime] = (list(raw_ids), since)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT date_trunc('month', landed_at, 'UTC') FROM sync_rawrecord"
            " WHERE id = ANY(%s) AND landed_at >= %s",
            rows,
        )
        ensure([month_of(month) for (month,) in cursor.fetchall()])
        cursor.execute(
            f"INSERT INTO sync_rawhistory ({COLUMNS}, raw_id) SELECT {COLUMNS}, id FROM sync_rawrecord"  # noqa: S608
            " WHERE id = ANY(%s) AND landed_at >= %s",
            rows,
        )
