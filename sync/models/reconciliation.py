"""What came out of comparing systems with each other and with us. ``rule`` is a key of ``RULES``."""

from django.db import models

from sync.models.sources import Source, Stream


class ReconciliationDue(models.Model):
    """When a rule is compared next; a worker that begins moves it on, so that no other begins too."""

    rule = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.rule


class ReconciliationRun(models.Model):
    """One comparison. ``reason``: why it was skipped, what failed, or what of it was left out.

    ``source`` and ``month`` limit a comparison by hand; null: all sources, the usual months.
    """

    class Status(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        SKIPPED = "skipped", "Skipped"
        FAILED = "failed", "Failed"

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule", "Schedule"
        MANUAL = "manual", "By hand"

    rule = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    trigger = models.CharField(max_length=10, choices=Trigger, default=Trigger.SCHEDULE)
    started_by = models.CharField(max_length=150, blank=True, default="")
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    month = models.DateField(null=True, blank=True)
    compared = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["rule", "-started_at"])]

    def __str__(self) -> str:
        return f"{self.rule} {self.started_at:%Y-%m-%d %H:%M}"


class ReconciliationLine(models.Model):
    """One thing compared in one period.

    Args:
        subject: stable key of the thing within the rule.
        period: ``2026-11``; "" = all time or now.
        sides: what each side says, by the keys of the rule's sides and parts; null where it says nothing.
        difference: between the furthest apart of the sides; ``agrees``: it is within tolerance.
        note: which link of the chain breaks, or why the sides differ.
        rows: the first rows that explain it (see ``sync.reconcile.base.Row``); ``row_count``: of all of them.
    """

    run = models.ForeignKey(ReconciliationRun, on_delete=models.CASCADE, related_name="lines")
    subject = models.CharField(max_length=160)
    title = models.CharField(max_length=300)
    period = models.CharField(max_length=10, blank=True, default="")
    unit = models.CharField(max_length=40)
    stream = models.ForeignKey(Stream, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    plant = models.ForeignKey(
        "kpis.Plant", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    equipment = models.ForeignKey(
        "kpis.Equipment", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    sides = models.JSONField()
    difference = models.FloatField()
    agrees = models.BooleanField()
    note = models.TextField(blank=True, default="")
    rows = models.JSONField(default=list, blank=True)
    row_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["agrees", "title", "-period", "unit"]
        indexes = [models.Index(fields=["run", "agrees"])]

    def __str__(self) -> str:
        return f"{self.title} {self.period}".strip()
