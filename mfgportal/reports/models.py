"""When the executive report is mailed, to whom, and what became of each mail."""

from datetime import time
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q


class ReportSchedule(models.Model):
    """The executive page of ``query``, mailed at ``at``, the local time of ``clock``.

    ``weekday`` (0 = Monday) counts for weekly ones, ``month_day`` for monthly ones: the last day where
    a month is shorter. ``next_due``: the moment that is not worked off yet; None: it is paused.
    """

    class Cadence(models.TextChoices):
        DAILY = "daily", "Every day"
        WEEKLY = "weekly", "Every week"
        MONTHLY = "monthly", "Every month"

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    name = models.CharField(max_length=120)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="report_schedules"
    )
    query = models.CharField(max_length=300, blank=True, default="")
    cadence = models.CharField(max_length=7, choices=Cadence, default=Cadence.MONTHLY)
    weekday = models.PositiveSmallIntegerField(choices=Weekday, default=Weekday.MONDAY)
    month_day = models.PositiveSmallIntegerField(default=2)
    at = models.TimeField(default=time(7))
    clock = models.ForeignKey("kpis.Plant", on_delete=models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)
    next_due = models.DateTimeField(null=True, blank=True)
    last_sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="schedule_weekday"),
            models.CheckConstraint(condition=Q(month_day__range=(1, 31)), name="schedule_month_day"),
        ]
        indexes = [models.Index(fields=["next_due"], condition=Q(active=True), name="schedule_due")]

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """A person who gets a schedule's mails, until they leave it. Leaving is kept: nobody adds them again."""

    schedule = models.ForeignKey(ReportSchedule, on_delete=models.CASCADE, related_name="subscriptions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="report_subscriptions"
    )
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["schedule", "user__username"]
        constraints = [models.UniqueConstraint(fields=["schedule", "user"], name="subscribed_once")]

    def __str__(self) -> str:
        return f"{self.schedule_id} to {self.user_id}"


class Delivery(models.Model):
    """One mail to one person for one due moment: written with the moment, sent by the alerts' outbox.

    ``missed``: earlier moments that this mail stands for, too, as the portal was not running. ``by_hand``:
    asked for by a person, so that ``due_at`` is the moment of asking.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    due_at = models.DateTimeField()
    missed = models.PositiveSmallIntegerField(default=0)
    by_hand = models.BooleanField(default=False)
    not_before = models.DateTimeField()
    message_id = models.UUIDField(default=uuid4, unique=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-due_at", "-id"]
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["subscription", "due_at"], name="delivered_once")]
        indexes = [models.Index(fields=["not_before"], condition=Q(sent_at=None), name="delivery_to_send")]

    def __str__(self) -> str:
        return f"{self.subscription_id} of {self.due_at}"
