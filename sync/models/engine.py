"""What the workers keep together: requests asked of a source, and keys of a sweep under way."""

from django.db import models

from sync.models.sources import Stream


class RequestSlot(models.Model):
    """Requests asked with one account (``account`` is a digest) in one short span of time from ``at``."""

    account = models.CharField(max_length=32)
    at = models.DateTimeField()
    spent = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "at"], name="one_slot")]

    def __str__(self) -> str:
        return f"{self.account} {self.at:%H:%M:%S} {self.spent}"


class SweptKey(models.Model):
    """The key of a row that the source still has, as far as a sweep has come."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="+")
    external_key = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.external_key
