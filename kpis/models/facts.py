"""Facts: what happened. Spans are half-open [start, end) in UTC; ``end`` None = still open.

References of the facts that come by the million are no constraints of the database: checked row by row
these would take as long as all the rest. The one writer checks and locks what a whole batch refers to, and
masters are never deleted.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.functions import Collate, Lower

from kpis.models.base import Fact
from kpis.models.masters import Operation, Part, Product, Reason, Technician
from kpis.models.places import Equipment, Plant


class WorkOrder(Fact):
    """A maintenance work order.

    ``stage`` is the source's own name of its status where it has finer ones, ``stage_key`` the stage's key.
    ``plant`` is where the work is, for orders without a machine; else the machine's counts.
    ``completed_on`` and ``created_on`` are the day alone, where the source keeps no more (Odoo); then
    ``created_at`` is that day's midnight, and tells no hour.
    ``requested_at``: when somebody asked for it, before it was an order. ``scheduled_at``: when it is planned
    to be done. ``estimated_s``: how much work it was thought to take; None: nobody said.
    ``plan_key``, ``plan_interval_days``: the plan that made it, and how often that makes one.
    """

    number = models.CharField(max_length=80, blank=True, default="")
    title = models.CharField(max_length=400)
    equipment = models.ForeignKey(
        Equipment, null=True, blank=True, on_delete=models.PROTECT, related_name="work_orders"
    )
    work_type = models.CharField(max_length=20)
    status = models.CharField(max_length=20)
    stage = models.CharField(max_length=120, blank=True, default="")
    stage_key = models.CharField(max_length=120, blank=True, default="")
    priority = models.CharField(max_length=20, blank=True, default="")
    created_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)
    assigned_to = models.ForeignKey(
        Technician, null=True, blank=True, on_delete=models.PROTECT, related_name="work_orders"
    )
    plant = models.ForeignKey(
        Plant, null=True, blank=True, on_delete=models.PROTECT, related_name="work_orders"
    )
    team = models.CharField(max_length=120, blank=True, default="")
    estimated_s = models.FloatField(null=True, blank=True)
    requested_at = models.DateTimeField(null=True, blank=True)
    created_on = models.DateField(null=True, blank=True)
    scheduled_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    plan_key = models.CharField(max_length=120, blank=True, default="")
    plan_interval_days = models.FloatField(null=True, blank=True)

    class Meta(Fact.Meta):
        indexes = [
            models.Index(fields=["equipment", "created_at"]),
            models.Index(
                fields=["equipment"],
                condition=models.Q(deleted_at=None) & ~models.Q(status__in=("completed", "cancelled")),
                name="work_open",
            ),
            # What was open on a day: also what was closed later, some of it at a time that nobody wrote down.
            models.Index(fields=["completed_at"], condition=models.Q(deleted_at=None), name="work_completed"),
            models.Index(
                fields=["status"],
                condition=models.Q(deleted_at=None, completed_at=None, status__in=("completed", "cancelled")),
                name="work_closed_undated",
            ),
            models.Index(
                fields=["created_at"],
                condition=models.Q(deleted_at=None, work_type="corrective"),
                name="work_repairs",
            ),
            # For people who look for one: by the beginning of its number or key, and by words of its title.
            models.Index(Collate(Lower("number"), "C"), name="work_number"),
            models.Index(Collate(Lower("external_key"), "C"), name="work_key"),
            GinIndex(SearchVector("title", config="simple"), name="work_title"),
        ]


class Downtime(Fact):
    """A stop. ``inherited``: a parent's copy of a child's stop, which counts for nothing."""

    equipment = models.ForeignKey(
        Equipment, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="downtimes"
    )
    reason = models.ForeignKey(
        Reason, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="downtimes"
    )
    start = models.DateTimeField()
    end = models.DateTimeField(null=True, blank=True)
    inherited = models.BooleanField(default=False)
    note = models.CharField(max_length=400, blank=True, default="")

    class Meta(Fact.Meta):
        indexes = [
            models.Index(fields=["equipment", "start"]),
            models.Index(fields=["equipment", "end"]),
            models.Index(fields=["equipment"], condition=models.Q(end=None), name="downtime_open"),
        ]


class Run(Fact):
    """Time a machine produced. ``order_key`` is the external key of the order step it worked on."""

    equipment = models.ForeignKey(
        Equipment, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="runs"
    )
    start = models.DateTimeField()
    end = models.DateTimeField(null=True, blank=True)
    reduced_speed = models.BooleanField(default=False)
    order_key = models.CharField(max_length=120, blank=True, default="")

    class Meta(Fact.Meta):
        indexes = [
            models.Index(fields=["equipment", "start"]),
            models.Index(fields=["equipment", "end"]),
            models.Index(fields=["equipment"], condition=models.Q(end=None), name="run_open"),
            models.Index(fields=["source", "order_key"]),
        ]


class Production(Fact):
    """Counts of an order step. ``quantity`` = all made (PQ), ``scrap`` = the scrap in it (SQ).

    ``ideal_cycle_s`` is its operation's cycle at ``start``, a copy of the dated ``IdealCycle``.
    """

    equipment = models.ForeignKey(
        Equipment, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="production"
    )
    product = models.ForeignKey(
        Product,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="production",
    )
    operation = models.ForeignKey(
        Operation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="production",
    )
    order_number = models.CharField(max_length=120, blank=True, default="")
    order_key = models.CharField(max_length=120, blank=True, default="")
    start = models.DateTimeField()
    end = models.DateTimeField(null=True, blank=True)
    quantity = models.FloatField(default=0)
    scrap = models.FloatField(default=0)
    ideal_cycle_s = models.FloatField(null=True, blank=True)

    class Meta(Fact.Meta):
        indexes = [
            models.Index(fields=["equipment", "start"]),
            models.Index(fields=["equipment", "end"]),
            models.Index(fields=["equipment"], condition=models.Q(end=None), name="production_open"),
            models.Index(fields=["source", "order_key"]),
        ]


class Spent(Fact):
    """What work took. ``counts``: its source is the system of record of its kind.

    What another source says of the same is kept beside it, to be reconciled, and adds to no figure.
    """

    counts = models.BooleanField(db_default=True, default=True)

    class Meta(Fact.Meta):
        abstract = True


class Labour(Spent):
    """Work logged on a work order. ``hourly_rate`` in the plant's currency."""

    work_order = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="labour")
    technician = models.ForeignKey(
        Technician, null=True, blank=True, on_delete=models.PROTECT, related_name="labour"
    )
    start = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField()
    hourly_rate = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)


