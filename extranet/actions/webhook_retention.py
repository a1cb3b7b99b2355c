"""How long events and what became of them are kept."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from extranet.models import WebhookEvent
from kernel.jobs import firm_job, periodic
from tenants.actions.daily import enqueue_daily

_BATCH = 1_000


@firm_job()
def forget_webhook_events() -> None:
    """Deletes events older than WEBHOOK_LOG_DAYS with their deliveries, a batch at a time."""
    old = WebhookEvent.objects.filter(created_at__lt=timezone.now() - timedelta(days=settings.WEBHOOK_LOG_DAYS))
    while keys := list(old.values_list("pk", flat=True)[:_BATCH]):
        with transaction.atomic():
            WebhookEvent.objects.filter(pk__in=keys).delete()


@periodic("27 4 * * *")
def forget_webhook_events_everywhere() -> None:
    """Has each firm's old events forgotten."""
    enqueue_daily(forget_webhook_events)
