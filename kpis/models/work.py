"""Additive components of maintenance work: orders, hours and money. KPIs are ratios of their sums."""

from django.db import models

from kpis.models.facts import WorkOrder
from kpis.models.masters import Technician
from kpis.models.places import Equipment, Plant


class WorkOrderSchedule(models.Model):
    """When an order was planned to be done, as known from ``known_at`` on. Append-only.

    Sources overwrite the plan (Odoo's ``schedule_date``), so it is written down at first sight and at each
    change; ``scheduled_at`` None: it was taken off the plan.
    """

    work_order = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="schedules")
    scheduled_at = models.DateTimeField(null=True, blank=True)
    known_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.work_order_id}: {self.scheduled_at}"


class WorkSums(models.Model):
    """Sums over orders and what was booked on them, by what a breakdown may ask for.

    ``equipment`` None: of the plant, without a machine. ``technician``: who did the hours; of all else, whom
    the order was given to. All days are local days of the plant. Seconds are seconds.

    Counts
        created, completed, cancelled: orders, by the day they were created, completed, cancelled.
        completed_day_only: those of completed of which the source keeps only the day of completion or of
        the request; they add to completed, but neither to repair_s nor to cycle_s.
        response_day_only: orders whose work has begun, asked for on a day without a time; not in responded.
        pm_due, pm_on_time, pm_within_day, pm_within_fifth: preventive orders by the day they are due; done by
        then, a day later, a fifth of the interval (28 days at most) later. None leaves pm_due.
        scheduled, scheduled_done: orders by the day planned when its ISO week began; done in that week.
        scheduled_s, scheduled_done_s: their estimated hours; scheduled_without_estimate: those without.
        responded: orders whose work has begun, by that day; response_s runs from request or creation to then.
        cycled: orders completed at a known time; cycle_s runs from creation to then.
        repaired: corrective ones of them of which it is known when work began; repair_s runs from then.
        corrective_completed, first_time_fixed: corrective orders by the day of completion; those of them that
        no other one on the machine followed within the plant's repeat window.
        repeat_failures: corrective orders created within the plant's repeat window after another one was
        completed on the same machine.
        parts_requested: parts booked on orders, by line; parts_without_cost: those whose cost nobody said.
        without_rate, without_base_rate: amounts that could not be converted into the plant's and into the
        enterprise's currency; where one is not 0, the money of that currency is not known.

    down_s: unplanned stops within planned time, by production day, where a machine's stops have a rate;
    down_without_rate_s: where its plant has rates, and none for it or for that day.

    Money, in the plant's currency, and with ``_base`` in the enterprise's at the rate of the day
        labour, parts, contractor, other; preventive and corrective are the same money again, by work type.
        downtime_cost: what the stops cost at the plant's rate; it is no money spent, and in no other sum.
    """

    created = models.IntegerField(default=0)
    completed = models.IntegerField(default=0)
    cancelled = models.IntegerField(default=0)
    completed_day_only = models.IntegerField(default=0)
    response_day_only = models.IntegerField(default=0)
    pm_due = models.IntegerField(default=0)
    pm_on_time = models.IntegerField(default=0)
    pm_within_day = models.IntegerField(default=0)
    pm_within_fifth = models.IntegerField(default=0)
    scheduled = models.IntegerField(default=0)
    scheduled_done = models.IntegerField(default=0)
    scheduled_without_estimate = models.IntegerField(default=0)
    responded = models.IntegerField(default=0)
    repaired = models.IntegerField(default=0)
    cycled = models.IntegerField(default=0)
    corrective_completed = models.IntegerField(default=0)
    first_time_fixed = models.IntegerField(default=0)
    repeat_failures = models.IntegerField(default=0)
    parts_requested = models.IntegerField(default=0)
    parts_without_cost = models.IntegerField(default=0)
    without_rate = models.IntegerField(default=0)
    without_base_rate = models.IntegerField(default=0)

    labour_s = models.FloatField(default=0)
    labour_preventive_s = models.FloatField(default=0)
    labour_corrective_s = models.FloatField(default=0)
    labour_planned_s = models.FloatField(default=0)
    labour_reactive_s = models.FloatField(default=0)
    labour_rework_s = models.FloatField(default=0)
    labour_without_rate_s = models.FloatField(default=0)
    scheduled_s = models.FloatField(default=0)
    scheduled_done_s = models.FloatField(default=0)
    response_s = models.FloatField(default=0)
    repair_s = models.FloatField(default=0)
    cycle_s = models.FloatField(default=0)
    down_s = models.FloatField(default=0)
    down_without_rate_s = models.FloatField(default=0)

    labour_cost = models.FloatField(default=0)
    part_cost = models.FloatField(default=0)
    contractor_cost = models.FloatField(default=0)
    other_cost = models.FloatField(default=0)
    preventive_cost = models.FloatField(default=0)
    corrective_cost = models.FloatField(default=0)
    parts_used = models.FloatField(default=0)
    downtime_cost = models.FloatField(default=0)
    labour_cost_base = models.FloatField(default=0)
    part_cost_base = models.FloatField(default=0)
    contractor_cost_base = models.FloatField(default=0)
    other_cost_base = models.FloatField(default=0)
    preventive_cost_base = models.FloatField(default=0)
    corrective_cost_base = models.FloatField(default=0)
    parts_used_base = models.FloatField(default=0)
    downtime_cost_base = models.FloatField(default=0)

    class Meta:
        abstract = True


class WorkOfMachine(WorkSums):
    """Sums of a machine's work, or of a plant's without one."""

    plant = models.ForeignKey(Plant, on_delete=models.CASCADE, related_name="+", db_index=False)
    equipment = models.ForeignKey(
        Equipment, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    work_type = models.CharField(max_length=20, blank=True, default="")
    priority = models.CharField(max_length=20, blank=True, default="")
    team = models.CharField(max_length=120, blank=True, default="")
    technician = models.ForeignKey(
        Technician, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )

    class Meta:
        abstract = True


class WorkComponents(WorkOfMachine):
    """By day. Rows of one plant, machine, day, type, priority, team and technician are one."""

    day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["plant", "day"]), models.Index(fields=["equipment", "day"])]

    def __str__(self) -> str:
        return f"{self.plant_id} {self.equipment_id} {self.day}"


class WorkMonths(WorkOfMachine):
    """The exact sums of the days of a month; ``month`` is its first day."""

    month = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["plant", "month"]), models.Index(fields=["equipment", "month"])]

    def __str__(self) -> str:
        return f"{self.plant_id} {self.equipment_id} {self.month}"


class PlantWork(WorkSums):
    """The same sums over a plant's machines, by day, without the persons: what long periods are read from.

    ``work_unit``: of machines that produce; others, and work without a machine, apart.
    """

    plant = models.ForeignKey(Plant, on_delete=models.CASCADE, related_name="+", db_index=False)
    work_unit = models.BooleanField()
    day = models.DateField()
    work_type = models.CharField(max_length=20, blank=True, default="")
    priority = models.CharField(max_length=20, blank=True, default="")
    team = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["plant", "day"])]

    def __str__(self) -> str:
        return f"{self.plant_id} {self.day}"


class StaleWork(models.Model):
    """A month of a machine, or of a plant's work without one, to be computed again. Repeats are normal."""

    plant = models.ForeignKey(Plant, on_delete=models.CASCADE, related_name="+", db_index=False)
    equipment = models.ForeignKey(
        Equipment, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    month = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["plant", "equipment", "month"])]

    def __str__(self) -> str:
        return f"{self.plant_id} {self.equipment_id} {self.month}"
