"""Changes that wait for a second person."""

from django.conf import settings
from django.db import models


class Proposal(models.Model):
    """A change one person wants and another allows. Nothing of it is in force before.

    ``wanted``: of an ownership, a list of {kind, field, before, after}, where the latter are names of
    sources; of a mapping, {source, before, after} with the source's options. ``impact``: what it changes, as
    found when it was proposed.
    """

    class About(models.TextChoices):
        OWNERSHIP = "ownership", "System of record"
        MAPPING = "mapping", "Mapping of a source"

    class Status(models.TextChoices):
        PENDING = "pending", "Waits"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"

    about = models.CharField(max_length=10, choices=About)
    summary = models.TextField()
    impact = models.TextField()
    wanted = models.JSONField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="proposals"
    )
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.CharField(max_length=150, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-proposed_at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_about_display()}: {self.summary.splitlines()[0][:150]}"
