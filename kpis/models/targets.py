"""What a KPI is meant to reach: dated, per KPI and place."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q

from kpis.models.places import Equipment, Line, Plant, name_of_place


class Target(models.Model):
    """A value of one KPI at one place from a day on, until the place's next one, or its end.

    Without a place it holds for the enterprise; a line's or machine's has its plant, too. ``value`` and
    ``band`` are in the KPI's unit: a value that misses the target by no more than ``band`` is a warning.
    ``ended_on``: the first day it no longer holds. It is ended, never deleted.
    """

    kpi = models.CharField(max_length=60)
    plant = models.ForeignKey(Plant, null=True, blank=True, on_delete=models.PROTECT, related_name="targets")
    line = models.ForeignKey(Line, null=True, blank=True, on_delete=models.PROTECT, related_name="targets")
    equipment = models.ForeignKey(
        Equipment, null=True, blank=True, on_delete=models.PROTECT, related_name="targets"
    )
    valid_from = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    value = models.FloatField()
    band = models.FloatField(default=0)
    set_by = models.CharField(max_length=150, blank=True, default="")
    set_at = models.DateTimeField(auto_now_add=True)
    alone_by: ClassVar[tuple[str, ...]] = ("kpi",)

    class Meta:
        ordering = ["kpi", "plant", "line", "equipment", "-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(line=None) | Q(equipment=None), name="target_one_place"),
            models.CheckConstraint(
                condition=Q(plant__isnull=False) | Q(line=None, equipment=None), name="target_has_its_plant"
            ),
            models.CheckConstraint(condition=Q(band__gte=0), name="target_band_not_negative"),
        ]
        indexes = [models.Index(fields=["kpi", "valid_from"])]

    def __str__(self) -> str:
        return f"{self.kpi} of {self.place_name} from {self.valid_from}"

    @property
    def place_name(self) -> str:
        """The name of its place."""
        return name_of_place(self.equipment, self.line, self.plant)

    def holds_on(self, day: date) -> bool:
        """Whether the day lies between its first and its end."""
        return self.valid_from <= day and (self.ended_on is None or day < self.ended_on)
