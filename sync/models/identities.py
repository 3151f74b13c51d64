"""The crosswalk between names in sources and canonical rows, and who is the system of record."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from sync.models.sources import Source


class Ownership(models.Model):
    """The system of record of a kind: it may create canonical rows; others match them or wait.

    With a ``field``, the system of record of that field alone: its value goes before that of the kind's.
    """

    kind = models.CharField(max_length=20)
    field = models.CharField(max_length=40, blank=True, default="")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="owns")

    class Meta:
        ordering = ["kind", "field"]
        constraints = [models.UniqueConstraint(fields=["kind", "field"], name="one_owner")]

    def __str__(self) -> str:
        return f"{self.kind} {self.field}".strip()


class Identity(models.Model):
    """(source, kind, external key) → canonical row. ``codes`` are normalised, for matching across sources."""

    class Method(models.TextChoices):
        CREATED = "created", "Created from this record"
        EXACT = "exact", "Same code"
        NORMALISED = "normalised", "Same code after normalising"
        MANUAL = "manual", "Mapped by a person"
        SEEDED = "seeded", "Standard name"
        RULE = "rule", "By a rule"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=20)
    external_key = models.CharField(max_length=120)
    canonical_id = models.BigIntegerField()
    codes = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    label = models.CharField(max_length=200, blank=True, default="")
    method = models.CharField(max_length=12, choices=Method)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "external_key"], name="identity_key")
        ]
        indexes = [GinIndex(fields=["codes"]), models.Index(fields=["kind", "canonical_id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_key} = {self.canonical_id}"


class Counterpart(models.Model):
    """What one of several sources says of a canonical row, kept to compare, and to change its owner.

    ``values``: column of the canonical row → value as JSON, with what people corrected; references as
    canonical ids. Kept only of rows of which another source says something, too.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="counterparts")
    kind = models.CharField(max_length=20)
    external_key = models.CharField(max_length=120)
    canonical_id = models.BigIntegerField()
    values = models.JSONField(default=dict)
    trace_id = models.UUIDField(null=True, blank=True)
    source_updated_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "external_key"], name="counterpart_key")
        ]
        indexes = [models.Index(fields=["kind", "canonical_id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_key} ~ {self.canonical_id}"
