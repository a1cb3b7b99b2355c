"""The interface for programs, an app for its templates and checks alone."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The API."""

    name = "api"
