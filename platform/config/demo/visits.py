"""The demo's diagnosticians and their visits, around the day on which it is seeded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import User
from extranet.actions.appointment import book_appointment, finish_appointment
from extranet.actions.diagnostician import add_absence, save_diagnostician
from extranet.enums import GeoState
from extranet.models import Appointment, BookingSettings, Contact, Diagnostician
from extranet.slots import instant
from kernel.errors import DomainError

_ZONE = ZoneInfo("Europe/Paris")
_WEEK = [(weekday, *half) for weekday in range(5) for half in ((time(9), time(12, 30)), (time(13, 30), time(18)))]


@dataclass(frozen=True)
class DemoVisit:
    """A visit: whose, working days from today, when, how long, for whom, where (with its place), what."""

    who: int
    days: int
    clock: str
    minutes: int
    person: str
    street: str
    town: tuple[str, str]
    place: tuple[float, float]
    diagnostics: tuple[str, ...]
    client: str = ""
    note: str = ""


@dataclass(frozen=True)
class DemoPlanning:
    """The people who make a demo firm's visits (the staff's user is the first one's), and the visits."""

    office: tuple[float, float]
    people: tuple[Mapping[str, Any], ...]
    visits: tuple[DemoVisit, ...] = field(default=())


_BREST, _PLOUGASTEL, _LANDERNEAU = ("29200", "Brest"), ("29470", "Plougastel-Daoulas"), ("29800", "Landerneau")
PLANNINGS = {
    "armor": DemoPlanning(
        office=(48.3876, -4.4893),
        people=(
            {"name": "Yann Kerdraon", "colour": "blue", "phone": "06 00 00 00 11", "city": "Brest"},
            {"name": "Maëlle Guivarc’h", "colour": "teal", "postcodes": ["29"], "city": "Landerneau"},
            {"name": "Loïc Abgrall", "colour": "orange", "diagnostics": ["dpe", "audit", "boutin", "carrez"]},
        ),
        visits=(
            DemoVisit(
                0,
                0,
                "09:00",
                135,
                "Mme Lefèvre",
                "12 rue des Capucins",
                _BREST,
                (48.3891, -4.4946),
                ("dpe", "amiante", "elec"),
                "agence-du-port",
                "Clés à l’agence, code 4512.",
            ),
            DemoVisit(
                0,
                0,
                "11:30",
                60,
                "M. Nuñez",
                "4 quai de la Douane",
                _BREST,
                (48.3815, -4.4870),
                ("gaz", "elec"),
                "agence-du-port",
            ),
            DemoVisit(
                0,
                0,
                "14:30",
                120,
                "Succession Le Gall",
                "7 rue de l’Église",
                _PLOUGASTEL,
                (48.3728, -4.3701),
                ("dpe", "termites", "gaz"),
                "etude-facon",
            ),
            DemoVisit(
                1,
                0,
                "09:30",
                90,
                "Mme Abiven",
                "3 place du Marché",
                _LANDERNEAU,
                (48.4512, -4.2490),
                ("dpe", "erp"),
            ),
            DemoVisit(
                1,
                0,
                "14:00",
                180,
                "Les Quais Gestion",
                "2 rue de Siam",
                _BREST,
                (48.3876, -4.4893),
                ("dta",),
                "les-quais",
            ),
            DemoVisit(2, 0, "10:00", 75, "M. Tanguy", "18 rue Jean-Jaurès", _BREST, (48.3945, -4.4820), ("dpe",)),
            DemoVisit(
                0,
                1,
                "09:30",
                120,
                "Mme Le Roux",
                "5 rue du Bois d’Amour",
                _BREST,
                (48.4002, -4.5011),
                ("dpe", "crep", "elec"),
                "agence-du-port",
            ),
            DemoVisit(
                1,
                1,
                "10:00",
                60,
                "M. Cadiou",
                "22 route de Quimper",
                _PLOUGASTEL,
                (48.3702, -4.3688),
                ("termites",),
            ),
            DemoVisit(
                2, 1, "14:00", 75, "Mme Ollivier", "9 rue de Lyon", _BREST, (48.3899, -4.4861), ("boutin", "dpe")
            ),
            DemoVisit(
                0,
                2,
                "14:00",
                150,
                "SCI du Moulin",
                "1 rue du Moulin",
                _LANDERNEAU,
                (48.4530, -4.2551),
                ("amiante", "dpe", "gaz", "elec"),
                "etude-facon",
            ),
            DemoVisit(1, 3, "09:00", 90, "M. Guéguen", "14 rue Branda", _BREST, (48.3885, -4.4921), ("dpe", "gaz")),
            DemoVisit(
                0,
                -1,
                "10:00",
                90,
                "Mme Prigent",
                "8 rue Algésiras",
                _BREST,
                (48.3871, -4.4855),
                ("dpe",),
                "agence-du-port",
            ),
        ),
    ),
    "midi": DemoPlanning(
        office=(43.3442, 3.2158),
        people=({"name": "Paul Saint-Étienne", "colour": "purple", "city": "Béziers"},),
        visits=(
            DemoVisit(
                0,
                1,
                "10:00",
                90,
                "Famille Benaïm",
                "3 impasse des Cigales",
                ("34500", "Béziers"),
                (43.3442, 3.2158),
                ("dpe", "gaz"),
                "immo-herault",
            ),
        ),
    ),
}


