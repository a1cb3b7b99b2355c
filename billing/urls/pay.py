"""Addresses of paying, for clients with or without an account."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
