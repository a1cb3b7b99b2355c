"""Demo clients who book the visit of their order: the firm's rules and a visit that is booked; nobody is mailed."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from extranet.actions.appointment import book_offered
from extranet.enums_booking import DepositKind
from extranet.enums_order import OrderState
from extranet.models import Appointment, BookingSettings, Diagnostician, Order
from extranet.queries.client_booking import offer_for, visit_values
from extranet.queries.slot import booking_settings

#: The firm whose clients book, and how many days ahead the visit is.
_FIRM, _DAYS = "armor", 4


def seed_bookings(subdomain: str) -> None:
    """Lets a demo firm's clients book with a deposit, and books the visit of the order that is in progress."""
    if subdomain != _FIRM:
        return
    BookingSettings.objects.update(
        client_booking=True,
        visitor_booking=True,
        deposit_kind=DepositKind.PERCENT,
        deposit_percent=30,
        deposit_min=Decimal(40),
        deposit_max=Decimal(120),
    )
    order = Order.objects.select_related("contact").filter(state=OrderState.ONGOING).first()
    if order is None:
        return
    first = timezone.localdate() + timedelta(days=_DAYS)
    days = offer_for(order, booking_settings(), first=first).days
    if not days:
        return
    slot = days[0][1][0]
    visit = book_offered(
        Diagnostician.objects.get(pk=slot.worker),
        starts_at=slot.start,
        ends_at=slot.end,
        values=visit_values(order),
        order=order,
        contact=order.contact,
        user=order.contact.user if order.contact is not None else None,
    )
    Appointment.objects.filter(pk=visit.pk).update(told_version=visit.version, told_at=timezone.now())
