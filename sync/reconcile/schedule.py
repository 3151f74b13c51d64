"""When a rule is compared: PostgreSQL says, one at a time, and only while nothing large is being read."""

from datetime import timedelta

from django.utils import timezone

from kpis.models import StaleDay
from sync.models import ReconciliationDue, ReconciliationRun, SyncRun
from sync.reconcile.base import Rule
from sync.reconcile.engine import reconcile
from sync.reconcile.rules import RULES
from sync.schedule import ALIVE, first_load

# If a worker dies in the middle, this is the delay.
LEASE = timedelta(hours=1)
SOON = timedelta(minutes=2)
LATER = timedelta(minutes=30)
MANY_ROWS = 5000
MANY_DAYS = 2000


def take_due() -> str:
    """Key of the rule to be compared now, taken for the length of a lease; "" for none."""
    now = timezone.now()
    known = set(ReconciliationDue.objects.values_list("rule", flat=True))
    new = [ReconciliationDue(rule=key, at=now) for key in RULES if key not in known]
    ReconciliationDue.objects.bulk_create(new, ignore_conflicts=True)
    due = ReconciliationDue.objects.filter(at__lte=now, rule__in=RULES).order_by("at")
    first = due.first()
    if first is None or not quiet() or not due.filter(rule=first.rule).update(at=now + LEASE):
        return ""
    return first.rule


def quiet() -> bool:
    """Whether nothing large is being read or computed now."""
    alive = SyncRun.objects.filter(
        status=SyncRun.Status.RUNNING, heartbeat_at__gt=timezone.now() - ALIVE, total__gt=MANY_ROWS
    )
    return not (first_load() or alive.exists() or StaleDay.objects.count() > MANY_DAYS)


def compare_due(rule: Rule) -> None:
    """Compare by a rule that was taken, and set when it is due again."""
    run = reconcile(rule)
    again = SOON if run is None else _pause(rule, run)
    ReconciliationDue.objects.filter(rule=rule.key).update(at=timezone.now() + again)


def _pause(rule: Rule, run: ReconciliationRun) -> timedelta:
    done = run.status == ReconciliationRun.Status.DONE
    return timedelta(seconds=rule.every_s) if done else LATER
