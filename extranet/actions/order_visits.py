"""What becomes of the visits of an order that is cancelled."""

from django.utils import timezone

from accounts.models import User
from extranet.actions.appointment import cancel_appointment
from extranet.actions.appointment_mail import tell_visit
from extranet.actions.client_booking import release_hold
from extranet.emails_visit import VisitNews
from extranet.enums_booking import BUSY_STATES, AppointmentState
from extranet.models import Appointment, Order


def cancel_visits(order: Order, *, reason: str, user: User) -> None:
    """Cancels the visits to come of a locked order, in the caller's transaction; both sides are told.

    By the firm all of a deposit is given back, by the client what its booking's rules say. Raises DomainError
    `too_late` when the client is no longer in time for one of them.
    """
    coming = Appointment.objects.filter(order=order, state__in=BUSY_STATES, starts_at__gt=timezone.now())
    for visit in coming.order_by("pk"):
        if visit.state == AppointmentState.HELD:
            release_hold(visit, user=user)
            continue
        cancelled = cancel_appointment(visit, reason=reason, user=user, by_client=not user.is_firm_staff)
        tell_visit(cancelled, VisitNews.CANCELLED, by=user)
