"""One comparison: measure the sides, explain what differs, keep it, tell it."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from sync.errors import SyncError
from sync.locks import only_one
from sync.models import ReconciliationLine, ReconciliationRun, Source
from sync.reconcile.base import ROWS_KEPT, Measure, NotReady, Rule, Sides, Window, latest_months
from sync.reconcile.outcomes import tell
from sync.reconcile.readiness import need_no_backlog

LOCK = 0x7265636F
Status = ReconciliationRun.Status


def reconcile(
    rule: Rule,
    *,
    trigger: str = ReconciliationRun.Trigger.SCHEDULE,
    by: str = "",
    source: Source | None = None,
    month: date | None = None,
) -> ReconciliationRun | None:
    """Compare by a rule now.

    Args:
        source, month: compare only these.

    Returns:
        The run: done, skipped because a side is not ready, or failed because a source does not answer. None
        when another comparison is under way.
    """
    with only_one(LOCK, 0) as mine:
        if not mine:
            return None
        _bury_dead()
        run = ReconciliationRun.objects.create(
            rule=rule.key, trigger=trigger, started_by=by, source=source, month=month
        )
        _attempt(rule, run)
        _forget_old()
        return run


def _bury_dead() -> None:
    """We hold the lock, so whoever left a comparison unfinished is dead."""
    left = ReconciliationRun.objects.filter(status=Status.RUNNING)
    left.update(status=Status.FAILED, ended_at=timezone.now(), reason="The worker was ended in the middle.")


def _attempt(rule: Rule, run: ReconciliationRun) -> None:
    now = timezone.now()
    months = (run.month,) if run.month else latest_months(now, rule.months)
    window = Window(months=months, now=now, source=run.source)
    try:
        need_no_backlog()
        lines = [_line(rule, run, measure) for measure in rule.measure(window)]
    except NotReady as reason:
        _end(run, Status.SKIPPED, str(reason))
    except SyncError as error:
        _end(run, Status.FAILED, str(error))
    else:
        status = Status.DONE if lines or not window.left_out else Status.SKIPPED
        _keep(rule, run, lines, status, " ".join(window.left_out))


@transaction.atomic
def _keep(
    rule: Rule, run: ReconciliationRun, lines: Sequence[ReconciliationLine], status: str, reason: str
) -> None:
    run.compared, run.differing = len(lines), sum(not line.agrees for line in lines)
    ReconciliationLine.objects.bulk_create(lines, batch_size=500)
    _end(run, status, reason)
    if rule.raises:
        tell(rule, run, lines)


def _end(run: ReconciliationRun, status: str, reason: str) -> None:
    run.status, run.reason, run.ended_at = status, reason, timezone.now()
    run.save()


def _line(rule: Rule, run: ReconciliationRun, measure: Measure) -> ReconciliationLine:
    difference, agrees = _judged(rule, measure.sides, measure.difference)
    line = ReconciliationLine(
        run=run,
        subject=measure.subject.key[:160],
        title=measure.subject.title[:300],
        period=measure.period,
        unit=measure.unit,
        stream=measure.subject.stream,
        plant_id=measure.subject.plant_id,
        equipment_id=measure.subject.equipment_id,
        sides=dict(measure.sides),
        difference=difference,
        agrees=agrees,
        note=measure.note,
    )
    if not agrees:
        _explain(rule, line, measure)
    return line


def _judged(rule: Rule, sides: Sides, known: float | None) -> tuple[float, bool]:
    compared = rule.compared(sides)
    difference = max(compared) - min(compared) if known is None and compared else known or 0.0
    return difference, rule.tolerance.allows(difference, compared)


def _explain(rule: Rule, line: ReconciliationLine, measure: Measure) -> None:
    found = measure.explain()
    if found.sides is not None:
        line.sides = dict(found.sides)
        line.difference, line.agrees = _judged(rule, found.sides, None)
    if line.agrees and rule.raises:
        return
    line.note = found.note or measure.note
    line.rows = [row.as_json() for row in found.rows[:ROWS_KEPT]]
    line.row_count = found.total or len(found.rows)


def _forget_old() -> None:
    """Drop results past their time, but never a rule's latest."""
    days: int = settings.RECONCILIATION_RETENTION_DAYS
    if not days:
        return
    done = ReconciliationRun.objects.filter(status=Status.DONE)
    latest = done.order_by("rule", "-started_at").distinct("rule").values_list("pk", flat=True)
    old = ReconciliationRun.objects.filter(started_at__lt=timezone.now() - timedelta(days=days))
    old.exclude(pk__in=list(latest)).delete()
