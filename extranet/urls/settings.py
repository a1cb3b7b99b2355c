"""Addresses of a firm's settings."""

from django.urls import path

from extranet.views.office import branding

urlpatterns = [
    path("apparence/", branding.branding_edit, name="branding-edit"),
]
