"""Changes of status, written down when they are seen: a source keeps the latest state only.

One statement for a whole batch, in the transaction of the facts. A record that says what it said before adds
nothing, so a replay or a second delivery changes nothing; content older than what was last seen neither.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from sync.landing import Landed
from sync.models import Source
from sync.records import EquipmentRecord, Master

# The best time a source gives for the status an order is in. Odoo keeps the day it was closed (in UTC), and
# stamps its rows with the last change, which may be later: then the end of that day is the better bound.
CLOSING = """
    CASE WHEN s.status = 'completed' AND s.completed_at IS NOT NULL THEN 'exact'
         WHEN s.status = 'completed' AND s.day_end < s.updated THEN 'day'
         WHEN s.status = 'open' AND last.id IS NULL AND s.created_at IS NOT NULL THEN 'created'
         WHEN s.updated IS NOT NULL THEN 'updated' ELSE '' END
"""
INSERT = f"""
    WITH s AS ({{seen}})
    INSERT INTO kpis_statuschange (work_order_id, equipment_id, source, external_key, status_from, status_to,
        stage_from, stage_to, stage_key, at, basis, seen_at, reported_at, trace_id)
    SELECT s.work_order_id, s.equipment_id, s.source, s.external_key, COALESCE(last.status_to, ''), s.status,
        COALESCE(last.stage_to, ''), s.stage, s.stage_key,
        CASE b.basis WHEN 'exact' THEN s.completed_at WHEN 'created' THEN s.created_at
            WHEN 'day' THEN s.day_end WHEN 'updated' THEN s.updated END,
        b.basis, %(now)s, s.updated, s.trace_id
    FROM s
    LEFT JOIN LATERAL (
        SELECT * FROM kpis_statuschange c
        WHERE c.{{subject}} = s.{{subject}} AND c.source = s.source AND c.external_key = s.external_key
        ORDER BY c.id DESC LIMIT 1
    ) last ON true
    CROSS JOIN LATERAL (SELECT {CLOSING} AS basis) b
    WHERE last.id IS NULL OR ((s.status, s.stage_key) IS DISTINCT FROM (last.status_to, last.stage_key)
        AND (s.updated IS NULL OR last.reported_at IS NULL OR s.updated >= last.reported_at))
    ORDER BY s.updated, s.external_key
"""  # noqa: S608 constants
STAGED = """
    SELECT t.id AS work_order_id, NULL::int8 AS equipment_id, s.source, s.external_key, s.status, s.stage,
        s.stage_key, s.created_at, s.completed_at, s.source_updated_at AS updated, s.trace_id,
        (s.completed_on + 1)::timestamp AT TIME ZONE 'UTC' AS day_end
    FROM stage_kpis_workorder s JOIN kpis_workorder t USING (source, external_key)
"""
KEPT = """
    SELECT c.canonical_id AS work_order_id, NULL::int8 AS equipment_id, %(source)s AS source, c.external_key,
        c.values->>'status' AS status, COALESCE(c.values->>'stage', '') AS stage,
        COALESCE(c.values->>'stage_key', '') AS stage_key, NULL::timestamptz AS created_at,
        (c.values->>'completed_at')::timestamptz AS completed_at, c.source_updated_at AS updated, c.trace_id,
        ((c.values->>'completed_on')::date + 1)::timestamp AT TIME ZONE 'UTC' AS day_end
    FROM sync_counterpart c
    WHERE c.source_id = %(source_id)s AND c.kind = 'work_order' AND c.external_key = ANY(%(keys)s)
"""
MACHINES = """
    SELECT NULL::int8 AS work_order_id, equipment_id, %(source)s AS source, external_key, status, stage,
        stage AS stage_key, NULL::timestamptz AS created_at, NULL::timestamptz AS completed_at,
        updated, trace_id, NULL::timestamptz AS day_end
    FROM unnest(%(ids)s::int8[], %(keys)s::text[], %(statuses)s::text[], %(stages)s::text[],
        %(updated)s::timestamptz[], %(traces)s::uuid[])
        AS seen (equipment_id, external_key, status, stage, updated, trace_id)
"""


def of_staged_orders() -> None:
    """Of the work orders just written from the staging table."""
    _insert(STAGED, "work_order_id", {})


def of_kept_orders(source: Source, keys: Collection[str]) -> None:
    """Of work orders that stand for another system's, just kept as counterparts."""
    if keys:
        of = {"source": source.name, "source_id": source.pk, "keys": list(keys)}
        _insert(KEPT, "work_order_id", of)


def of_machines(source: Source, seen: Sequence[tuple[int, Master, Landed]]) -> None:
    """Of machines whose source says whether they are up or down."""
    told = [
        (pk, record, row)
        for pk, record, row in seen
        if isinstance(record, EquipmentRecord) and record.down_now is not None
    ]
    if not told:
        return
    values = {
        "source": source.name,
        "ids": [pk for pk, _, _ in told],
        "keys": [record.external_key for _, record, _ in told],
        "statuses": ["down" if record.down_now else "up" for _, record, _ in told],
        "stages": [record.status[:120] for _, record, _ in told],
        "updated": [record.updated_at or row.updated_at for _, record, row in told],
        "traces": [row.trace_id for _, _, row in told],
    }
    _insert(MACHINES, "equipment_id", values)


def _insert(seen: str, subject: str, values: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(seen=seen, subject=subject), {**values, "now": timezone.now()})
