"""What is read of work, and how. Constants."""

from kpis.work.facts import CORRECTIVE

SUBJECTS = """
    WITH subject AS MATERIALIZED (
        SELECT * FROM unnest(%(plants)s::bigint[], %(machines)s::bigint[], %(starts)s::timestamptz[],
            %(ends)s::timestamptz[]) WITH ORDINALITY AS s (plant_id, machine_id, lo, hi, place)
    )
"""
OF_SUBJECT = """
    subject s CROSS JOIN LATERAL (
        SELECT * FROM kpis_workorder WHERE equipment_id = s.machine_id
        UNION ALL
        SELECT * FROM kpis_workorder
        WHERE s.machine_id IS NULL AND equipment_id IS NULL AND plant_id = s.plant_id
    ) o
"""
# A change that was seen from both sides is known to within one look at the source. What was first seen as it
# is says nothing of when it became so, and a day is no time.
CHANGES = """
    LEFT JOIN LATERAL (
        SELECT min(c.at) FILTER (WHERE c.status_to = 'in_progress' AND c.status_from <> '') AS begun,
            max(c.at) FILTER (
                WHERE c.status_to = 'completed' AND c.status_from <> '' AND c.basis IN ('exact', 'updated')
            ) AS completed,
            max(COALESCE(c.at, c.seen_at)) FILTER (WHERE c.status_to = 'cancelled') AS cancelled
        FROM kpis_statuschange c
        WHERE c.work_order_id = o.id AND c.source = o.source AND c.external_key = o.external_key
    ) c ON true
"""
LOGGED = """
    LEFT JOIN LATERAL (
        SELECT min(l.start) AS first, max(l.start) AS last FROM kpis_labour l
        WHERE l.work_order_id = o.id AND l.counts AND l.deleted_at IS NULL
    ) l ON true
    LEFT JOIN LATERAL (
        SELECT max(u.used_at) AS last, min(u.used_at) AS first FROM kpis_partuse u
        WHERE u.work_order_id = o.id AND u.counts AND u.deleted_at IS NULL
    ) u ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(w.known_at ORDER BY w.id) AS known, array_agg(w.scheduled_at ORDER BY w.id) AS days,
            max(w.scheduled_at) AS last, min(w.scheduled_at) AS first
        FROM kpis_workorderschedule w WHERE w.work_order_id = o.id
    ) w ON true
"""
COLUMNS = """
    o.id, o.work_type, o.status, o.priority, o.team, o.assigned_to_id, o.created_at, o.created_on,
    o.requested_at, o.due_at, LEAST(o.started_at, c.begun, l.first) AS began_at,
    COALESCE(o.completed_at, c.completed) AS completed_at, o.completed_on,
    COALESCE(c.cancelled, o.source_updated_at, o.loaded_at) AS cancelled_at,
    COALESCE(w.known, CASE WHEN o.scheduled_at IS NOT NULL THEN ARRAY[o.created_at] END) AS known,
    COALESCE(w.days, ARRAY[o.scheduled_at]) AS days,
    o.plan_interval_days, o.estimated_s, o.plan_key <> '' OR o.plan_interval_days IS NOT NULL
"""
# An order matters to a time when any of its dates and of what was booked on it surround that.
ORDERS = f"""
    {SUBJECTS}
    SELECT s.place, {COLUMNS} FROM {OF_SUBJECT} {CHANGES} {LOGGED}
    WHERE o.deleted_at IS NULL
        AND GREATEST(o.created_at, o.created_on + 1, o.requested_at, o.due_at, o.completed_at, o.scheduled_at,
            o.completed_on + 1, o.started_at, c.begun, c.completed, c.cancelled, l.last, u.last, w.last,
            CASE WHEN o.status = 'cancelled' THEN COALESCE(o.source_updated_at, o.loaded_at) END) >= s.lo
        AND LEAST(o.created_at, o.created_on, o.requested_at, o.due_at, o.completed_at, o.scheduled_at,
            o.completed_on, o.started_at, c.begun, c.completed, c.cancelled, l.first, u.first, w.first,
            CASE WHEN o.status = 'cancelled' THEN COALESCE(o.source_updated_at, o.loaded_at) END) < s.hi
"""  # noqa: S608 constants
HOURS = """
    SELECT l.work_order_id, l.technician_id, l.start, l.seconds,
        COALESCE(l.hourly_rate, t.hourly_rate)::float8
    FROM kpis_labour l LEFT JOIN kpis_technician t ON t.id = l.technician_id
    WHERE l.work_order_id = ANY(%(orders)s) AND l.counts AND l.deleted_at IS NULL
"""
TAKEN = """
    SELECT u.work_order_id, u.used_at, u.quantity, u.unit_cost::float8 FROM kpis_partuse u
    WHERE u.work_order_id = ANY(%(orders)s) AND u.counts AND u.deleted_at IS NULL
"""
MONEY = f"""
    {SUBJECTS}
    SELECT s.place, e.work_order_id, e.at, e.day, e.category, e.amount::float8, e.currency
    FROM subject s CROSS JOIN LATERAL (
        SELECT * FROM kpis_costentry WHERE equipment_id = s.machine_id
        UNION ALL
        SELECT * FROM kpis_costentry
        WHERE s.machine_id IS NULL AND equipment_id IS NULL AND plant_id = s.plant_id
        UNION ALL
        SELECT k.* FROM kpis_workorder o JOIN kpis_costentry k ON k.work_order_id = o.id
        WHERE k.equipment_id IS NULL AND k.plant_id IS NULL AND o.deleted_at IS NULL AND (
            o.equipment_id = s.machine_id
            OR (s.machine_id IS NULL AND o.equipment_id IS NULL AND o.plant_id = s.plant_id))
    ) e
    LEFT JOIN kpis_workorder o ON o.id = e.work_order_id
    WHERE e.deleted_at IS NULL AND e.counts
        AND COALESCE(e.day, e.at,
            CASE WHEN o.status = 'completed' THEN COALESCE(o.completed_at, o.completed_on) END, o.created_at
        ) BETWEEN s.lo AND s.hi
"""  # noqa: S608 constants
STOPPED = f"""
    {SUBJECTS}
    SELECT s.place, k.day, sum(k.breakdown_s + k.setup_s + k.external_s + k.quality_s) AS down
    FROM subject s
    JOIN kpis_shiftcomponents k ON k.equipment_id = s.machine_id AND k.day BETWEEN s.lo AND s.hi
    WHERE EXISTS (SELECT FROM kpis_plantrate r WHERE r.plant_id = s.plant_id)
    GROUP BY s.place, k.day HAVING sum(k.breakdown_s + k.setup_s + k.external_s + k.quality_s) > 0
"""  # noqa: S608 constants
NAMED = f"SELECT 0, {COLUMNS} FROM kpis_workorder o {CHANGES} {LOGGED} WHERE o.id = ANY(%(orders)s)"  # noqa: S608
REPAIRS = f"""
    {SUBJECTS}
    SELECT s.place, {COLUMNS}
    FROM subject s JOIN kpis_workorder o ON o.equipment_id = s.machine_id {CHANGES} {LOGGED}
    WHERE o.deleted_at IS NULL AND o.work_type = '{CORRECTIVE}' AND o.created_at < s.hi
        AND COALESCE(o.completed_at, c.completed, o.completed_on, o.created_at, now()) >= s.lo
"""  # noqa: S608 constants
