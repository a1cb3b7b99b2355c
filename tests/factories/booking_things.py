"""What the route matrix asks of the calendar: alpha's people and visits, what the page of its rules sends."""

from dataclasses import dataclass
from datetime import time, timedelta

from django.utils import timezone

from extranet.actions.appointment import book_appointment, cancel_appointment, move_appointment
from extranet.actions.diagnostician import add_absence, create_calendar_feed, save_diagnostician
from extranet.models import Absence, Appointment, BookingSettings, DiagnosticDuration, Diagnostician
from tests.factories.cast import Cast


@dataclass
class Visits:
    """Somebody who makes visits; visits that are planned, over, cancelled and just moved; an absence."""

    person: Diagnostician
    planned: Appointment
    over: Appointment
    cancelled: Appointment
    moved: Appointment
    absence: Absence


def add_booking_things(cast: Cast) -> Visits:
    hours = [(weekday, time(9), time(18)) for weekday in range(5)]
    person = save_diagnostician(None, values={"name": "Diane", "city": "Brest"}, hours=hours)
    create_calendar_feed(person, user=cast.bob)
    now = timezone.now().replace(minute=0, second=0, microsecond=0)

    def visit(days: int) -> Appointment:
        starts_at = now + timedelta(days=days)
        return book_appointment(
            person,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            values={"city": "Brest", "person_name": "Eve", "person_email": "eve@door.example"},
            user=cast.bob,
        )

    planned, over, cancelled, moved = (visit(days) for days in (2, -2, 3, 4))
    cancel_appointment(cancelled, user=cast.bob)
    moved = move_appointment(moved, diagnostician=person, starts_at=now + timedelta(days=5), user=cast.bob)
    absence = add_absence(
        person, kind="leave", starts_at=now + timedelta(days=20), ends_at=now + timedelta(days=21), note=""
    )
    return Visits(person, planned, over, cancelled, moved, absence)


def booking_settings_data() -> dict[str, str]:
    """Returns what the page of the rules of visits sends, with a longer buffer."""
    settings = BookingSettings.objects.get(pk=1)
    sent = {field.name: str(getattr(settings, field.name) or "") for field in settings._meta.fields}
    for each in DiagnosticDuration.objects.all():
        sent |= {f"m_{each.kind}": str(each.minutes), f"x_{each.kind}": str(each.extra_minutes)}
    return sent | {"buffer_minutes": "17"}
