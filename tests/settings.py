"""The portal's settings in a folder of their own, with what tests want otherwise."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# A process that runs a part of the tests has servers of its own; what it starts shares them.
if "VAR_DIR" not in os.environ or os.environ.get("VAR_DIR_OF", "") != os.environ.get(
    "PYTEST_XDIST_WORKER", ""
):
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="mfgportal-tests-")
    os.environ["VAR_DIR_OF"] = os.environ.get("PYTEST_XDIST_WORKER", "")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
    Path(os.environ["VAR_DIR"]).chmod(0o711)  # so that PostgreSQL can be in it when root runs the tests

from mfgportal.settings import *  # noqa: F403 the folder must be named first

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # noqa: F405 whitenoise warns without it
