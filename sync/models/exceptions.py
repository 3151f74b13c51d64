"""The exception queue: causes, the records they hold back, their history, and corrections."""

from django.db import models

from sync.models.landing import RawRecord
from sync.models.sources import Source, Stream


class SyncException(models.Model):
    """One cause. Repeats fold by ``fingerprint``; ``kind`` is a key of ``sync.exceptions.KINDS``.

    ``context`` holds what a person needs to decide: both sides of a mismatch, the unknown key, suggestions.
    ``retry_by`` is set while a worker tries again what it holds: the person who asked for it. Rows held by
    a resolved exception are being loaded by a worker, too.

    ``caused_by`` is closed with what it caused. ``split_from``: the exception whose rows a
    person gave a key of their own. What it holds back is weighed by
    ``sync.exceptions.impact``: ``held_rows`` source records, ``kpi_minutes`` of machines' time that the KPIs
    lack, or that is doubtful; ``money``: what these cost at the plant's rate, in its ``currency``; None
    without a rate, or with more than one currency.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        RESOLVED = "resolved", "Resolved"
        DISMISSED = "dismissed", "Dismissed"

    kind = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=200, unique=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    severity = models.CharField(max_length=10, default="warning")
    title = models.CharField(max_length=300)
    message = models.TextField()
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="exceptions")
    stream = models.ForeignKey(
        Stream, null=True, blank=True, on_delete=models.CASCADE, related_name="exceptions"
    )
    plant = models.ForeignKey(
        "kpis.Plant", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    equipment = models.ForeignKey(
        "kpis.Equipment", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    external_key = models.CharField(max_length=120, blank=True, default="")
    trace_id = models.UUIDField(null=True, blank=True)
    context = models.JSONField(default=dict, blank=True)
    first_seen = models.DateTimeField(auto_now_add=True)
    last_seen = models.DateTimeField(auto_now_add=True)
    count = models.PositiveIntegerField(default=1)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=150, blank=True, default="")
    resolution = models.TextField(blank=True, default="")
    retry_by = models.CharField(max_length=150, blank=True, default="")
    caused_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="consequences"
    )
    split_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="splits"
    )
    held_rows = models.PositiveIntegerField(default=0)
    kpi_minutes = models.FloatField(default=0)
    money = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")

    class Meta:
        ordering = ["-last_seen"]
        indexes = [
            models.Index(fields=["status", "kind"]),
            models.Index(fields=["status", "-kpi_minutes"], name="exception_by_impact"),
        ]

    def __str__(self) -> str:
        return self.title


class ExceptionEvent(models.Model):
    """History of an exception; append-only."""

    exception = models.ForeignKey(SyncException, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150, blank=True, default="")
    action = models.CharField(max_length=40)
    detail = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.exception_id} {self.action}"


class HeldRecord(models.Model):
    """A landed row that waits for an exception to be resolved. Time and place are hints for completeness."""

    exception = models.ForeignKey(SyncException, on_delete=models.CASCADE, related_name="held_records")
    raw = models.ForeignKey(RawRecord, on_delete=models.CASCADE, related_name="held")
    kind = models.CharField(max_length=20)
    start = models.DateTimeField(null=True, blank=True)
    end = models.DateTimeField(null=True, blank=True)
    plant = models.ForeignKey(
        "kpis.Plant", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    equipment = models.ForeignKey(
        "kpis.Equipment", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    held_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exception", "raw"], name="held_once")]
        indexes = [models.Index(fields=["start"]), models.Index(fields=["equipment"])]

    def __str__(self) -> str:
        return f"{self.raw_id} waits for {self.exception_id}"


class Correction(models.Model):
    """A value a person put in place of the source's, re-applied on every later sync until revoked."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="corrections")
    external_key = models.CharField(max_length=120)
    field = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    original = models.JSONField(null=True)
    reason = models.TextField()
    author = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=150, blank=True, default="")
    exception = models.ForeignKey(
        SyncException, null=True, blank=True, on_delete=models.SET_NULL, related_name="corrections"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_key", "field"],
                condition=models.Q(revoked_at=None),
                name="one_correction",
            )
        ]

    def __str__(self) -> str:
        return f"{self.external_key} {self.field}"
