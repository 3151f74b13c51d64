"""Transitions: sources keep the latest state only, so each change is written down when it is seen."""

from django.db import models

from kpis.models.facts import WorkOrder
from kpis.models.places import Equipment


class StatusChange(models.Model):
    """A work order, or a machine's up and down, seen to be in another status than before in one source.

    Append-only; a first sight has ``status_from`` "". Statuses are those of work orders, of machines "up" and
    "down". ``stage_*`` is the source's own name where it has finer ones (Odoo's stages, Atlas's statuses of
    assets); two stages are the same when their ``stage_key`` is, whatever they are called meanwhile.

    ``at`` is the best time the source gives, and ``basis`` says how good it is; None: it gives none, and
    ``seen_at`` is all there is. ``reported_at`` is the change stamp of the record that told it.
    """

    class Basis(models.TextChoices):
        EXACT = "exact", "As the source says"
        CREATED = "created", "Since it was created"
        DAY = "day", "Not after that day"
        UPDATED = "updated", "Not after that change"
        NONE = "", "When we saw it"

    work_order = models.ForeignKey(
        WorkOrder,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="status_changes",
        db_index=False,
    )
    equipment = models.ForeignKey(
        Equipment,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="status_changes",
        db_index=False,
    )
    source = models.CharField(max_length=40)
    external_key = models.CharField(max_length=120)
    status_from = models.CharField(max_length=20, blank=True, default="")
    status_to = models.CharField(max_length=20)
    stage_from = models.CharField(max_length=120, blank=True, default="")
    stage_to = models.CharField(max_length=120, blank=True, default="")
    stage_key = models.CharField(max_length=120, blank=True, default="")
    at = models.DateTimeField(null=True, blank=True)
    basis = models.CharField(max_length=10, choices=Basis, blank=True, default=Basis.NONE)
    seen_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True, blank=True)
    trace_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["work_order", "id"], condition=models.Q(work_order__isnull=False), name="of_order"
            ),
            models.Index(
                fields=["equipment", "source", "id"],
                condition=models.Q(equipment__isnull=False),
                name="of_machine",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(work_order=None) ^ models.Q(equipment=None), name="change_of_one_thing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_key}: {self.status_from} → {self.status_to}"
