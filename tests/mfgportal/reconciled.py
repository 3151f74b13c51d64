"""Comparisons as the sync keeps them."""

from typing import Any

from django.utils import timezone

from kpis.models import Equipment, Plant
from sync.models import ReconciliationLine, ReconciliationRun, Stream


def a_comparison(rule: str = "downtime", **fields: Any) -> ReconciliationRun:
    given = {"status": ReconciliationRun.Status.DONE, "ended_at": timezone.now()} | fields
    return ReconciliationRun.objects.create(rule=rule, **given)


def a_line(
    run: ReconciliationRun,
    stream: Stream,
    *,
    plant: Plant | None = None,
    equipment: Equipment | None = None,
    title: str = "Press 1",
    **fields: Any,
) -> ReconciliationLine:
    """A line of 90 minutes against 60, with one row that explains it."""
    row = {
        "where": "production",
        "text": "not there in the other",
        "value": 30.0,
        "source": stream.source.name,
        "external_key": "mrp.workcenter.productivity/7",
        "start": "2026-03-02T08:00:00+00:00",
        "end": "2026-03-02T08:30:00+00:00",
        "event": "downtime/7",
    }
    sides = {"production": 90.0, "maintenance": 60.0, "both": 60.0, "production_only": 30.0}
    given: dict[str, Any] = {
        "subject": title.lower(),
        "period": "2026-03",
        "unit": "min",
        "sides": sides,
        "difference": 30.0,
        "agrees": False,
        "note": "1 stop is only in the production system.",
        "rows": [row],
        "row_count": 1,
    }
    return ReconciliationLine.objects.create(
        run=run, stream=stream, plant=plant, equipment=equipment, title=title, **given | fields
    )
