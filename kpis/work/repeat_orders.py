"""The work orders behind the KPI "Repeat failures": told apart as in ``repeats``, by the database."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from kpis.models import WorkOrder
from kpis.scope import Scope
from kpis.work.facts import CANCELLED, COMPLETED, CORRECTIVE

MARGIN_DAYS = 2
"""Days of sources are UTC's, those of plants are not."""
# A completion that the order itself does not date may be known from its changes, as in the roll-up.
STATEMENT = """
    WITH repair AS MATERIALIZED (
        SELECT o.id, o.equipment_id, o.status, p.repeat_window_days AS days,
            COALESCE(o.created_on, (o.created_at AT TIME ZONE p.timezone)::date) AS made,
            CASE WHEN o.created_on IS NULL THEN o.created_at END AS made_at,
            COALESCE(o.completed_at, c.completed) AS done_at,
            COALESCE(
                (COALESCE(o.completed_at, c.completed) AT TIME ZONE p.timezone)::date, o.completed_on
            ) AS done
        FROM kpis_workorder o
        JOIN kpis_equipment e ON e.id = o.equipment_id
        JOIN kpis_plant p ON p.id = e.plant_id
        LEFT JOIN LATERAL (
            SELECT max(c.at) AS completed FROM kpis_statuschange c
            WHERE o.completed_at IS NULL AND o.status = %(completed)s AND c.work_order_id = o.id
                AND c.source = o.source AND c.external_key = o.external_key AND c.status_to = %(completed)s
                AND c.status_from <> '' AND c.basis IN ('exact', 'updated')
        ) c ON true
        WHERE o.work_type = %(corrective)s AND o.deleted_at IS NULL AND o.status <> %(cancelled)s
            AND o.created_at < %(last)s::date + %(margin)s
            AND (o.created_at >= %(first)s::date - %(margin)s OR o.status = %(completed)s
                AND COALESCE(o.completed_at, c.completed, o.completed_on)
                    >= %(first)s::date - p.repeat_window_days - %(margin)s)
            AND (  -- what that asks for at least, by an index each
                o.created_at >= %(first)s::date - %(margin)s
                OR o.completed_at >= %(first)s::date - %(margin)s
                    - (SELECT max(repeat_window_days) FROM kpis_plant)
                OR o.completed_at IS NULL AND o.status = %(completed)s
            )
            AND e.plant_id = ANY(%(plants)s)
            AND (%(lines)s::bigint[] IS NULL OR e.line_id = ANY(%(lines)s))
            AND (%(machines)s::bigint[] IS NULL OR e.id = ANY(%(machines)s))
    )
    SELECT later.id FROM repair later
    WHERE later.made BETWEEN %(first)s AND %(last)s AND EXISTS (
        SELECT FROM repair earlier
        WHERE earlier.equipment_id = later.equipment_id AND earlier.id <> later.id
            AND earlier.status = %(completed)s
            AND later.made BETWEEN earlier.done AND earlier.done + earlier.days
            AND (earlier.done_at IS NULL OR later.made_at IS NULL OR later.made_at >= earlier.done_at)
    )
"""


def repeat_orders(scope: Scope) -> list[int]:
    """Ids of repairs asked for in the scope, soon after another one on the machine. One query."""
    values: dict[str, Any] = {
        "first": scope.first_day,
        "last": scope.last_day,
        "plants": list(scope.plant_ids or ()),
        "lines": None if scope.line_ids is None else list(scope.line_ids),
        "machines": None if scope.equipment_ids is None else list(scope.equipment_ids),
        "margin": MARGIN_DAYS,
        "completed": COMPLETED,
        "cancelled": CANCELLED,
        "corrective": CORRECTIVE,
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, values)
        return [pk for (pk,) in cursor.fetchall()]


def among(rows: QuerySet[WorkOrder], ids: Sequence[int]) -> QuerySet[WorkOrder]:
    """Those of the rows with one of the ids, of which there may be ten thousands: they go as one array."""
    return rows.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [list(ids)]))
