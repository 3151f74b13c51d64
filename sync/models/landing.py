"""Rows as they came: the latest content of each key, and the contents it had before."""

from django.db import models

from sync.models.sources import Stream


class Content(models.Model):
    """What a source gave under a key at one time. ``trace_id`` follows it to fact, exception and log line."""

    external_key = models.CharField(max_length=120)
    digest = models.BinaryField(max_length=16)
    payload = models.JSONField()
    trace_id = models.UUIDField()
    source_updated_at = models.DateTimeField(null=True, blank=True)
    landed_at = models.DateTimeField(auto_now_add=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.external_key


class RawRecord(Content):
    """Landing: one row per key of a stream, which always holds its latest content.

    The stream is no constraint of the database: it would be looked up for each of millions of rows, which
    only a run of that stream writes.
    """

    stream = models.ForeignKey(
        Stream, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="raw_records"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "external_key"], name="one_row_per_key")]
        indexes = [models.Index(fields=["trace_id"])]


class RawHistory(Content):
    """A content that newer content has replaced. Partitioned by the month of ``landed_at``; see retention.

    No constraint leads out of it, so that dropping a month locks no other table.
    """

    pk = models.CompositePrimaryKey("trace_id", "landed_at")
    landed_at = models.DateTimeField()
    stream = models.ForeignKey(
        Stream, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="raw_history"
    )
    raw = models.ForeignKey(
        RawRecord, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="history"
    )

    class Meta:
        ordering = ["-landed_at"]
        indexes = [models.Index(fields=["raw", "-landed_at"], name="history_of_raw")]
