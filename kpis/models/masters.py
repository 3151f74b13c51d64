"""Masters that facts refer to: products, parts, people, reasons, shift calendars."""

from datetime import UTC, datetime

from django.db import models

from kpis.models.base import Master


class LossClass(models.TextChoices):
    """What a moment of a machine counts as; the order is the priority of the overlay, strongest first."""

    NOT_SCHEDULED = "not_scheduled", "Not scheduled"
    PLANNED_STOP = "planned_stop", "Planned stop"
    BREAKDOWN = "breakdown", "Breakdown"
    SETUP = "setup", "Set-up and adjustment"
    EXTERNAL = "external", "Material, starved or blocked"
    QUALITY = "quality", "Quality stop"
    SPEED = "speed", "Reduced speed"
    MICRO_STOP = "micro_stop", "Micro-stop"
    RUNNING = "running", "Running"
    UNKNOWN = "unknown", "Unknown"


class Reason(Master):
    """A node of the loss tree: loss class → reason. ``code`` is unique and stable."""

    loss_class = models.CharField(max_length=20, choices=LossClass)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )

    class Meta:
        ordering = ["loss_class", "name"]
        constraints = [models.UniqueConstraint(fields=["code"], name="reason_code")]


class ShiftCalendar(Master):
    """A weekly pattern with breaks and leaves, in its own zone."""

    timezone = models.CharField(max_length=64, default="UTC")

    class Meta:
        ordering = ["name"]


class CalendarAttendance(models.Model):
    """One row of the weekly pattern. ``weekday`` 0 = Monday; hours are local decimals, 0 to 24.

    ``week`` None = every week, 0 or 1 = even or odd ISO-ordinal weeks as Odoo counts them.
    """

    calendar = models.ForeignKey(ShiftCalendar, on_delete=models.CASCADE, related_name="attendances")
    weekday = models.PositiveSmallIntegerField()
    hour_from = models.FloatField()
    hour_to = models.FloatField()
    is_break = models.BooleanField(default=False)
    name = models.CharField(max_length=120, blank=True, default="")
    week = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["calendar", "week", "weekday", "hour_from"]

    def __str__(self) -> str:
        return f"{self.name or self.weekday} {self.hour_from:g}-{self.hour_to:g}"


class CalendarLeave(models.Model):
    """Closed time: a holiday for the whole calendar, or for one machine."""

    calendar = models.ForeignKey(ShiftCalendar, on_delete=models.CASCADE, related_name="leaves")
    equipment = models.ForeignKey(
        "kpis.Equipment", null=True, blank=True, on_delete=models.CASCADE, related_name="leaves"
    )
    start = models.DateTimeField()
    end = models.DateTimeField()
    name = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["start"]

    def __str__(self) -> str:
        return self.name


class Product(Master):
    uom = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        ordering = ["name"]


class Operation(Master):
    """A routing step on a machine. ``ideal_cycle_s``: seconds per unit (PRI, ISO 22400-2); None: unknown."""

    equipment = models.ForeignKey("kpis.Equipment", on_delete=models.PROTECT, related_name="operations")
    ideal_cycle_s = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["name"]


EVER = datetime(1970, 1, 1, tzinfo=UTC)


class IdealCycle(models.Model):
    """Seconds per unit of an operation from an instant on, until its next row; None: unknown from then on.

    ``valid_from`` ``EVER``: since its first production. ``by``: the person who said so, else ``source``.
    """

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="ideal_cycles")
    valid_from = models.DateTimeField()
    seconds = models.FloatField(null=True, blank=True)
    source = models.CharField(max_length=40, blank=True, default="")
    by = models.CharField(max_length=150, blank=True, default="")
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["operation", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["operation", "valid_from"], name="one_cycle_per_instant"),
            models.CheckConstraint(condition=models.Q(seconds__gt=0), name="cycle_above_zero"),
        ]

    def __str__(self) -> str:
        seconds = "unknown" if self.seconds is None else f"{self.seconds:g} s"
        return f"{seconds} from {self.valid_from:%Y-%m-%d %H:%M}" if self.valid_from > EVER else seconds


class Part(Master):
    """A spare part. Costs are per unit, in the plant's currency."""

    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="parts"
    )
    unit_cost = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    quantity_on_hand = models.FloatField(null=True, blank=True)
    minimum_quantity = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["name"]


class Technician(Master):
    hourly_rate = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["name"]
