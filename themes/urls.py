"""The look's own addresses, on every host."""

from django.urls import path

from themes import delivery, views

urlpatterns = [
    path("theme.css", views.theme_css, name="theme-css"),
    path("branding/logo", delivery.logo, name="branding-logo"),
    path("branding/background", delivery.background, name="branding-background"),
]
