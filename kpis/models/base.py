from django.db import models


class FromSource(models.Model):
    """Where a row came from. ``external_key`` is ``<model>/<id>`` in the source named by ``source``."""

    source = models.CharField(max_length=40, blank=True, default="")
    external_key = models.CharField(max_length=120, blank=True, default="")
    trace_id = models.UUIDField(null=True, blank=True)
    source_updated_at = models.DateTimeField(null=True, blank=True)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Master(FromSource):
    """A thing facts refer to. ``gone_at`` is set when its source no longer has it; it is never deleted."""

    code = models.CharField(max_length=80, blank=True, default="")
    name = models.CharField(max_length=200)
    active = models.BooleanField(default=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} ({self.code})" if self.code and self.code != self.name else self.name


class Fact(FromSource):
    """Something that happened. Natural key (source, external_key); ``deleted_at`` is a tombstone."""

    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["source", "external_key"], name="%(class)s_natural_key"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_key}"
