"""Addresses of contact imports."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
