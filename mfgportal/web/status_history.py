"""The statuses a work order went through, in all systems that have it, as far as we saw them."""

from dataclasses import dataclass
from datetime import datetime

from kpis.models import Downtime, Production, Run, StatusChange, WorkOrder
from sync.models import Source


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``before``, ``after``: in the source's own words; ``before`` is "" at a first sight.

    ``at`` is the best time known, ``known`` says what it is worth.
    """

    source: str
    before: str
    after: str
    at: datetime
    known: str


def status_history(event: Downtime | Run | Production | WorkOrder) -> list[Change]:
    """Changes of a work order's status, the earliest first; none of other events."""
    if not isinstance(event, WorkOrder):
        return []
    rows = list(StatusChange.objects.filter(work_order=event).order_by("id"))
    titles = dict(Source.objects.filter(name__in={row.source for row in rows}).values_list("name", "title"))
    changes = [_change(row, titles.get(row.source, row.source)) for row in rows]
    return sorted(changes, key=lambda change: change.at)


def _change(row: StatusChange, source: str) -> Change:
    before, after = _words(row.status_from, row.stage_from), _words(row.status_to, row.stage_to)
    return Change(source, before, after, row.at or row.seen_at, _known(row))


def _words(status: str, stage: str) -> str:
    """A status with the source's own name for it, where that says more."""
    plain = status.replace("_", " ").capitalize()
    return f"{plain} ({stage})" if stage and stage.casefold() != plain.casefold() else plain


def _known(row: StatusChange) -> str:
    return {
        StatusChange.Basis.EXACT: "as the source says",
        StatusChange.Basis.CREATED: "when it was created",
        StatusChange.Basis.DAY: "by the end of that day (UTC)",
        StatusChange.Basis.UPDATED: "then or earlier",
    }.get(StatusChange.Basis(row.basis), "when we saw it")
