"""The settings of the test run: the product's own, with what makes a test quick or strict."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "tests-only")
os.environ.setdefault("DIAGDESK_URL", "http://localhost")

from config.settings import *  # noqa: F403
from config.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# a server or worker that a test starts has the files of that test
STORAGE_DIR = Path(os.environ.get("STORAGE_DIR_OF_TESTS") or f"{tempfile.gettempdir()}/diagdesk-test-{os.getpid()}")
STORAGES["default"] = {"BACKEND": "storage.backends.DiskFirmStorage", "OPTIONS": {"location": str(STORAGE_DIR)}}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# mail servers of tests are on this machine
MAIL_ALLOW_PRIVATE_HOSTS = True
# so are those that are told of events
WEBHOOK_ALLOW_PRIVATE_HOSTS = True
# else each new test client looks at every static file first: 0.2 s
WHITENOISE_AUTOREFRESH = True
# nobody is written to: a test that sends starts the carriers' double
OVH_SMS_URL = BREVO_SMS_URL = TWILIO_SMS_URL = SMSMODE_SMS_URL = "http://127.0.0.1:9"
