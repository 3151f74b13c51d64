"""What a change of facts touches: the days whose components have to be computed again."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from psycopg import sql

from kpis.rollup import mark_spans

Span = tuple[int, datetime, datetime | None]
# Only days matter, so facts of one machine that start on one UTC day go as one span.
BY_DAY = sql.SQL(
    """equipment_id, min(start), CASE WHEN bool_and("end" IS NOT NULL) THEN max(GREATEST(start, "end")) END"""
)
GROUPED = sql.SQL("GROUP BY equipment_id, date_trunc('day', start)")


@dataclass(frozen=True, slots=True)
class Touched:
    """Spans and order steps, as (source, order key), of facts that changed."""

    spans: Collection[Span] = ()
    orders: Collection[tuple[str, str]] = ()

    def mark(self, now: datetime) -> None:
        """Mark their days, after the rows have changed: an order's counts are spread over all its runs."""
        spans = {*self.spans, *_of_orders(self.orders)}
        if spans:
            mark_spans(spans, now)


def _of_orders(orders: Collection[tuple[str, str]]) -> list[Span]:
    keys: dict[str, list[str]] = defaultdict(list)
    for source, key in orders:
        if key:
            keys[source].append(key)
    statement = sql.SQL(
        """
        SELECT {by_day} FROM (
            SELECT equipment_id, start, "end" FROM kpis_run
            WHERE source = %(source)s AND order_key = ANY(%(keys)s)
            UNION ALL
            SELECT equipment_id, start, "end" FROM kpis_production
            WHERE source = %(source)s AND order_key = ANY(%(keys)s)
        ) fact {grouped}
        """
    ).format(by_day=BY_DAY, grouped=GROUPED)
    spans: list[Span] = []
    with connection.cursor() as cursor:
        for source, wanted in keys.items():
            cursor.execute(statement, {"source": source, "keys": wanted})
            spans += cursor.fetchall()
    return spans
