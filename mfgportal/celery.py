"""The Celery application.

Tasks carry wake-ups only: all state is in PostgreSQL, so a lost message delays and never loses.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mfgportal.settings")

app = Celery("mfgportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["sync", "mfgportal.alerts", "mfgportal.reports", "mfgportal.workbench"])
