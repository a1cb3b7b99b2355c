"""The measure of the lists: a Django view without tenancy, session or database, and without any middleware."""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.plain_settings"
django.setup()
settings.MIDDLEWARE = []  # only now: the log-in library refuses to start without its own
application = WSGIHandler()
