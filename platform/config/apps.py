"""Which app lives in which schema."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The wiring, an app for its commands and checks alone."""

    name = "config"

    def ready(self) -> None:
        """Registers the system checks."""
        from config import checks  # noqa: F401


#: Tables in the public schema.
SHARED_APPS = [
    "config",
    "django_tenants",
    "tenants",
    "themes",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "procrastinate.contrib.django",
    "unfold",
    "django.contrib.admin",
    "console",
    # in both
    "accounts",
    "mail",
    "django.contrib.sessions",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    # without tables
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    # its array fields and exclusion constraints want it there
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "api",
]

#: Tables in each firm's schema. django.contrib.auth and contenttypes are not among them: see decisions/0004.
TENANT_APPS = [
    "accounts",
    "mail",
    "storage",
    "extranet",
    "billing",
    "django.contrib.sessions",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
