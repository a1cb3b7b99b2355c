"""How long mails are kept: their words for some weeks, their line in the log for a year and a month."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kernel.jobs import any_schema_job, periodic
from mail.limits import forget_hours
from mail.models import MailAttachment, MailState, OutgoingMail
from tenants.actions.daily import enqueue_daily

_BATCH = 1_000


@periodic("17 4 * * *")
def forget_mails_everywhere() -> None:
    """Has each firm's old mails forgotten, and the platform's own."""
    enqueue_daily(forget_mails)
    forget_mails.enqueue(once="daily")


@any_schema_job()
def forget_mails() -> None:
    """Blanks what is older than MAIL_BODY_DAYS and deletes what is older than MAIL_LOG_DAYS, a batch at a time."""
    now = timezone.now()
    blank_before = now - timedelta(days=settings.MAIL_BODY_DAYS)
    delete_before = now - timedelta(days=settings.MAIL_LOG_DAYS)
    old = OutgoingMail.objects.exclude(state=MailState.QUEUED)
    while keys := list(old.filter(created_at__lt=delete_before).values_list("pk", flat=True)[:_BATCH]):
        with transaction.atomic():
            OutgoingMail.objects.filter(pk__in=keys).delete()
    full = old.filter(created_at__lt=blank_before).exclude(text="", html="")
    while keys := list(full.values_list("pk", flat=True)[:_BATCH]):
        with transaction.atomic():
            MailAttachment.objects.filter(mail_id__in=keys).update(data=b"")
            OutgoingMail.objects.filter(pk__in=keys).update(text="", html="")
    forget_hours()
