"""Settings of the processes under test: the product's, with a quick beat and the tests' clock."""

from mfgportal.settings import *  # noqa: F403 all of them
from tests.faults.harness.clock import travel_if_told

travel_if_told()

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BEAT_MAX_LOOP_INTERVAL = 0.2
CELERY_BEAT_SCHEDULE = {
    name: {**entry, "schedule": 0.5}
    for name, entry in CELERY_BEAT_SCHEDULE.items()  # noqa: F405 the product's
}
