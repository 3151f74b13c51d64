"""What a change of facts touches: the days whose components have to be computed again."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from psycopg import sql

from kpis.rollup import mark_spans

Span = tuple[int, datetime, datetime | None]
# Only days matter, so facts of one machine go as one span: those that start on one UTC day, and then all
# between which less than a production day, 23 hours at least, passes.
JOINED = sql.SQL(
    """
    SELECT equipment_id, min(a), NULLIF(max(b), 'infinity') FROM (
        SELECT *, count(*) FILTER (WHERE apart) OVER machine AS island FROM (
            SELECT *, a - max(b) OVER (
                PARTITION BY equipment_id ORDER BY a ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) > interval '23 hours' AS apart
            FROM (
                SELECT equipment_id, min(start) AS a, max(GREATEST(start, COALESCE("end", 'infinity'))) AS b
                FROM {fact} fact GROUP BY equipment_id, date_trunc('day', start)
            ) day
        ) gap WINDOW machine AS (PARTITION BY equipment_id ORDER BY a)
    ) part GROUP BY equipment_id, island
    """
)


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
    facts = sql.SQL(
        """
        (
            SELECT equipment_id, start, "end" FROM kpis_run
            WHERE source = %(source)s AND order_key = ANY(%(keys)s)
            UNION ALL
            SELECT equipment_id, start, "end" FROM kpis_production
            WHERE source = %(source)s AND order_key = ANY(%(keys)s)
        )
        """
    )
    spans: list[Span] = []
    with connection.cursor() as cursor:
        for source, wanted in keys.items():
            cursor.execute(JOINED.format(fact=facts), {"source": source, "keys": wanted})
            spans += cursor.fetchall()
    return spans
