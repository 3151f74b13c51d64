"""Additive components per equipment and shift, and per month. KPIs are ratios of sums; nothing here is.

Rows are made from facts by the million, and made again: their ties are not checked row by row.
"""

from django.db import models
from django.db.models import Q

from kpis.models.masters import Product, Reason
from kpis.models.places import Equipment, Plant


class ShiftSums(models.Model):
    """What adds up over machines and time. All ``_s`` are seconds.

    Terms: POT/PBT/APT, PQ/SQ, PRI of ISO 22400-2 §5; down time of IEC 60050-192.

    planned_s = planned_stop_s + unknown_s + run_s + breakdown_s + setup_s + external_s + quality_s
    run_s includes speed_s (reduced speed) and micro_stop_s.
    Equipment that does not produce is taken as running where nothing says otherwise (unknown_s = 0), and has
    no oee_ components.
    """

    calendar_s = models.FloatField(default=0)
    planned_s = models.FloatField(default=0)
    planned_stop_s = models.FloatField(default=0)
    unknown_s = models.FloatField(default=0)
    loading_s = models.FloatField(default=0)
    run_s = models.FloatField(default=0)
    speed_s = models.FloatField(default=0)
    micro_stop_s = models.FloatField(default=0)
    breakdown_s = models.FloatField(default=0)
    setup_s = models.FloatField(default=0)
    external_s = models.FloatField(default=0)
    quality_s = models.FloatField(default=0)
    overtime_run_s = models.FloatField(default=0)
    operating_s = models.FloatField(default=0)
    oee_loading_s = models.FloatField(default=0)
    oee_run_s = models.FloatField(default=0)
    run_without_ideal_s = models.FloatField(default=0)

    quantity = models.FloatField(default=0)
    scrap = models.FloatField(default=0)
    ideal_s = models.FloatField(default=0)
    ideal_good_s = models.FloatField(default=0)

    failures = models.IntegerField(default=0)
    failure_down_s = models.FloatField(default=0)
    stops = models.IntegerField(default=0)
    micro_stops = models.IntegerField(default=0)
    open_events = models.IntegerField(default=0)
    facts = models.IntegerField(default=0)

    class Meta:
        abstract = True


class ShiftComponents(ShiftSums):
    """One row per equipment, production day and shift; ``shift`` 0 is the time off shift.

    The rows of a day partition it: calendar_s adds up to 23, 24 or 25 h.
    ``computed_at`` is the moment it was computed for; ``provisional``: time alone changes it (the day
    goes on, or an open event may yet change its class).
    """

    equipment = models.ForeignKey(
        Equipment, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="components"
    )
    day = models.DateField()
    shift = models.PositiveSmallIntegerField()
    shift_name = models.CharField(max_length=60, blank=True, default="")
    start = models.DateTimeField()
    end = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["equipment", "day", "shift"], name="one_row_per_shift")
        ]
        indexes = [
            models.Index(fields=["day", "equipment"]),
            models.Index(fields=["equipment", "day"], condition=Q(provisional=True), name="provisional"),
            # Few shifts have a failure; histories of failures read them alone.
            models.Index(fields=["equipment", "day"], condition=Q(failures__gt=0), name="failed_shifts"),
        ]

    def __str__(self) -> str:
        return f"{self.equipment_id} {self.day} {self.shift_name}"


class ReasonComponents(models.Model):
    """Seconds and events per reason, of the same shift rows (planned and unplanned stops, micro-stops)."""

    equipment = models.ForeignKey(
        Equipment,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="reason_components",
    )
    day = models.DateField()
    shift = models.PositiveSmallIntegerField()
    reason = models.ForeignKey(
        Reason, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="components"
    )
    loss_class = models.CharField(max_length=20)
    seconds = models.FloatField(default=0)
    events = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["equipment", "day", "shift", "reason", "loss_class"], name="one_row_per_reason"
            )
        ]
        indexes = [models.Index(fields=["day", "equipment"])]

    def __str__(self) -> str:
        return f"{self.equipment_id} {self.day} {self.reason_id}"


