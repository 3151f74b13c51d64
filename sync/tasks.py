"""Celery's shells. PostgreSQL is the truth: a task only wakes, and is safe to run twice, late or never."""

from celery import shared_task


@shared_task
def wake_streams() -> None:
    """Start every stream that is due."""
    raise NotImplementedError


@shared_task
def run_stream(stream_id: int, trigger: str = "schedule", by: str = "") -> None:
    """Read one stream."""
    raise NotImplementedError


@shared_task
def sync_source(source_id: int, by: str = "") -> None:
    """Read all streams of a source now, masters first."""
    raise NotImplementedError


@shared_task
def replay_exception(exception_id: int, by: str = "") -> None:
    """Try again what an exception holds."""
    raise NotImplementedError


@shared_task
def sweep_stream(stream_id: int, by: str = "") -> None:
    """Look for rows the source has no more."""
    raise NotImplementedError


@shared_task
def refresh_components() -> None:
    """Bring the components up to date with the facts and the clock."""
    raise NotImplementedError
