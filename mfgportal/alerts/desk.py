"""What a person does with an alert: acknowledge it, say something, read the messages."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from mfgportal.accounts.models import User
from mfgportal.alerts.models import Alert
from mfgportal.alerts.people import alerts_of, told_of
from mfgportal.alerts.record import Action, write


class AlertClosed(Exception):
    """It has closed meanwhile: there is nothing left to acknowledge."""


@transaction.atomic
def acknowledge(user: User, pk: int, comment: str = "") -> Alert:
    """Say that somebody looks after it, which ends its escalation. Safe to repeat: the first one counts.

    Raises:
        Http404: no such alert in the person's plants.
        AlertClosed: it has closed.
    """
    alert = get_object_or_404(alerts_of(user).select_for_update(of=("self",)), pk=pk)
    if alert.is_closed:
        raise AlertClosed(f"“{alert.title}” has closed meanwhile.")
    if alert.status == Alert.Status.OPEN:
        alert.status, alert.acknowledged_by = Alert.Status.ACKNOWLEDGED, user.username
        alert.acknowledged_at = timezone.now()
        alert.save(update_fields=["status", "acknowledged_by", "acknowledged_at"])
        write(alert, Action.ACKNOWLEDGED, alert.acknowledged_at, by=user.username, detail=comment)
    elif comment:
        write(alert, Action.COMMENT, timezone.now(), by=user.username, detail=comment)
    return alert


def say(user: User, pk: int, comment: str) -> Alert:
    """Add to the history of an alert, closed or not. Raises Http404."""
    alert = get_object_or_404(alerts_of(user), pk=pk)
    write(alert, Action.COMMENT, timezone.now(), by=user.username, detail=comment)
    return alert


def read(user: User, alert: Alert | None = None) -> int:
    """Take the person's messages, of one alert or all, off the bell; how many there were."""
    rows = told_of(user) if alert is None else told_of(user).filter(event__alert=alert)
    return rows.update(read_at=timezone.now())