class ProductSums(models.Model):
    """Counts and run time of what a work unit made, under the names they have in ``ShiftComponents``.

    ``product`` None: no record says what it was. Over the products they add up to the machine's; ``facts``
    are the records of the product alone, its order steps and bookings.
    """

    product = models.ForeignKey(
        Product, null=True, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    quantity = models.FloatField(default=0)
    scrap = models.FloatField(default=0)
    ideal_s = models.FloatField(default=0)
    ideal_good_s = models.FloatField(default=0)
    oee_run_s = models.FloatField(default=0)
    run_without_ideal_s = models.FloatField(default=0)
    facts = models.IntegerField(default=0)

    class Meta:
        abstract = True


class ProductComponents(ProductSums):
    """By product, of the same shift rows. Time of orders that run at once is shared equally among them."""

    equipment = models.ForeignKey(
        Equipment, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    day = models.DateField()
    shift = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["equipment", "day"]),
            models.Index(fields=["day", "equipment"]),
        ]

    def __str__(self) -> str:
        return f"{self.equipment_id} {self.day} {self.product_id}"


class ShiftMonths(ShiftSums):
    """The sums of a machine's days of a month, by the name of the shift; ``month`` is its first day.

    ``shift``: the first number the shift had. ``plant``: where its days were counted; it may move.
    """

    plant = models.ForeignKey(
        Plant, null=True, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )

    equipment = models.ForeignKey(
        Equipment, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    month = models.DateField()
    shift = models.PositiveSmallIntegerField()
    shift_name = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["equipment", "month", "shift_name"], name="one_row_per_month_and_shift"
            )
        ]
        indexes = [models.Index(fields=["month", "equipment"])]

    def __str__(self) -> str:
        return f"{self.equipment_id} {self.month} {self.shift_name}"


class ReasonMonths(models.Model):
    """The sums of a machine's reasons over the days of a month."""

    equipment = models.ForeignKey(
        Equipment, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    month = models.DateField()
    reason = models.ForeignKey(
        Reason, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    loss_class = models.CharField(max_length=20)
    seconds = models.FloatField(default=0)
    events = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["equipment", "month", "reason", "loss_class"], name="one_row_per_month_and_reason"
            )
        ]
        indexes = [models.Index(fields=["month", "equipment"])]

    def __str__(self) -> str:
        return f"{self.equipment_id} {self.month} {self.reason_id}"


class ProductMonths(ProductSums):
    """The sums of a machine's products over the days of a month."""

    equipment = models.ForeignKey(
        Equipment, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    month = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["equipment", "month"]),
            models.Index(fields=["month", "equipment"]),
        ]

    def __str__(self) -> str:
        return f"{self.equipment_id} {self.month} {self.product_id}"


class PlantDays(ShiftSums):
    """The sums over a plant's machines, those that produce and the others, by day and name of the shift."""

    plant = models.ForeignKey(
        Plant, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    work_unit = models.BooleanField()
    day = models.DateField()
    shift = models.PositiveSmallIntegerField()
    shift_name = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plant", "day", "work_unit", "shift_name"], name="one_row_per_plant_and_shift"
            )
        ]

    def __str__(self) -> str:
        return f"{self.plant_id} {self.day} {self.shift_name}"


class PlantReasons(models.Model):
    """The sums over a plant's machines by day and reason."""

    plant = models.ForeignKey(
        Plant, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    work_unit = models.BooleanField()
    day = models.DateField()
    reason = models.ForeignKey(
        Reason, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    loss_class = models.CharField(max_length=20)
    seconds = models.FloatField(default=0)
    events = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plant", "day", "work_unit", "reason", "loss_class"],
                name="one_row_per_plant_and_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.plant_id} {self.day} {self.reason_id}"


class StaleDay(models.Model):
    """An (equipment, production day) whose components must be computed again.

    Several marks for one day are normal: the roll-up takes all marks of a day it sees, so that a mark made
    while it computes survives and causes another computation. Written by the hundred thousand, so no row's
    machine is checked.
    """

    equipment = models.ForeignKey(
        Equipment, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["equipment", "day"])]

    def __str__(self) -> str:
        return f"{self.equipment_id} {self.day}"
