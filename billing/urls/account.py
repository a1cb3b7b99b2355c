"""Addresses of a firm's means of payment."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
