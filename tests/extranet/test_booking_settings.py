"""Who makes visits and by which rules, absences, and the addresses from which calendar programs read."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from icalendar import Calendar

from extranet.actions.appointment import cancel_appointment, hold_slot, move_appointment
from extranet.actions.diagnostician import create_calendar_feed, use_calendar_feed
from extranet.calendar_file import write_invitation
from extranet.models import (
    Absence,
    Appointment,
    BookingSettings,
    CalendarFeed,
    DiagnosticDuration,
    Diagnostician,
)
from kernel.tenancy import firm_context
from tests.extranet.booking import PARIS, add_person, add_visit, at, working_day
from tests.factories.booking_things import booking_settings_data
from tests.factories.cast import Cast
from tests.support import at_host, logged_in, said

pytestmark = pytest.mark.django_db
NEW, SETTINGS, ABSENCES = "/reglages/agenda/diagnostiqueurs/nouveau/", "/reglages/agenda/", "/agenda/absences/"


@pytest.fixture
def person(cast: Cast) -> Diagnostician:
    with firm_context("firm_alpha"):
        return add_person("Diane", email="diane@alpha.example")


# --- the rules --------------------------------------------------------------------------------------------------------


def test_a_new_firm_has_rules_and_durations_at_once(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        assert BookingSettings.objects.get().time_zone == "Europe/Paris"
        assert DiagnosticDuration.objects.get(kind="dpe").minutes == 45
    assert logged_in("alpha", cast.anna).get(SETTINGS).status_code == 200


def test_the_rules_are_saved_with_the_durations(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        data = booking_settings_data()
    anna = logged_in("alpha", cast.anna)
    changed = {
        "time_zone": "Indian/Reunion",
        "holiday_region": "974",
        "m_dpe": "50",
        "x_dpe": "7",
        "city": "Saint-Denis",
    }
    assert anna.post(SETTINGS, data | changed).status_code == 302
    with firm_context("firm_alpha"):
        settings = BookingSettings.objects.get()
        assert (settings.time_zone, settings.buffer_minutes, settings.geo_state) == ("Indian/Reunion", 17, "waiting")
        row = DiagnosticDuration.objects.get(kind="dpe")
        assert (row.minutes, row.extra_minutes) == (50, 7)
    with firm_context("firm_beta"):
        assert DiagnosticDuration.objects.get(kind="dpe").minutes == 45


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hold_minutes", "29"),
        ("horizon_days", "0"),
        ("horizon_days", "99999"),
        ("speed_kmh", "0"),
        ("detour_percent", "99"),
        ("m_dpe", "-1"),
        ("m_dpe", "abc"),
        ("x_gaz", "61"),
        ("step_minutes", "7"),
        ("time_zone", "Mars/Olympus"),
    ],
)
def test_rules_that_cannot_be_are_told_and_nothing_is_saved(cast: Cast, field: str, value: str) -> None:
    with firm_context("firm_alpha"):
        data = booking_settings_data()
    answer = logged_in("alpha", cast.anna).post(SETTINGS, data | {field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    with firm_context("firm_alpha"):
        assert BookingSettings.objects.get().buffer_minutes == 10


# --- the people -------------------------------------------------------------------------------------------------------


def typed(**values: Any) -> dict[str, Any]:
    hours = {
        "h0a_from": "08:30",
        "h0a_to": "12:00",
        "h0b_from": "13:00",
        "h0b_to": "17:30",
        "h2a_from": "9h",
        "h2a_to": "12h30",
    }
    return {"name": "Denis", "colour": "red", "is_active": "on", "takes_online": "on"} | hours | values


def test_a_diagnostician_is_added_with_hours_zone_and_diagnostics(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    data = typed(postcodes="29, 561;2A", diagnostics=["dpe", "gaz"], user=str(cast.bob.pk))
    assert anna.post(NEW, data)["Location"] == f"{SETTINGS}#people"
    with firm_context("firm_alpha"):
        saved = Diagnostician.objects.get()
        assert (saved.postcodes, saved.diagnostics, saved.user) == (["29", "561", "20"], ["dpe", "gaz"], cast.bob)
        assert list(saved.hours.values_list("weekday", "starts", "ends")) == [
            (0, time(8, 30), time(12)),
            (0, time(13), time(17, 30)),
            (2, time(9), time(12, 30)),
        ]
    page = anna.get(f"/reglages/agenda/diagnostiqueurs/{saved.code}/")
    assert 'value="13:00"' in page.content.decode()


def test_a_change_replaces_the_hours_and_keeps_what_is_planned(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        visit = add_visit(person, "10:00", "11:00")
    anna = logged_in("alpha", cast.anna)
    data = {"name": "Diane", "colour": "teal", "h4a_from": "10:00", "h4a_to": "11:00"}
    anna.post(f"/reglages/agenda/diagnostiqueurs/{person.code}/", data)
    with firm_context("firm_alpha"):
        person.refresh_from_db()
        visit.refresh_from_db()
        assert (person.is_active, person.takes_online, person.hours.count()) == (False, False, 1)
        assert visit.state == "confirmed"
    text = logged_in("alpha", cast.bob).get("/agenda/", {"day": working_day().isoformat()}).content.decode()
    assert f"visit-{visit.code}" in text, "whoever leaves stays in the calendar as long as something is planned"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"postcodes": "29, soup"}, "postcodes"),
        ({"postcodes": "290000"}, "postcodes"),
        ({"h0a_to": ""}, "h0a_to"),
        ({"h0a_from": ""}, "h0a_from"),
        ({"h0a_to": "08:00"}, "h0a_to"),
        ({"h0b_from": "11:00"}, "h0b_from"),
        ({"h0a_from": "25:00"}, "h0a_from"),
        ({"colour": "gold"}, "colour"),
        ({"diagnostics": ["soup"]}, "diagnostics"),
        ({"user": "999999"}, "user"),
        ({"email": "x"}, "email"),
    ],
)
def test_nonsense_about_a_person_is_told_at_its_field(cast: Cast, wrong: dict[str, Any], field: str) -> None:
    answer = logged_in("alpha", cast.anna).post(NEW, typed() | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    with firm_context("firm_alpha"):
        assert not Diagnostician.objects.exists()


def test_a_client_is_no_diagnostician_and_a_user_only_one(cast: Cast, person: Diagnostician) -> None:
    anna = logged_in("alpha", cast.anna)
    assert list(anna.post(NEW, typed(user=str(cast.alice.user_id))).context["form"].errors) == ["user"]
    anna.post(NEW, typed(user=str(cast.bob.pk)))
    assert list(anna.post(NEW, typed(user=str(cast.bob.pk))).context["form"].errors) == ["user"]


# --- absences ---------------------------------------------------------------------------------------------------------


def test_an_absence_of_days_tells_which_visits_are_in_it(cast: Cast, person: Diagnostician) -> None:
    day = working_day()
    with firm_context("firm_alpha"):
        add_visit(person, "10:00", "11:00")
    bob = logged_in("alpha", cast.bob)
    data = {
        "who": person.code,
        "kind": "leave",
        "first_day": day.isoformat(),
        "last_day": (day + timedelta(days=1)).isoformat(),
    }
    answer = bob.post(ABSENCES, data, follow=True)
    assert "1 visite y est planifiée" in answer.content.decode()
    with firm_context("firm_alpha"):
        absence = Absence.objects.get()
        assert absence.starts_at == at("00:00")
        assert absence.ends_at == at("00:00", day + timedelta(days=2))
    bob.post(f"{ABSENCES}{absence.code}/supprimer/")
    with firm_context("firm_alpha"):
        assert not Absence.objects.exists()


def test_an_absence_of_hours_may_be_the_whole_firms(cast: Cast, person: Diagnostician) -> None:
    day = working_day()
    data = {"kind": "other", "first_day": day.isoformat(), "first_time": "14:00", "last_time": "16:00"}
    assert logged_in("alpha", cast.bob).post(ABSENCES, data).status_code == 302
    with firm_context("firm_alpha"):
        absence = Absence.objects.get()
        assert (absence.diagnostician, absence.starts_at, absence.ends_at) == (None, at("14:00"), at("16:00"))
        assert hold_slot(person, starts_at=at("11:00"), ends_at=at("12:00"), values={}).state == "held"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"last_day": "2030-01-06"}, "last_day"),
        ({"first_time": "15:00", "last_time": "14:00"}, "last_time"),
        ({"first_day": "soup"}, "first_day"),
        ({"who": "zzz"}, "who"),
        ({"kind": "soup"}, "kind"),
    ],
)
def test_an_absence_that_cannot_be_is_told(cast: Cast, wrong: dict[str, str], field: str) -> None:
    data = {"kind": "leave", "first_day": "2030-01-07"} | wrong
    answer = logged_in("alpha", cast.bob).post(ABSENCES, data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


# --- calendars --------------------------------------------------------------------------------------------------------


def read(path: str) -> Any:
    answer = at_host("alpha").get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(answer.content)


def feed_of(person: Diagnostician, cast: Cast) -> str:
    page = logged_in("alpha", cast.bob).post(f"/agenda/flux/{person.code}/")
    assert page["Cache-Control"] == "no-store, private"
    return str(page.context["address"]).split(".localhost", 1)[-1].partition("/")[2]


def test_a_feed_tells_the_visits_in_the_words_of_the_standard(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        visit = add_visit(
            person,
            "10:00",
            "11:30",
            person_name="Mme Bœuf; , \\ \n",
            person_phone="06 00",
            street="1 rue de Siam",
            postcode="29200",
            city="Brest",
            diagnostics=["dpe"],
            staff_note="Chien.",
        )
        gone = add_visit(person, "14:00", "15:00")
        cancel_appointment(gone)
        hold_slot(person, starts_at=at("16:00"), ends_at=at("17:00"), values={})
        add_visit(add_person("Denis"), "10:00", "11:00", person_name="Autre")
        add_visit(person, "10:00", "11:00", day=timezone.localdate() - timedelta(days=60), person_name="Vieux")
    path = f"/{feed_of(person, cast)}"
    events = {str(event["UID"]): event for event in read(path).walk("VEVENT")}
    assert set(events) == {f"visit-{visit.code}@alpha.localhost", f"visit-{gone.code}@alpha.localhost"}
    event = events[f"visit-{visit.code}@alpha.localhost"]
    assert event.decoded("DTSTART") == visit.starts_at
    assert event.decoded("DTEND") == visit.ends_at
    assert (str(event["STATUS"]), int(event["SEQUENCE"])) == ("CONFIRMED", 1)
    assert str(event["LOCATION"]) == "1 rue de Siam, 29200 Brest"
    assert "Mme Bœuf; , \\" in str(event["SUMMARY"])
    assert "Chien." in str(event["DESCRIPTION"])
    assert str(events[f"visit-{gone.code}@alpha.localhost"]["STATUS"]) == "CANCELLED"
    with firm_context("firm_alpha"):
        move_appointment(visit, diagnostician=person, starts_at=at("11:00"))
        assert CalendarFeed.objects.get().last_used_at is not None
    (moved,) = [
        each for each in read(path).walk("VEVENT") if int(each["SEQUENCE"]) == 2 and each["STATUS"] == "CONFIRMED"
    ]
    assert moved.decoded("DTSTART").astimezone(PARIS).hour == 11


def test_a_feed_ends_when_it_is_revoked_made_anew_or_its_person_leaves(cast: Cast, person: Diagnostician) -> None:
    first = f"/{feed_of(person, cast)}"
    second = f"/{feed_of(person, cast)}"
    browser = at_host("alpha")
    assert browser.get(first).status_code == 404
    assert browser.get(second).status_code == 200
    assert at_host("beta").get(second).status_code == 404
    assert browser.get("/agenda/zzz.ics").status_code == 404
    with firm_context("firm_alpha"):
        Diagnostician.objects.filter(pk=person.pk).update(user=cast.bob)
        cast.bob.is_active = False
        cast.bob.save()
    assert browser.get(second).status_code == 404, "who may not log in reads nothing"
    with firm_context("firm_alpha"):
        cast.bob.is_active = True
        cast.bob.save()
    assert browser.get(second).status_code == 200
    logged_in("alpha", cast.bob).post(f"/agenda/flux/{person.code}/revoquer/")
    assert browser.get(second).status_code == 404
    with firm_context("firm_alpha"):
        _feed, token = create_calendar_feed(person, user=cast.anna)
        Diagnostician.objects.update(is_active=False)
        assert use_calendar_feed(token) is None
        assert token not in str(list(CalendarFeed.objects.values()))


def test_an_invitation_says_nothing_that_is_the_firms_own(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        visit = add_visit(person, "10:00", "11:00", staff_note="Mauvais payeur", access_note="code 1234", city="Brest")
        text = write_invitation(visit, host="alpha.localhost", firm_name="Cabinet Alpha").decode()
        assert "Mauvais payeur" not in text
        assert "METHOD:PUBLISH" in text
        assert "Cabinet Alpha" in text
        cancelled = cancel_appointment(visit)
        text = write_invitation(cancelled, host="alpha.localhost", firm_name="Cabinet Alpha").decode()
    assert "METHOD:CANCEL" in text
    assert "STATUS:CANCELLED" in text
    answer = logged_in("alpha", cast.bob).get(f"/agenda/visites/{visit.code}/visite.ics")
    assert answer["Content-Disposition"].startswith("attachment")
    assert Calendar.from_ical(answer.content).walk("VEVENT")
    with firm_context("firm_alpha"):
        assert Appointment.objects.get().version == 2


def test_the_page_of_a_feed_never_shows_the_secret_again(cast: Cast, person: Diagnostician) -> None:
    path = feed_of(person, cast)
    page = logged_in("alpha", cast.bob).get(f"/agenda/flux/{person.code}/").content.decode()
    assert path not in page
    assert said("Last read") in page
