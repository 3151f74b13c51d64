"""The only writer of alerts: each change with its line of history and its messages, in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F

from mfgportal.accounts.models import User
from mfgportal.alerts.models import Alert, AlertEvent, AlertRule, Notification, Severity
from mfgportal.alerts.quiet import after_quiet
from mfgportal.alerts.reading import Reading

Action = AlertEvent.Action


@dataclass(frozen=True, slots=True)
class Post:
    """How messages of a rule go out: ``zone`` is the clock quiet hours go by where an alert has no plant."""

    rule: AlertRule
    zone: str
    now: datetime

    def due(self, alert: Alert) -> datetime:
        """When a mail may go: now, or after the plant's quiet hours."""
        rule = self.rule
        if rule.breaks_quiet and alert.severity == Severity.CRITICAL:
            return self.now
        zone = ZoneInfo(alert.plant.timezone if alert.plant else self.zone)
        return after_quiet(self.now, zone, rule.quiet_from, rule.quiet_to)

    def tell(self, event: AlertEvent, users: Iterable[User]) -> None:
        """Put a message to each person into the outbox; in the portal it shows at once."""
        due = self.due(event.alert)
        rows = [
            Notification(event=event, user=user, channel=channel, not_before=moment)
            for user in users
            for channel, moment in self._ways(user, due)
        ]
        Notification.objects.bulk_create(rows, ignore_conflicts=True)

    def _ways(self, user: User, due: datetime) -> list[tuple[str, datetime]]:
        ways: list[tuple[str, datetime]] = [(Notification.Channel.PORTAL, self.now)]
        if self.rule.by_email and user.email:
            ways.append((Notification.Channel.MAIL, due))
        return ways


def write(alert: Alert, action: Action, now: datetime, *, by: str = "", detail: str = "") -> AlertEvent:
    """A line of history."""
    return AlertEvent.objects.create(alert=alert, at=now, by=by, action=action, detail=detail)


def opened(rule: AlertRule, reading: Reading, now: datetime) -> Alert:
    """An alert of the reading, not saved yet."""
    return Alert(
        rule=rule,
        subject=reading.subject,
        title=reading.text[:300],
        severity=rule.severity,
        plant_id=reading.place.plant_id,
        line_id=reading.place.line_id,
        equipment_id=reading.place.equipment_id,
        unit=reading.unit,
        limit=reading.limit,
        value_opened=reading.value,
        value_worst=reading.value,
        opened_at=now,
        tell_at=now,
    )


def note_worst(alert: Alert, reading: Reading) -> None:
    """Keep the worst value seen while it was open; no history of each."""
    value, worst = reading.value, alert.value_worst
    if value is None or value == worst or (worst is not None and (value < worst) == reading.high_is_bad):
        return
    Alert.objects.filter(pk=alert.pk).update(value_worst=value)
    alert.value_worst = value


def close(alert: Alert, value: float | None, now: datetime, detail: str) -> AlertEvent:
    """Close it; those who were told it opened are to be told this, too: see ``told_before``."""
    alert.status, alert.closed_at, alert.value_closed = Alert.Status.CLOSED, now, value
    alert.save(update_fields=["status", "closed_at", "value_closed"])
    return write(alert, Action.CLOSED, now, detail=detail)


def told_before(alert: Alert) -> list[User]:
    """Everyone who was told of the alert so far and is still active."""
    people = User.objects.filter(notifications__event__alert=alert, is_active=True)
    return list(people.distinct().order_by("pk"))


def newer_first(alert: Alert) -> Iterable[AlertEvent]:
    """Its history, newest first."""
    return alert.events.order_by(F("at").desc(), F("id").desc())
