"""Webhooks."""

from django.urls import path

from api.views import webhook as views

_ONE = "webhooks/<str:code>"

urlpatterns = [
    path("webhooks/", views.WebhookList.as_view(), name="api-webhooks"),
    path(f"{_ONE}/", views.WebhookDetail.as_view(), name="api-webhook"),
    path(f"{_ONE}/secret/", views.WebhookSecret.as_view(), name="api-webhook-secret"),
    path(f"{_ONE}/test/", views.WebhookTrial.as_view(), name="api-webhook-test"),
]
