"""Months that were closed: what was published then, kept beside what late data make of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kpis.models.places import Equipment, Line, Plant


class ClosedPeriod(models.Model):
    """A plant's month that was closed. ``month``: its first day. It is reopened, never deleted.

    ``completeness``: share of the plant's source records that were in the numbers then.
    """

    plant = models.ForeignKey(Plant, on_delete=models.PROTECT, related_name="closed_periods")
    month = models.DateField()
    closed_at = models.DateTimeField()
    by = models.CharField(max_length=150)
    note = models.CharField(max_length=400, blank=True, default="")
    completeness = models.FloatField()
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.CharField(max_length=150, blank=True, default="")
    reopen_reason = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        ordering = ["-month", "plant", "-closed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["plant", "month"], condition=Q(reopened_at=None), name="closed_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plant.name}, {self.month:%B %Y}"


class PublishedValue(models.Model):
    """A KPI of the plant, or of a line or machine of it, as it was when its month was closed."""

    period = models.ForeignKey(ClosedPeriod, on_delete=models.CASCADE, related_name="published")
    kpi = models.CharField(max_length=60)
    line = models.ForeignKey(Line, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    equipment = models.ForeignKey(
        Equipment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    value = models.FloatField(null=True, blank=True)
    numerator = models.FloatField(default=0)
    denominator = models.FloatField(null=True, blank=True)
    sample_size = models.IntegerField(default=0)
    alone_by: ClassVar[tuple[str, ...]] = ("period_id", "kpi")

    class Meta:
        ordering = ["period", "line", "equipment", "kpi"]
        constraints = [
            models.CheckConstraint(condition=Q(line=None) | Q(equipment=None), name="published_of_one_place"),
        ]

    def __str__(self) -> str:
        return f"{self.kpi} {self.value}"
