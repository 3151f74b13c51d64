"""What a change of facts touches: the days whose components have to be computed again."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import connection
from psycopg import sql

from kpis.rollup import mark_spans
from sync.staging import as_json

Span = tuple[int, datetime, datetime | None]
APART = timedelta(hours=23)
OPEN = datetime.max.replace(tzinfo=UTC)
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
        spans = {*self.spans, *of_orders(self.orders)}
        if spans:
            mark_spans(spans, now)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same as ``JOINED``, of facts that are in no table yet."""
    days: dict[tuple[int, date], tuple[datetime, datetime]] = {}
    for machine, start, end in spans:
        last = OPEN if end is None else max(start, end)
        day = machine, start.date()
        have = days.get(day)
        days[day] = (min(have[0], start), max(have[1], last)) if have else (start, last)
    found: list[tuple[int, datetime, datetime]] = []
    for machine, first, last in sorted((machine, *times) for (machine, _), times in days.items()):
        if found and found[-1][0] == machine and first - found[-1][2] <= APART:
            found[-1] = (machine, found[-1][1], max(found[-1][2], last))
        else:
            found.append((machine, first, last))
    return [(machine, first, None if last == OPEN else last) for machine, first, last in found]


def of_orders(orders: Collection[tuple[str, str]]) -> list[Span]:
    """The spans of all steps of orders, each named by (source, order key), as they are in their tables."""
    keys: dict[str, list[str]] = defaultdict(list)
    for source, key in orders:
        if key:
            keys[source].append(key)
    facts = sql.SQL(
        """
        (
            SELECT equipment_id, start, "end" FROM kpis_run
            WHERE source = %(source)s AND order_key = ANY(ARRAY(SELECT jsonb_array_elements_text(%(keys)s)))
            UNION ALL
            SELECT equipment_id, start, "end" FROM kpis_production
            WHERE source = %(source)s AND order_key = ANY(ARRAY(SELECT jsonb_array_elements_text(%(keys)s)))
        )
        """
    )
    spans: list[Span] = []
    with connection.cursor() as cursor:
        for source, wanted in keys.items():
            cursor.execute(JOINED.format(fact=facts), {"source": source, "keys": as_json(wanted)})
            spans += cursor.fetchall()
    return spans
