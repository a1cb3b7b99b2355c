"""Addresses of reminders of unpaid dossiers."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
