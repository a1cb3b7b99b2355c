"""Reminding clients of their visits, each time once, by day in the firm's own time."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from extranet.actions.appointment_mail import client_addresses, tell_visit
from extranet.emails_visit import VisitNews
from extranet.enums_booking import AppointmentState, ReminderChannel
from extranet.models import Appointment, AppointmentReminder
from extranet.queries.slot import booking_settings, zone_of
from kernel.jobs import firm_job, periodic
from tenants.actions.daily import enqueue_daily

#: Nobody is woken: reminders leave from the first hour on and before the last one, in the firm's time.
FIRST_HOUR, LAST_HOUR = 7, 21


@periodic("12 * * * *")
def remind_of_visits_everywhere() -> None:
    """Has each open firm look for the visits of which it reminds, by one job a firm."""
    enqueue_daily(remind_of_visits, only_active=True)


@firm_job()
def remind_of_visits() -> int:
    """Sends the reminders that are due; returns how many visits people were reminded of."""
    settings, now = booking_settings(), timezone.now()
    waits = sorted({settings.first_reminder_hours, settings.last_reminder_hours} - {0})
    if not waits or not FIRST_HOUR <= now.astimezone(zone_of(settings)).hour < LAST_HOUR:
        return 0
    soon = Appointment.objects.filter(
        state=AppointmentState.CONFIRMED, starts_at__gt=now, starts_at__lte=now + timedelta(hours=waits[-1])
    )
    sent = 0
    for pk, starts_at in list(soon.order_by("starts_at", "pk").values_list("pk", "starts_at")):
        hours = next(each for each in waits if starts_at <= now + timedelta(hours=each))
        sent += remind_of_visit(pk, starts_at=starts_at, hours=hours)
    return sent


@transaction.atomic
def remind_of_visit(pk: int, *, starts_at: datetime, hours: int) -> bool:
    """Returns whether a visit that begins then was reminded of, `hours` before; never twice by the same channel.

    Not of one of which the client was told since that moment: it knows.
    """
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("diagnostician", "order", "contact__user")
    visit = rows.filter(pk=pk, state=AppointmentState.CONFIRMED, starts_at=starts_at).first()
    if visit is None or not client_addresses(visit):
        return False
    if visit.told_at is not None and visit.told_at > starts_at - timedelta(hours=hours):
        return False
    _row, is_new = AppointmentReminder.objects.get_or_create(
        appointment=visit, starts_at=starts_at, hours=hours, channel=ReminderChannel.MAIL
    )
    if is_new:
        tell_visit(visit, VisitNews.REMINDER, by=None)
    return is_new
