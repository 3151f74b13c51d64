"""How far a periodic check has come."""

from django.db import models


class Checkpoint(models.Model):
    """What was computed before ``at`` has been looked at by the check ``name``."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
