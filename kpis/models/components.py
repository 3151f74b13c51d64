"""Additive components per equipment and shift. KPIs are ratios of their sums; nothing here is a ratio."""

from django.db import models

from kpis.models.masters import Reason
from kpis.models.places import Equipment


class ShiftComponents(models.Model):
    """One row per equipment, production day and shift; ``shift`` 0 is the time off shift.

    The rows of a day partition it: calendar_s adds up to 23, 24 or 25 h. All ``_s`` are seconds.
    Terms: POT/PBT/APT, PQ/SQ, PRI of ISO 22400-2 §5; down time of IEC 60050-192.

    planned_s = planned_stop_s + unknown_s + run_s + breakdown_s + setup_s + external_s + quality_s
    run_s includes speed_s (reduced speed) and micro_stop_s.
    Equipment that does not produce is taken as running where nothing says otherwise (unknown_s = 0), and has
    no oee_ components.
    ``computed_at`` is the moment it was computed for; ``provisional``: time alone changes it (the day
    goes on, or an open event may yet change its class).
    """

    equipment = models.ForeignKey(Equipment, on_delete=models.CASCADE, related_name="components")
    day = models.DateField()
    shift = models.PositiveSmallIntegerField()
    shift_name = models.CharField(max_length=60, blank=True, default="")
    start = models.DateTimeField()
    end = models.DateTimeField()

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
    provisional = models.BooleanField(default=False)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["equipment", "day", "shift"], name="one_row_per_shift")
        ]
        indexes = [
            models.Index(fields=["day", "equipment"]),
            models.Index(
                fields=["equipment", "day"], condition=models.Q(provisional=True), name="provisional"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.equipment_id} {self.day} {self.shift_name}"


class ReasonComponents(models.Model):
    """Seconds and events per reason, of the same shift rows (planned and unplanned stops, micro-stops)."""

    equipment = models.ForeignKey(Equipment, on_delete=models.CASCADE, related_name="reason_components")
    day = models.DateField()
    shift = models.PositiveSmallIntegerField()
    reason = models.ForeignKey(Reason, on_delete=models.CASCADE, related_name="components")
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


class StaleDay(models.Model):
    """An (equipment, production day) whose components must be computed again.

    Several marks for one day are normal: the roll-up takes all marks of a day it sees, so that a mark made
    while it computes survives and causes another computation.
    """

    equipment = models.ForeignKey(Equipment, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["equipment", "day"])]

    def __str__(self) -> str:
        return f"{self.equipment_id} {self.day}"