def seed_visits(planning: DemoPlanning, *, staff: User, contacts: Mapping[str, Contact]) -> None:
    """Makes the firm's diagnosticians, an absence and the visits, those before today made."""
    BookingSettings.objects.update(
        latitude=planning.office[0], longitude=planning.office[1], geo_state=GeoState.BY_HAND
    )
    people = []
    for rank, values in enumerate(planning.people):
        person = save_diagnostician(None, values={**values, "user": staff if rank == 0 else None}, hours=_WEEK)
        people.append(person)
        place = {"latitude": planning.office[0], "longitude": planning.office[1], "geo_state": GeoState.BY_HAND}
        Diagnostician.objects.filter(pk=person.pk).update(**place)
    for visit in planning.visits:
        day = _working_day(visit.days)
        try:
            _book(visit, people[visit.who], day, staff=staff, contact=contacts.get(visit.client))
        except DomainError:  # seeded again over a holiday, two may fall on one day
            continue
    first = _working_day(2)
    add_absence(
        people[-1],
        kind="training",
        starts_at=instant(first, time.min, _ZONE),
        ends_at=instant(first + timedelta(days=1), time.min, _ZONE),
        note="Recyclage amiante",
    )


def _book(visit: DemoVisit, person: Diagnostician, day: date, *, staff: User, contact: Contact | None) -> None:
    starts_at: datetime = instant(day, time.fromisoformat(visit.clock), _ZONE)
    made = book_appointment(
        person,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=visit.minutes),
        values={
            "diagnostics": list(visit.diagnostics),
            "street": visit.street,
            "postcode": visit.town[0],
            "city": visit.town[1],
            "person_name": visit.person,
            "person_phone": "06 00 00 00 20",
            "access_note": visit.note,
        },
        contact=contact,
        user=staff,
    )
    place = {"latitude": visit.place[0], "longitude": visit.place[1], "geo_state": GeoState.BY_HAND}
    Appointment.objects.filter(pk=made.pk).update(**place)
    if visit.days < 0:
        finish_appointment(made, made=True, user=staff)


def _working_day(ahead: int) -> date:
    """Returns the day so many working days from today, or from the next one when today is none."""
    day, step = timezone.localdate(), -1 if ahead < 0 else 1
    while day.weekday() > 4:
        day += timedelta(days=1)
    for _ in range(abs(ahead)):
        day += timedelta(days=step)
        while day.weekday() > 4:
            day += timedelta(days=step)
    return day
