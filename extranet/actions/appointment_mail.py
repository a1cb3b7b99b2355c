"""Who is told what of a visit, in its own language and the firm's time, with the visit for its calendar."""

from collections.abc import Iterable
from decimal import Decimal
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from extranet.actions.appointment_row import note_event
from extranet.actions.order_mail import client_order_url, concerned
from extranet.actions.readers import in_language_of
from extranet.actions.sms import drop_visit_texts, text_visit
from extranet.calendar_file import ICS_TYPE, write_invitation
from extranet.emails_visit import VisitNews, deposit_late_mail, is_told_whole, visit_mail, visit_staff_mail
from extranet.enums_booking import AppointmentEventKind, AppointmentState
from extranet.enums_order import OrderOrigin
from extranet.models import Appointment
from extranet.queries.slot import booking_settings, zone_of
from kernel.tenancy import current_schema
from mail.actions.outgoing import queue_mail
from mail.content import Attachment
from tenants.links import here_url, schema_url
from themes.models import current_branding

_TOLD_STATES = {AppointmentState.CONFIRMED, AppointmentState.CANCELLED}
_STAFF_NEWS = {VisitNews.BOOKED, VisitNews.MOVED, VisitNews.CANCELLED}


def tell_visit(
    appointment: Appointment,
    news: VisitNews,
    *,
    by: User | None,
    before: Appointment | None = None,
    to_client: bool = True,
) -> None:
    """Mails who ordered and who opens the door (`to_client`), and who of the firm has to do with it but `by`.

    Clients get a text message too where the firm sends them.
    """
    drop_visit_texts(appointment)
    with timezone.override(zone_of(booking_settings())):
        # a time that is held is nobody's yet
        if to_client and appointment.state in _TOLD_STATES:
            _tell_client(appointment, news, before=before)
            text_visit(appointment, news)
        if news in _STAFF_NEWS:
            _tell_staff(appointment, news, by=by, before=before)


@transaction.atomic
def tell_change(saved: Appointment, *, before: Appointment, by: User, to_client: bool) -> None:
    """Tells of what concerns those whom a visit is for: another time, somebody else, another address."""
    if (before.starts_at, before.diagnostician_id) != (saved.starts_at, saved.diagnostician_id):
        tell_visit(saved, VisitNews.MOVED, by=by, before=before, to_client=to_client)
    elif before.address_line != saved.address_line or before.ends_at != saved.ends_at:
        tell_visit(saved, VisitNews.BOOKED, by=by, to_client=to_client)


def tell_client_now(appointment: Appointment, *, user: User) -> bool:
    """Returns whether the client was mailed a visit as it is now, because somebody of the firm wants it."""
    if not client_addresses(appointment) or appointment.state not in _TOLD_STATES:
        return False
    with timezone.override(zone_of(booking_settings())):
        news = VisitNews.BOOKED if appointment.is_busy else VisitNews.CANCELLED
        _tell_client(appointment, news, before=None)
        text_visit(appointment, news)
    note_event(appointment, AppointmentEventKind.TOLD, user=user)
    return True


def _tell_client(appointment: Appointment, news: VisitNews, *, before: Appointment | None) -> None:
    addresses = client_addresses(appointment)
    firm_name = current_branding().site_name
    with in_language_of(appointment.contact):
        files = [invitation_of(appointment, firm_name=firm_name)]
        for rank, to in enumerate(addresses):
            # the order's page is for whoever ordered
            own = rank == 0 and appointment.order is not None and to == orderer_address(appointment)
            link = client_order_url(appointment.order) if own and appointment.order is not None else ""
            content = visit_mail(
                appointment, news, firm_name=firm_name, link=link, before=before, attachments=files, name=""
            )
            queue_mail(to=to, content=content, kind=f"visit_{news.value}")
    if addresses:
        now = timezone.now()
        # not by save: neither the version nor its date is another one for it
        Appointment.objects.filter(pk=appointment.pk).update(told_version=F("version"), told_at=now)
        appointment.told_version, appointment.told_at = appointment.version, now


def _tell_staff(appointment: Appointment, news: VisitNews, *, by: User | None, before: Appointment | None) -> None:
    link = here_url("appointment-detail", appointment.code)
    firm_name = current_branding().site_name
    told: set[str] = {by.email.lower()} if by is not None and by.is_firm_staff else set()
    for person in _staff_of(appointment, before):
        if person.email.lower() in told:
            continue
        told.add(person.email.lower())
        with person.in_own_language():
            files = [invitation_of(appointment, firm_name=firm_name)]
            content = visit_staff_mail(appointment, news, name=str(person), link=link, before=before, attachments=files)
            queue_mail(to=person.email, content=content, kind=f"visit_{news.value}_staff")
    for who in {appointment.diagnostician, *([before.diagnostician] if before is not None else [])}:
        # somebody who does not log in
        if who.user_id is None and who.email and who.email.lower() not in told:
            told.add(who.email.lower())
            with in_language_of(None):
                files = [invitation_of(appointment, firm_name=firm_name)]
                content = visit_staff_mail(
                    appointment, news, name=who.name, link=link, before=before, attachments=files
                )
                queue_mail(to=who.email, content=content, kind=f"visit_{news.value}_staff")


def _staff_of(appointment: Appointment, before: Appointment | None) -> Iterable[User]:
    for one in (appointment, before):
        if one is not None and one.diagnostician.user is not None and one.diagnostician.user.is_active:
            yield one.diagnostician.user
    if appointment.order is not None:
        yield from concerned(appointment.order)


def tell_deposit_late(appointment: Appointment, *, to: str, amount: Decimal) -> None:
    """Mails whoever paid that the time is somebody else's by now."""
    link = client_order_url(appointment.order) if appointment.order is not None else ""
    with timezone.override(zone_of(booking_settings())), in_language_of(appointment.contact):
        content = deposit_late_mail(appointment, amount=amount, firm_name=current_branding().site_name, link=link)
        queue_mail(to=to, content=content, kind="visit_deposit_late")


def client_addresses(appointment: Appointment) -> list[str]:
    """Returns who is told of a visit: who ordered it first, then who opens the door; each address once.

    Of an order from nobody knows whom, only its own address: a stranger must not have us write to others.
    """
    found = [orderer_address(appointment)]
    order = appointment.order
    if order is None or order.origin != OrderOrigin.VISITOR:
        found.append(appointment.person_email)
    return list({address.lower(): address for address in found if address}.values())


def orderer_address(appointment: Appointment) -> str:
    """Returns the address of who ordered a visit; empty when it is not known."""
    if appointment.order is not None and appointment.order.orderer_email:
        return appointment.order.orderer_email
    return appointment.contact.user.email if appointment.contact is not None else ""


def invitation_of(appointment: Appointment, *, firm_name: str) -> Attachment:
    """Returns the visit as a file for calendars."""
    host = urlsplit(schema_url(current_schema(), "")).hostname or ""
    told = write_invitation(appointment, host=host, firm_name=firm_name, with_place=is_told_whole(appointment))
    method = "CANCEL" if not appointment.is_busy else "PUBLISH"
    return Attachment(f"visite-{appointment.code}.ics", f"{ICS_TYPE}; method={method}", told)
