"""Rules, the alerts they raise, what happened to each, and who is to be told."""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kpis.models.places import name_of_place
from mfgportal.accounts.models import Role


class Signal(models.TextChoices):
    """What a rule watches."""

    TARGET = "target", "A KPI is off its target"
    LIMIT = "limit", "A KPI passes a fixed limit"
    TREND = "trend", "A machine’s failure intensity rises"
    STOP = "stop", "A stop lasts longer than"
    LATE_STREAM = "late_stream", "A stream of data is late"
    EXCEPTION = "exception", "An exception is open longer than"


class Severity(models.TextChoices):
    INFO = "info", "Note"
    WARNING = "warning", "Warning"
    CRITICAL = "critical", "Critical"


class AlertRule(models.Model):
    """When an alert opens and closes, where, and who is told.

    Place: all null = enterprise; a line's or machine's rule has its plant, too. ``each``: one alert per
    plant, line or machine in the place; "" = the place as a whole. It opens after ``open_after`` buckets of
    ``grain`` in a row beyond the limit, and closes after ``close_after`` in a row back inside ``close_limit``
    (with a target: back on target, so that the warning band lies between). Limits are in the KPI's unit.
    ``running``: the bucket under way is judged, too. Quiet hours are in plant time and delay messages, unless
    the alert is critical and ``breaks_quiet``. ``cannot_judge``: why it was held when last looked at.
    """

    class Side(models.TextChoices):
        BELOW = "below", "falls below"
        ABOVE = "above", "rises above"

    class Each(models.TextChoices):
        WHOLE = "", "the place as a whole"
        PLANT = "plant", "each plant"
        LINE = "line", "each line"
        EQUIPMENT = "equipment", "each machine"

    class Grain(models.TextChoices):
        SHIFT = "shift", "shift"
        DAY = "day", "day"
        WEEK = "week", "week"
        MONTH = "month", "month"

    name = models.CharField(max_length=120, unique=True)
    signal = models.CharField(max_length=12, choices=Signal)
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.WARNING)
    plant = models.ForeignKey("kpis.Plant", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey("kpis.Line", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    equipment = models.ForeignKey(
        "kpis.Equipment", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    each = models.CharField(max_length=9, choices=Each, blank=True, default=Each.WHOLE)
    kpi = models.CharField(max_length=60, blank=True, default="")
    side = models.CharField(max_length=5, choices=Side, default=Side.BELOW)
    limit = models.FloatField(null=True, blank=True)
    close_limit = models.FloatField(null=True, blank=True)
    grain = models.CharField(max_length=5, choices=Grain, default=Grain.SHIFT)
    open_after = models.PositiveSmallIntegerField(default=1)
    close_after = models.PositiveSmallIntegerField(default=1)
    running = models.BooleanField(default=False)
    longer_than_s = models.PositiveIntegerField(default=0)
    least = models.CharField(max_length=10, blank=True, default="error")
    min_completeness = models.FloatField(default=0.95)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    breaks_quiet = models.BooleanField(default=False)
    by_email = models.BooleanField(default=True)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    escalate_after_s = models.PositiveIntegerField(null=True, blank=True)
    escalate_roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    escalate_users = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    enabled = models.BooleanField(default=True)
    next_due = models.DateTimeField(null=True, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    cannot_judge = models.CharField(max_length=300, blank=True, default="")
    alone_by: ClassVar[tuple[str, ...]] = ("signal", "kpi")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(line=None) | Q(equipment=None), name="rule_one_place"),
            models.CheckConstraint(
                condition=Q(plant__isnull=False) | Q(line=None, equipment=None), name="rule_has_its_plant"
            ),
            models.CheckConstraint(
                condition=Q(open_after__gte=1, close_after__gte=1), name="rule_needs_a_bucket"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place_name(self) -> str:
        """The name of its place."""
        return name_of_place(self.equipment, self.line, self.plant)


class Alert(models.Model):
    """One subject that a rule found wrong. ``subject``: what it is about, such as ``equipment/12``.

    Values are in ``unit`` of ``kpis.definitions.Unit``. ``tell_at``: when its first recipients were or will
    be told, from which escalation counts. At most one that is not closed per rule and subject.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        CLOSED = "closed", "Closed"

    rule = models.ForeignKey(AlertRule, on_delete=models.PROTECT, related_name="alerts")
    subject = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    severity = models.CharField(max_length=8, choices=Severity)
    plant = models.ForeignKey("kpis.Plant", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey("kpis.Line", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    equipment = models.ForeignKey(
        "kpis.Equipment", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.CharField(max_length=10, blank=True, default="")
    limit = models.FloatField(null=True, blank=True)
    value_opened = models.FloatField(null=True, blank=True)
    value_worst = models.FloatField(null=True, blank=True)
    value_closed = models.FloatField(null=True, blank=True)
    opened_at = models.DateTimeField()
    tell_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=150, blank=True, default="")
    escalated_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject"], condition=~Q(status="closed"), name="one_open_alert"
            )
        ]
        indexes = [models.Index(fields=["status", "-opened_at"]), models.Index(fields=["plant", "status"])]

    def __str__(self) -> str:
        return self.title

    @property
    def is_closed(self) -> bool:
        return self.status == self.Status.CLOSED


class AlertEvent(models.Model):
    """History of an alert; append-only. ``by`` "": the portal."""

    class Action(models.TextChoices):
        OPENED = "opened", "Opened"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        COMMENT = "comment", "Comment"
        ESCALATED = "escalated", "Escalated"
        CLOSED = "closed", "Closed"

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    by = models.CharField(max_length=150, blank=True, default="")
    action = models.CharField(max_length=12, choices=Action)
    detail = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.action}"


class Notification(models.Model):
    """One message to one person about one event: the outbox, and what the bell counts.

    Written with the event it tells of. A mail is sent from ``not_before`` on, until ``sent_at`` is set, under
    a lock of the row and always with the same ``message_id``.
    """

    class Channel(models.TextChoices):
        PORTAL = "portal", "In the portal"
        MAIL = "mail", "E-mail"

    event = models.ForeignKey(AlertEvent, on_delete=models.CASCADE, related_name="notifications")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    channel = models.CharField(max_length=6, choices=Channel)
    not_before = models.DateTimeField()
    message_id = models.UUIDField(default=uuid4, unique=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "user", "channel"], name="told_once"),
        ]
        indexes = [
            models.Index(
                fields=["not_before"], condition=Q(channel="mail", sent_at=None), name="mail_to_send"
            ),
            models.Index(fields=["user"], condition=Q(channel="portal", read_at=None), name="unread"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.user_id} by {self.channel}"
