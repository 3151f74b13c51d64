"""A screen on the shop floor, and the key that lets it read."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from kpis.models import Line, Plant


class Panel(models.TextChoices):
    """What a screen may show."""

    OEE = "oee", "OEE against its target"
    MACHINES = "machines", "Machines: running, down, planned, unknown"
    SHIFT = "shift", "The last shift"
    STOPS = "stops", "Open stops"
    WORK = "work", "Next preventive work"


def all_panels() -> list[str]:
    return [str(value) for value in Panel.values]


class Display(models.Model):
    """It reads one plant, or one of its lines, until ``expires_at`` or until it is revoked.

    Of the key only the SHA-256 is kept: it is 256 bits of chance, so nothing slower is needed.
    ``rotate_s``: seconds per line where it goes through the lines one by one; 0: all at once.
    """

    name = models.CharField(max_length=120)
    plant = models.ForeignKey(Plant, on_delete=models.CASCADE, related_name="displays")
    line = models.ForeignKey(Line, null=True, blank=True, on_delete=models.CASCADE, related_name="displays")
    panels = ArrayField(models.CharField(max_length=10, choices=Panel), default=all_panels)
    rotate_s = models.PositiveSmallIntegerField(default=0)
    key_digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="displays"
    )
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        ordering = ["plant__name", "name", "id"]

    def __str__(self) -> str:
        return self.name
