"""When nobody acknowledges: the next recipients."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mfgportal.alerts.judging import zone_of
from mfgportal.alerts.models import Alert
from mfgportal.alerts.people import next_recipients
from mfgportal.alerts.record import Action, Post, write
from mfgportal.workbench.sleep import asleep
from sync.models import SyncException

MOST = 100


def escalate_due(now: datetime | None = None) -> int:
    """Tell the next recipients of alerts that nobody has acknowledged in time; how many alerts.

    The time counts from when the first recipients were told, so not through their quiet hours. Row locks make
    two workers at once do it once.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        rows = _overdue(moment)
        for alert in rows:
            alert.escalated_at = moment
            alert.save(update_fields=["escalated_at"])
            event = write(alert, Action.ESCALATED, moment, detail="Nobody had acknowledged it.")
            Post(alert.rule, zone_of(alert.rule), moment).tell(event, next_recipients(alert.rule).of(alert))
        return len(rows)


def _overdue(now: datetime) -> list[Alert]:
    waiting = Alert.objects.filter(
        status=Alert.Status.OPEN, escalated_at=None, rule__escalate_after_s__isnull=False
    ).select_related("rule__plant", "plant")
    locked = waiting.select_for_update(of=("self",), skip_locked=True).order_by("tell_at")
    late = [alert for alert in locked if _is_overdue(alert, now)]
    put_off = _put_off(late, now)
    return [alert for alert in late if alert.subject not in put_off][:MOST]


def _put_off(alerts: Sequence[Alert], now: datetime) -> set[str]:
    """Subjects that are exceptions somebody has put off."""
    ids = [alert.subject.partition("/")[2] for alert in alerts if alert.subject.startswith("exception/")]
    if not ids:
        return set()
    rows = SyncException.objects.filter(asleep(now), pk__in=[int(pk) for pk in ids])
    return {f"exception/{pk}" for pk in rows.values_list("pk", flat=True)}


def _is_overdue(alert: Alert, now: datetime) -> bool:
    after = alert.rule.escalate_after_s
    return after is not None and (now - alert.tell_at).total_seconds() >= after
