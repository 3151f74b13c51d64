"""What people decided about the queue: decisions with what they changed, rules, merged masters."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from sync.models.exceptions import SyncException
from sync.models.sources import Source


class Decision(models.Model):
    """One resolution of an exception, and the KPIs of what it touches before and after.

    ``way`` is a key of ``sync.queue.kinds.Resolution``. ``machines``, ``first_day`` and ``last_day`` are the
    machine-days it touches; none where no machine is known. ``before`` and ``after``: KPI → value, None for
    undefined; ``after`` is None until a worker has computed the days again. ``waited``: rows that waited for
    it, of which ``released`` were loaded at once.
    """

    exception = models.ForeignKey(SyncException, on_delete=models.CASCADE, related_name="decisions")
    way = models.CharField(max_length=20)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(blank=True, default="")
    machines = ArrayField(models.BigIntegerField(), default=list, blank=True)
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(null=True, blank=True)
    waited = models.PositiveIntegerField(default=0)
    released = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["at"], condition=models.Q(after__isnull=True), name="decision_unfinished"),
        ]

    def __str__(self) -> str:
        return f"{self.exception_id} {self.way}"


class Verdict(models.Model):
    """What a person said of a name in a source and a canonical row: it means it, or it does not.

    Later suggestions learn from it. ``term`` is the name's normalised code or label.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="verdicts")
    kind = models.CharField(max_length=20)
    term = models.CharField(max_length=120)
    canonical_id = models.BigIntegerField()
    accepted = models.BooleanField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now=True)
    alone_by: ClassVar[tuple[str, ...]] = ("source_id", "term")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "term", "canonical_id"], name="one_verdict")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.term} {'=' if self.accepted else '≠'} {self.canonical_id}"


class Rule(models.Model):
    """“From now on treat X as Y”, of one source, until revoked.

    ``what``: ``key`` (keys of records of ``kind`` that match ``pattern`` mean the row ``canonical_id``),
    ``value`` (a ``field`` of records of ``kind`` that is ``pattern`` counts as ``value``), or ``dismiss``
    (exceptions of ``kind`` whose title matches ``pattern`` are dismissed). A ``*`` stands for any text.
    """

    class What(models.TextChoices):
        KEY = "key", "What a key means"
        VALUE = "value", "What a value means"
        DISMISS = "dismiss", "What to dismiss"

    what = models.CharField(max_length=10, choices=What)
    exception = models.ForeignKey(
        SyncException, null=True, blank=True, on_delete=models.SET_NULL, related_name="rules"
    )
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(max_length=40)
    field = models.CharField(max_length=60, blank=True, default="")
    pattern = models.CharField(max_length=200)
    canonical_id = models.BigIntegerField(null=True, blank=True)
    value = models.JSONField(null=True, blank=True)
    reason = models.TextField()
    author = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["what", "source", "kind", "field", "pattern"],
                condition=models.Q(revoked_at=None),
                name="one_rule",
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.kind} {self.pattern}"


class Merge(models.Model):
    """Two canonical rows of a kind that were one thing: ``dropped`` was taken into ``kept``.

    ``moved``: ids of the rows that were moved, by model label and column, so that it can be undone.
    """

    exception = models.ForeignKey(
        SyncException, null=True, blank=True, on_delete=models.SET_NULL, related_name="merges"
    )
    kind = models.CharField(max_length=20)
    kept_id = models.BigIntegerField()
    dropped_id = models.BigIntegerField()
    kept_name = models.CharField(max_length=300)
    dropped_name = models.CharField(max_length=300)
    moved = models.JSONField(default=dict)
    reason = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.dropped_name} → {self.kept_name}"
