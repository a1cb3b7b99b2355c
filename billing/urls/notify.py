"""Addresses of what providers call."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
