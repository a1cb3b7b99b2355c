"""Reminding clients of quotes without an answer, as the firm wants it and never against their wish."""

from datetime import date

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from extranet.actions.quote_history import lock_quote, write_quote_event
from extranet.actions.quote_mail import tell_quote_reminder
from extranet.enums_quote import QuoteEventKind
from extranet.models import Quote
from extranet.queries.quote import quote_settings
from extranet.queries.quote_due import is_due, is_quiet, quotes_to_remind
from kernel.jobs import firm_job, periodic
from tenants.actions.daily import enqueue_daily

logger = structlog.get_logger(__name__)


@periodic("20 7 * * *")  # in UTC: in the morning here, in summer and in winter
def remind_quotes() -> None:
    """Has the clients of each active firm's quotes reminded, by one job a firm."""
    enqueue_daily(remind_quotes_due, only_active=True)


@firm_job()
def remind_quotes_due() -> int:
    """Reminds of what is due today, where the firm wants it; returns how many mails leave."""
    sent = remind_of_quotes(today=timezone.localdate())
    if sent:
        logger.info("quotes_reminded", count=sent)
    return sent


def remind_of_quotes(*, today: date) -> int:
    """Returns how many clients are reminded on a day: nobody on Sundays and holidays, then the day after.

    Each mail is one transaction that holds the quote and looks at it again: a second job finds it told.
    """
    rules = quote_settings()
    if not rules.remind or is_quiet(today):
        return 0
    sent = 0
    for quote in quotes_to_remind(rules, today=today):
        with transaction.atomic():
            locked = lock_quote(quote)
            if not is_due(locked, rules, today=today):
                continue
            locked.reminders_sent += 1
            locked.reminded_on = today
            locked.save(update_fields=["reminders_sent", "reminded_on", "updated_at"])
            write_quote_event(locked, QuoteEventKind.REMINDED, actor=None, subject=locked.client_email)
            tell_quote_reminder(locked)
            sent += 1
    return sent


@transaction.atomic
def stop_quote_reminders(quote: Quote, *, user: User | None) -> bool:
    """Returns whether reminders of the quote were still on; now they are not."""
    locked = lock_quote(quote)
    if locked.reminders_stopped:
        return False
    locked.reminders_stopped = True
    locked.save(update_fields=["reminders_stopped", "updated_at"])
    write_quote_event(locked, QuoteEventKind.STOPPED, actor=user, name=locked.client_name)
    return True


@transaction.atomic
def resume_quote_reminders(quote: Quote, *, user: User) -> bool:
    """Returns whether reminders of the quote were stopped; now they are not."""
    locked = lock_quote(quote)
    if not locked.reminders_stopped:
        return False
    locked.reminders_stopped = False
    locked.save(update_fields=["reminders_stopped", "updated_at"])
    write_quote_event(locked, QuoteEventKind.RESUMED, actor=user)
    return True
