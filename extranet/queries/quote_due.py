"""Which quotes are to be reminded of."""

import calendar
from datetime import date, timedelta

from django.utils import timezone

from extranet.enums_quote import QuoteState
from extranet.models import Quote, QuoteSettings
from extranet.queries.slot import booking_settings, public_holidays


def is_quiet(day: date) -> bool:
    """Whether nobody is reminded on a day: Sundays and the public holidays of the firm's region."""
    return day.weekday() == calendar.SUNDAY or day in public_holidays(booking_settings().holiday_region, day, day)


def quotes_to_remind(rules: QuoteSettings, *, today: date) -> list[Quote]:
    """Returns the quotes of which somebody is to be reminded on a day, the oldest first: one query."""
    found = Quote.objects.filter(
        state=QuoteState.ISSUED,
        valid_until__gte=today,
        reminders_stopped=False,
        reminders_sent__lt=rules.most_reminders,
        pdf__isnull=False,
    ).exclude(client_email="")
    return [quote for quote in found.order_by("issued_at", "id") if is_due(quote, rules, today=today)]


def is_due(quote: Quote, rules: QuoteSettings, *, today: date) -> bool:
    """Whether to remind of a quote on a day: so many days after the last mail, and once more before its end."""
    if quote.state != QuoteState.ISSUED or quote.reminders_stopped or not quote.client_email or not quote.pdf_sha256:
        return False
    if quote.reminders_sent >= rules.most_reminders or quote.valid_until is None or quote.valid_until < today:
        return False
    assert quote.issued_at is not None
    told = max(timezone.localdate(quote.issued_at), quote.reminded_on or date.min)
    if told + timedelta(days=rules.remind_after_days) <= today:
        return True
    ending = quote.valid_until - timedelta(days=rules.remind_before_days)
    return rules.remind_before_days > 0 and told < ending <= today
