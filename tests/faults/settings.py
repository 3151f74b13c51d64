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
# Only what tests wait for: the more ticks, the less a slow machine gets done between them.
CELERY_BEAT_SCHEDULE["wake_streams"]["schedule"] = 0.5  # noqa: F405 the product's
CELERY_BEAT_SCHEDULE["refresh_components"]["schedule"] = 1.0  # noqa: F405
