"""Visits as calendars read them (iCalendar, RFC 5545, through the icalendar library)."""

from collections.abc import Callable, Iterable
from datetime import UTC

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Todo

from extranet.enums import DiagnosticKind
from extranet.enums_booking import AppointmentState
from extranet.enums_order import OrderState
from extranet.models import Appointment, Order
from extranet.rules import address_on_one_line

ICS_TYPE = "text/calendar; charset=utf-8"
_TASK_STATUS = {
    OrderState.DRAFT: "NEEDS-ACTION",
    OrderState.TODO: "NEEDS-ACTION",
    OrderState.ONGOING: "IN-PROCESS",
    OrderState.DONE: "COMPLETED",
    OrderState.CANCELLED: "CANCELLED",
}
_STATUS = {
    AppointmentState.HELD: "TENTATIVE",
    AppointmentState.CANCELLED: "CANCELLED",
    AppointmentState.EXPIRED: "CANCELLED",
}


def write_feed(appointments: Iterable[Appointment], *, name: str, host: str, link: Callable[[str], str]) -> bytes:
    """Returns the calendar of somebody's visits, for a program that reads it again and again."""
    calendar = _calendar()
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    # how often to look again
    calendar.add("refresh-interval", "PT30M", parameters={"value": "DURATION"}, encode=False)
    calendar.add("x-published-ttl", "PT30M", encode=False)
    for appointment in appointments:
        calendar.add_component(_event(appointment, host=host, url=link(appointment.code)))
    return bytes(calendar.to_ical())


def write_invitation(appointment: Appointment, *, host: str, firm_name: str, with_place: bool = True) -> bytes:
    """Returns one visit as a file for whoever it is at: nothing in it is for the staff alone.

    Without `with_place` its address is left out.
    """
    calendar = _calendar()
    gone = appointment.state in {AppointmentState.CANCELLED, AppointmentState.EXPIRED}
    calendar.add("method", "CANCEL" if gone else "PUBLISH")
    summary = _("Diagnostics – %(firm)s") % {"firm": firm_name}
    event = _event(appointment, host=host, url="", summary=summary, own=False, with_place=with_place)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def write_order_calendar(order: Order, visits: Iterable[Appointment], *, host: str, link: str) -> bytes:
    """Returns an order as a task, due on the day by which its reports are wanted, with its visits: for the firm."""
    calendar = _calendar()
    task = Todo()
    task.add("uid", f"order-{order.code}@{host}")
    task.add("sequence", order.version)
    task.add("dtstamp", order.updated_at.astimezone(UTC))
    task.add("last-modified", order.updated_at.astimezone(UTC))
    task.add("status", _TASK_STATUS[OrderState(order.state)])
    task.add("priority", 1 if order.urgent else 0)
    task.add("summary", " – ".join(part for part in (order.number, order.orderer, order.city) if part))
    if order.wanted_by is not None:
        task.add("due", order.wanted_by)
    if order.done_at is not None:
        task.add("completed", order.done_at.astimezone(UTC))
    if order.address_line:
        task.add("location", order.address_line)
    labels = dict(DiagnosticKind.choices)
    kinds = ", ".join(str(labels.get(kind, kind)) for kind in order.diagnostics)
    access = " ".join(part for part in (order.access_name, order.access_phone) if part)
    if text := "\n".join(part for part in (kinds, access, order.keys, order.access_note, order.remarks) if part):
        task.add("description", text)
    task.add("url", link)
    calendar.add_component(task)
    for visit in visits:
        calendar.add_component(_event(visit, host=host, url=""))
    return bytes(calendar.to_ical())


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Diagdesk//Visits//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _event(
    appointment: Appointment, *, host: str, url: str, summary: str = "", own: bool = True, with_place: bool = True
) -> Event:
    event = Event()
    # the same for as long as the visit exists, whatever becomes of it
    event.add("uid", f"visit-{appointment.code}@{host}")
    event.add("sequence", appointment.version)
    event.add("dtstamp", appointment.updated_at.astimezone(UTC))
    event.add("last-modified", appointment.updated_at.astimezone(UTC))
    # instants in UTC: each calendar shows them in its owner's time, whatever daylight saving does
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("dtend", appointment.ends_at.astimezone(UTC))
    event.add("status", _STATUS.get(AppointmentState(appointment.state), "CONFIRMED"))
    event.add("summary", summary or _summary(appointment))
    place = ", ".join(part for part in (appointment.street, appointment.street_extra) if part)
    where = address_on_one_line(place, appointment.postcode, appointment.city)
    if where and with_place:
        event.add("location", where)
    if own and appointment.latitude is not None and appointment.longitude is not None:
        event.add("geo", (appointment.latitude, appointment.longitude))
    if text := "\n".join(_lines(appointment, own=own)):
        event.add("description", text)
    if url:
        event.add("url", url)
    return event


def _summary(appointment: Appointment) -> str:
    who = appointment.person_name or (str(appointment.contact) if appointment.contact else "") or _("Visit")
    return f"{who} – {appointment.city}" if appointment.city else who


def _lines(appointment: Appointment, *, own: bool) -> Iterable[str]:
    labels = dict(DiagnosticKind.choices)
    if appointment.diagnostics:
        yield ", ".join(str(labels.get(kind, kind)) for kind in appointment.diagnostics)
    if own:
        if appointment.surface:
            yield f"{appointment.surface.normalize():f} m²"
        if appointment.person_phone:
            yield f"{appointment.person_name} {appointment.person_phone}".strip()
        if appointment.access_note:
            yield appointment.access_note
        if appointment.staff_note:
            yield appointment.staff_note
    else:
        yield str(appointment.diagnostician)
