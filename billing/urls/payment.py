"""Addresses of the payments, for the firm and its clients."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
