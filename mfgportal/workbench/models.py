"""Who looks after an exception and until when it sleeps, comments, links, bulk work, messages, the digest."""

from datetime import time
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Care(models.Model):
    """Who looks after an exception, and whether it sleeps.

    ``count_then``: the exception's count when it was put to sleep. It is awake again when ``snoozed_until``
    has come, when more records came to wait, or when it was closed and came back, whichever is first: see
    ``mfgportal.workbench.sleep``.
    """

    exception = models.OneToOneField("sync.SyncException", on_delete=models.CASCADE, related_name="care")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="cares"
    )
    snoozed_until = models.DateTimeField(null=True, blank=True)
    snoozed_at = models.DateTimeField(null=True, blank=True)
    snoozed_by = models.CharField(max_length=150, blank=True, default="")
    count_then = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["snoozed_until"], condition=Q(snoozed_until__isnull=False), name="care_asleep"
            )
        ]

    def __str__(self) -> str:
        return f"Care of {self.exception_id}"


class Comment(models.Model):
    """What a person said about an exception; append-only. ``author``: the user name, which outlives accounts.

    ``@name`` in the text mentions a person, who gets a ``Notice``.
    """

    exception = models.ForeignKey("sync.SyncException", on_delete=models.CASCADE, related_name="comments")
    author = models.CharField(max_length=150)
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.author} on {self.exception_id}"


class Link(models.Model):
    """Two exceptions that have to do with each other; of a duplicate, ``other`` is the one to look at."""

    class Kind(models.TextChoices):
        RELATED = "related", "Related to"
        DUPLICATE = "duplicate", "Duplicate of"

    exception = models.ForeignKey("sync.SyncException", on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey("sync.SyncException", on_delete=models.CASCADE, related_name="linked_from")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["exception", "other"], name="linked_once"),
            models.CheckConstraint(condition=~Q(exception=F("other")), name="linked_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.exception_id} {self.kind} {self.other_id}"


class Notice(models.Model):
    """A message to a person about an exception, or, with none, the digest. Shown in the portal until
    ``read_at``; as a mail it is sent from ``not_before`` on, until ``sent_at``, by the alerts' outbox.

    ``by_email``: without it, it shows in the portal alone, as ``in_portal`` without which it is a mail alone.
    """

    class Why(models.TextChoices):
        MENTION = "mention", "mentioned you"
        ASSIGNED = "assigned", "gave you"
        DIGEST = "digest", "Daily digest"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    exception = models.ForeignKey(
        "sync.SyncException", null=True, blank=True, on_delete=models.CASCADE, related_name="notices"
    )
    why = models.CharField(max_length=10, choices=Why)
    by = models.CharField(max_length=150, blank=True, default="")
    text = models.TextField(blank=True, default="")
    at = models.DateTimeField()
    in_portal = models.BooleanField(default=True)
    by_email = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField()
    message_id = models.UUIDField(default=uuid4, unique=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(
                fields=["not_before"], condition=Q(by_email=True, sent_at=None), name="notice_to_send"
            ),
            models.Index(fields=["user"], condition=Q(in_portal=True, read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.why} to {self.user_id}"


class Digest(models.Model):
    """A person's daily digest at ``at``, local time of ``clock``; UTC without one. ``next_due``: UTC."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest")
    at = models.TimeField(default=time(7))
    clock = models.ForeignKey(
        "kpis.Plant", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    next_due = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Digest of {self.user_id}"


class Batch(models.Model):
    """One act on many exceptions: previewed, then done by a worker, and undone for a time.

    ``act``: a key of ``mfgportal.workbench.bulk.ACTS``; ``given``: its arguments. ``undo_until``: set when it
    is through, and None for an act that cannot be undone.
    """

    class State(models.TextChoices):
        PREVIEW = "preview", "Not started"
        QUEUED = "queued", "Under way"
        DONE = "done", "Done"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="batches")
    act = models.CharField(max_length=20)
    given = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.PREVIEW)
    at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name_plural = "batches"
        indexes = [
            models.Index(fields=["state"], condition=Q(state__in=["queued", "undoing"]), name="batch_to_do")
        ]

    def __str__(self) -> str:
        return f"Bulk {self.act} no. {self.pk}"


class BatchItem(models.Model):
    """One exception of a batch. ``note``: why it was skipped or refused; ``before``: what undo restores."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        SKIPPED = "skipped", "Skipped"
        UNDONE = "undone", "Undone"
        KEPT = "kept", "Not undone"

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items")
    exception = models.ForeignKey("sync.SyncException", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    note = models.CharField(max_length=300, blank=True, default="")
    before = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["batch", "exception"], name="in_batch_once")]

    def __str__(self) -> str:
        return f"{self.exception_id} in {self.batch_id}"
