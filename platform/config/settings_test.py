"""The settings of the test run: the product's own, with what makes a test quick or strict."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "tests-only")
os.environ.setdefault("DIAGDESK_URL", "http://localhost")

from config.settings import *  # noqa: F403
from config.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGE_DIR = Path(tempfile.gettempdir()) / f"diagdesk-test-{os.getpid()}"
STORAGES["default"] = {"BACKEND": "storage.backends.DiskFirmStorage", "OPTIONS": {"location": str(STORAGE_DIR)}}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
