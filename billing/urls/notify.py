"""Addresses of what providers call."""

from django.urls import URLPattern, path

from billing.views import notify

urlpatterns: list[URLPattern] = [
    path("notifications/paiement/<str:token>/", notify.payment_notification, name="payment-notify"),
]
