"""When nobody acknowledges: the next recipients."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mfgportal.alerts.judging import zone_of
from mfgportal.alerts.models import Alert
from mfgportal.alerts.people import next_recipients
from mfgportal.alerts.record import Action, Post, write

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
    return [alert for alert in locked if _is_overdue(alert, now)][:MOST]


def _is_overdue(alert: Alert, now: datetime) -> bool:
    after = alert.rule.escalate_after_s
    return after is not None and (now - alert.tell_at).total_seconds() >= after