class PartUse(Spent):
    """Parts taken for a work order; a negative quantity was brought back."""

    work_order = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="part_uses")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="uses")
    quantity = models.FloatField()
    unit_cost = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)


class CostEntry(Spent):
    """Money spent on maintenance beside labour and parts used. Negative = a credit.

    Its place is its own equipment or plant, else its work order's. ``currency`` "" = the plant's.
    ``day`` is the day alone, where the source keeps no time; at most one of ``at`` and ``day`` is set.
    """

    category = models.CharField(max_length=20)
    label = models.CharField(max_length=400, blank=True, default="")
    amount = models.DecimalField(max_digits=16, decimal_places=4)
    currency = models.CharField(max_length=3, blank=True, default="")
    at = models.DateTimeField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    work_order = models.ForeignKey(
        WorkOrder, null=True, blank=True, on_delete=models.CASCADE, related_name="costs"
    )
    equipment = models.ForeignKey(
        Equipment, null=True, blank=True, on_delete=models.PROTECT, related_name="costs"
    )
    plant = models.ForeignKey(Plant, null=True, blank=True, on_delete=models.PROTECT, related_name="costs")

    class Meta(Spent.Meta):
        indexes = [models.Index(fields=["at"]), models.Index(fields=["day"])]


class StockLevel(Fact):
    """How much of a product lies at a location of the source; negative where its books lag behind.

    ``unit_value`` is in the plant's currency; ``at`` is when the source last changed the level.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="stock")
    plant = models.ForeignKey(Plant, null=True, blank=True, on_delete=models.PROTECT, related_name="stock")
    location = models.CharField(max_length=200)
    quantity = models.FloatField()
    unit_value = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    at = models.DateTimeField(null=True, blank=True)
