"""What people say about money: rates of currencies, and what a stop costs. Dated, so that history stays."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kpis.models.places import Equipment, Line, Plant


class CurrencyRate(models.Model):
    """Units of a currency for one of the enterprise's, from a day on until the next row of that currency."""

    currency = models.CharField(max_length=3)
    valid_from = models.DateField()
    per_enterprise_unit = models.DecimalField(max_digits=20, decimal_places=8)

    class Meta:
        ordering = ["currency", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "valid_from"], name="one_rate_per_day"),
            models.CheckConstraint(condition=Q(per_enterprise_unit__gt=0), name="rate_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.per_enterprise_unit} {self.currency} from {self.valid_from}"


class PlantRate(models.Model):
    """What an hour of unplanned stop costs, in the plant's currency, from a day on.

    Of the machine's, the line's and the plant's rate the closest counts; of those, the latest begun.
    """

    plant = models.ForeignKey(Plant, on_delete=models.CASCADE, related_name="rates")
    line = models.ForeignKey(Line, null=True, blank=True, on_delete=models.CASCADE, related_name="rates")
    equipment = models.ForeignKey(
        Equipment, null=True, blank=True, on_delete=models.CASCADE, related_name="rates"
    )
    valid_from = models.DateField()
    per_hour = models.DecimalField(max_digits=14, decimal_places=2)
    alone_by: ClassVar[tuple[str, ...]] = ()

    class Meta:
        ordering = ["plant", "line", "equipment", "valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(per_hour__gte=0), name="rate_not_below_zero"),
            models.CheckConstraint(condition=Q(line=None) | Q(equipment=None), name="rate_of_one_place"),
        ]

    def __str__(self) -> str:
        return f"{self.per_hour} per hour from {self.valid_from}"
