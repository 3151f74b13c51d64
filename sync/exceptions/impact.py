"""What open exceptions hold back: records, minutes of machines' time, money. All at once, in the database."""

from collections.abc import Collection
from datetime import timedelta

from django.db import connection, transaction

from sync.checkpoints import when_due
from sync.freshness import fact_streams

NAME = "impact"
EVERY = timedelta(seconds=30)
OF_TIME = ["downtime", "run", "production"]
"""Kinds of records that tell of a machine's time."""
OPEN_ENDED = ["downtime", "run"]
NOTHING_MISSING = ["duplicate"]
STANDING = [
    "late_stream",
    "schema_drift",
    "failed_sync",
    "nothing_visible",
    "source_unavailable",
    "source_refused",
]
SINCE_SEEN = ["down_without_stop", "late_acknowledgement"]
# Each part: (exception, machine or 0, minutes). Spans of one machine that overlap count once.
WEIGH = """
WITH told AS (
    SELECT * FROM sync_syncexception WHERE status = 'open' AND (%(all)s OR id = ANY(%(ids)s))
), held AS (
    SELECT e.id AS exception_id, e.kind AS of_kind, COALESCE(h.equipment_id, e.equipment_id, 0) AS machine,
        h.kind, h.start,
        LEAST(
            COALESCE(h."end", CASE WHEN h.kind = ANY(%(open_ended)s) THEN now() END, h.start), now()
        ) AS ends
    FROM told e JOIN sync_heldrecord h ON h.exception_id = e.id
), counted AS (
    SELECT exception_id, count(*) AS held_rows FROM held GROUP BY exception_id
), minutes AS (
    SELECT exception_id, machine, EXTRACT(epoch FROM upper(span) - lower(span)) / 60 AS minutes
    FROM (
        SELECT exception_id, machine, range_agg(tstzrange(start, ends)) AS spans FROM held
        WHERE ends > start AND kind = ANY(%(of_time)s) AND of_kind <> ALL(%(nothing_missing)s)
        GROUP BY exception_id, machine
    ) merged, unnest(spans) AS span
    UNION ALL
    SELECT e.id, i.canonical_id, EXTRACT(epoch FROM now() - min(s.read_through)) / 60
    FROM told e
    JOIN sync_stream s ON s.source_id = e.source_id AND s.id = ANY(%(facts)s)
        AND (s.id = e.stream_id OR e.context -> 'streams' ? s.name)
    JOIN sync_identity i ON i.source_id = e.source_id AND i.kind = 'equipment'
    JOIN kpis_equipment q ON q.id = i.canonical_id AND q.gone_at IS NULL AND q.active
    WHERE e.kind = ANY(%(standing)s) AND s.read_through IS NOT NULL
    GROUP BY e.id, i.canonical_id
    UNION ALL
    SELECT id, equipment_id,
        EXTRACT(epoch FROM now() - COALESCE((context ->> 'seen')::timestamptz, first_seen)) / 60
    FROM told WHERE kind = ANY(%(since_seen)s) AND equipment_id IS NOT NULL
    UNION ALL
    SELECT e.id, e.equipment_id, sum(c.oee_run_s) / 60
    FROM told e CROSS JOIN jsonb_array_elements(e.context -> 'days') AS d
    JOIN kpis_shiftcomponents c ON c.equipment_id = e.equipment_id AND c.day = (d ->> 'day')::date
    WHERE e.kind = 'performance_above_100' GROUP BY e.id, e.equipment_id
    UNION ALL
    SELECT e.id, e.equipment_id, sum(c.run_without_ideal_s) / 60
    FROM told e JOIN kpis_shiftcomponents c ON c.equipment_id = e.equipment_id AND c.day > now()::date - 30
    WHERE e.kind = 'missing_ideal_cycle' GROUP BY e.id, e.equipment_id
    UNION ALL
    SELECT id, COALESCE(equipment_id, 0), (context ->> 'minutes')::float FROM told
    WHERE jsonb_typeof(context -> 'minutes') = 'number'
), priced AS (
    SELECT m.exception_id, m.minutes, m.minutes / 60 * rate.per_hour AS money, p.currency
    FROM minutes m JOIN told e ON e.id = m.exception_id
    LEFT JOIN kpis_equipment q ON q.id = m.machine
    LEFT JOIN kpis_plant p ON p.id = COALESCE(q.plant_id, e.plant_id)
    LEFT JOIN LATERAL (
        SELECT r.per_hour FROM kpis_plantrate r
        WHERE r.plant_id = p.id AND r.valid_from <= now()::date AND (
            r.equipment_id = m.machine OR r.line_id = q.line_id
            OR (r.equipment_id IS NULL AND r.line_id IS NULL))
        ORDER BY r.equipment_id IS NULL, r.line_id IS NULL, r.valid_from DESC LIMIT 1
    ) rate ON true
), summed AS (
    SELECT exception_id, sum(minutes) AS minutes, CASE WHEN count(DISTINCT currency) = 1 THEN sum(money) END
        AS money, max(currency) AS currency
    FROM priced GROUP BY exception_id
), weighed AS (
    SELECT e.id, COALESCE(c.held_rows, 0) AS held_rows, round(COALESCE(s.minutes, 0)::numeric, 1)::float
        AS minutes, round(s.money::numeric, 2) AS money,
        CASE WHEN s.money IS NULL THEN '' ELSE s.currency END AS currency
    FROM told e LEFT JOIN counted c ON c.exception_id = e.id LEFT JOIN summed s ON s.exception_id = e.id
)
UPDATE sync_syncexception e
SET held_rows = w.held_rows, kpi_minutes = w.minutes, money = w.money, currency = w.currency
FROM weighed w WHERE w.id = e.id AND w.id IN (
    SELECT l.id FROM sync_syncexception l WHERE l.id IN (SELECT id FROM weighed) FOR NO KEY UPDATE SKIP LOCKED
) AND (e.held_rows, e.kpi_minutes, e.money, e.currency)
    IS DISTINCT FROM (w.held_rows, w.minutes, w.money, w.currency)
"""


def weigh(exception_ids: Collection[int] | None = None) -> int:
    """Weigh open exceptions anew. Those that somebody works on at this moment are left for the next time.

    Args:
        exception_ids: None: all.

    Returns:
        How many have another weight than before.
    """
    values: dict[str, bool | list[int] | list[str]] = {
        "all": exception_ids is None,
        "ids": list(exception_ids or ()),
        "facts": [stream.pk for stream in fact_streams()],
        "of_time": OF_TIME,
        "open_ended": OPEN_ENDED,
        "nothing_missing": NOTHING_MISSING,
        "standing": STANDING,
        "since_seen": SINCE_SEEN,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WEIGH, values)
        changed: int = cursor.rowcount
    return changed


def weigh_when_due() -> None:
    """Weigh all twice a minute: time alone makes what stands still heavier."""
    when_due(NAME, EVERY, weigh)
