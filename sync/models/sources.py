"""Sources, their streams, and the runs of a stream."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from sync.secrets import EncryptedTextField


class Source(models.Model):
    """A system we read. ``connector`` is a key of ``sync.connectors.REGISTRY``; secrets are encrypted.

    Its circuit breaker (``sync.breaker``): ``failures`` in a row over all streams; ``open_until``, before
    which nothing is asked; ``probed_at``, since when one stream tries whether it answers again.
    """

    name = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    connector = models.CharField(max_length=40)
    url = models.CharField(max_length=400)  # a folder's too; see sync.addresses
    database = models.CharField(max_length=120, blank=True, default="")
    username = models.CharField(max_length=200, blank=True, default="")
    password = EncryptedTextField(blank=True, default="")
    api_key = EncryptedTextField(blank=True, default="")
    options = models.JSONField(default=dict, blank=True)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True, blank=True)
    probed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.title


class Stream(models.Model):
    """One flow of a source, with its policy and its place in the source (``cursor``).

    ``read_through`` is when the source last had nothing more for us: the age of the stream's data.
    ``refresh_every_s``: how often all is read again beside what changed; null: never. ``refreshed_at`` and
    ``refresh_cursor``: when that last came to its end, and where it stands. ``reconciliation`` is the key of
    the rule that compares the stream with its source. ``sweep_began`` and ``sweep_cursor``: a deletion sweep
    under way; ``slow_due``: not before this goes a sweep or a full reading on.
    """

    class Direction(models.TextChoices):
        IN = "in", "In"
        OUT = "out", "Out"

    class Mode(models.TextChoices):
        EVENT = "event", "Event"
        POLL = "poll", "Poll"
        BATCH = "batch", "Batch"

    class Criticality(models.TextChoices):
        HIGH = "high", "High"
        NORMAL = "normal", "Normal"
        LOW = "low", "Low"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="streams")
    name = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    rank = models.PositiveSmallIntegerField(default=50)
    every_s = models.PositiveIntegerField(default=60)
    acceptable_delay_s = models.PositiveIntegerField(default=900)
    enabled = models.BooleanField(default=True)
    cursor = models.JSONField(default=dict, blank=True)
    next_due = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    read_through = models.DateTimeField(null=True, blank=True)
    swept_at = models.DateTimeField(null=True, blank=True)
    direction = models.CharField(max_length=3, choices=Direction, default=Direction.IN)
    mode = models.CharField(max_length=5, choices=Mode, default=Mode.POLL)
    criticality = models.CharField(max_length=6, choices=Criticality, default=Criticality.NORMAL)
    reconciliation = models.CharField(max_length=40, blank=True, default="")
    refresh_every_s = models.PositiveIntegerField(null=True, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True)
    refresh_cursor = models.JSONField(default=dict, blank=True)
    sweep_began = models.DateTimeField(null=True, blank=True)
    sweep_cursor = models.JSONField(default=dict, blank=True)
    slow_due = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["source", "rank", "name"]
        constraints = [models.UniqueConstraint(fields=["source", "name"], name="stream_name")]

    def __str__(self) -> str:
        return f"{self.source.name}/{self.name}"


class SyncRun(models.Model):
    """One run of a stream. Counts are rows; ``held`` are rows kept in the exception queue.

    ``goes_on``: it stopped between two pages, to give others their turn, and the next run goes on.

    ``delays``: how many of its rows came how long after they had changed, by ``sync.delays.LIMITS_S``; null:
    none did, or the source does not say when.
    """

    class Status(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule", "Schedule"
        MANUAL = "manual", "By hand"
        REPLAY = "replay", "Replay"
        SWEEP = "sweep", "Deletion sweep"
        REFRESH = "refresh", "Read again"
        PUSH = "push", "Sent to us"

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="runs")
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    trigger = models.CharField(max_length=10, choices=Trigger, default=Trigger.SCHEDULE)
    started_at = models.DateTimeField(auto_now_add=True)
    heartbeat_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField(null=True, blank=True)
    read = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    loaded = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    goes_on = models.BooleanField(default=False)
    error = models.TextField(blank=True, default="")
    started_by = models.CharField(max_length=150, blank=True, default="")
    delays = ArrayField(models.PositiveIntegerField(), null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["stream", "-started_at"]),
            models.Index(fields=["status"]),
            # A week of runs is counted from the index alone; the newest and the oldest are found by it.
            models.Index(fields=["-started_at"], include=("stream", "status"), name="run_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.stream_id} {self.status}"
