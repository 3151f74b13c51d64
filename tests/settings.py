"""The portal's settings in a folder of their own, with what tests want otherwise."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "VAR_DIR" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="mfgportal-tests-")
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
