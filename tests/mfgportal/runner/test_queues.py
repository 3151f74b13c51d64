"""Which worker takes what."""

from django.conf import settings

from mfgportal.alerts import tasks as alerts
from mfgportal.celery import app
from mfgportal.reports import tasks as reports
from mfgportal.runner import programs
from mfgportal.workbench import tasks as workbench
from sync import broker, tasks


def test_what_may_wait_for_a_source_keeps_no_tick_waiting() -> None:
    """Ticks go to a queue that one worker serves alone; every task named apart exists, and all are served."""
    modules = tuple(f"{module.__name__}." for module in (tasks, alerts, reports, workbench))
    known = {name for name in app.tasks if name.startswith(modules)}
    apart = set(settings.CELERY_TASK_ROUTES)
    assert apart < known
    assert not apart & {tick["task"] for tick in settings.CELERY_BEAT_SCHEDULE.values()}
    queues = {"celery", *(route["queue"] for route in settings.CELERY_TASK_ROUTES.values())}
    assert f"--queues={','.join(sorted(queues))}" in programs.worker("INFO").argv
    assert "--queues=celery" in programs.ticker("INFO").argv
    assert set(broker.QUEUES) == queues
