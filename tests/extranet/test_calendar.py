"""The firm's calendar and its visits: planning, moving, undoing, cancelling; what goes wrong and is told."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from extranet.actions.appointment import (
    cancel_appointment,
    move_appointment,
    undo_move,
)
from extranet.actions.diagnostician import add_absence
from extranet.models import Appointment, AppointmentEvent, Diagnostician, Order
from extranet.queries.calendar import CalendarFilter, calendar_page
from extranet.queries.slot import booking_world, problems_of, public_holidays
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from tests.extranet.booking import PARIS, add_person, add_visit, at, working_day
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier
from tests.support import logged_in, run_jobs, said, without_set

pytestmark = pytest.mark.django_db
NEW, SLOTS = "/agenda/visites/nouvelle/", "/agenda/visites/creneaux/"


@pytest.fixture
def person(cast: Cast) -> Diagnostician:
    with firm_context("firm_alpha"):
        return add_person("Diane", postcode="29200", city="Brest")


def page_of(visit: Appointment) -> str:
    return f"/agenda/visites/{visit.code}/"


def wall(visit: Appointment) -> str:
    with firm_context("firm_alpha"):
        visit.refresh_from_db()
    return f"{visit.starts_at.astimezone(PARIS):%Y-%m-%d %H:%M}"


def typed(person: Diagnostician, **values: Any) -> dict[str, Any]:
    return {"diagnostician": person.code, "day": working_day().isoformat(), "time": "10:00"} | values


# --- planning ---------------------------------------------------------------------------------------------------------


def test_a_visit_is_planned_and_lasts_what_its_diagnostics_take(cast: Cast, person: Diagnostician) -> None:
    bob = logged_in("alpha", cast.bob)
    data = typed(person, diagnostics=["dpe", "gaz"], surface="89,5", street="1 rue de Siam", city="Brest")
    answer = bob.post(NEW, data | {"person_name": "Mme Le Gall", "person_phone": "06 00 00 00 01"})
    with firm_context("firm_alpha"):
        visit = Appointment.objects.get()
    assert answer["Location"] == page_of(visit)
    # 20 + (45 + 2 × 5) + 20
    assert (visit.minutes, visit.state, wall(visit)) == (95, "confirmed", f"{working_day()} 10:00")
    text = bob.get(page_of(visit)).content.decode()
    assert "Mme Le Gall" in text
    assert "06 00 00 00 01" in text


def test_a_taken_time_is_told_and_what_was_typed_is_kept(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        add_visit(person, "10:30", "11:30")
    answer = logged_in("alpha", cast.bob).post(NEW, typed(person, minutes="60", person_name="Zoé"))
    assert answer.status_code == 422
    assert said("This time is already taken: choose another one.") in answer.content.decode()
    assert "Zoé" in answer.content.decode()
    with firm_context("firm_alpha"):
        assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day": "2027-02-30"}, "day"),
        ({"day": "1066-10-14"}, "day"),
        ({"time": "25:00"}, "time"),
        ({"day": "2027-03-28", "time": "02:30"}, "time"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "100000"}, "minutes"),
        ({"surface": "-3"}, "surface"),
        ({"surface": "NaN"}, "surface"),
        ({"diagnostics": ["soup"]}, "diagnostics"),
        ({"diagnostician": "zzz"}, "diagnostician"),
        ({"person_email": "nobody"}, "person_email"),
        ({"street": "a\x00b"}, "street"),
    ],
)
def test_nonsense_is_told_at_its_field(cast: Cast, person: Diagnostician, wrong: dict[str, Any], field: str) -> None:
    answer = logged_in("alpha", cast.bob).post(NEW, typed(person) | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_the_hour_that_is_skipped_is_explained(cast: Cast, person: Diagnostician) -> None:
    answer = logged_in("alpha", cast.bob).post(NEW, typed(person, day="2027-03-28", time="02:30"))
    text = said("This hour does not exist on that day: the clocks go forward. Choose another one.")
    assert text in answer.content.decode()


def test_an_order_fills_the_form_and_is_linked(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        order = Order.objects.create(
            origin="firm",
            contact=cast.alice,
            diagnostics=["dpe"],
            street="4 quai de la Douane",
            postcode="29200",
            city="Brest",
            surface=80,
            access_name="La gardienne",
            latitude=48.38,
            longitude=-4.48,
            geo_state="found",
        )
    bob = logged_in("alpha", cast.bob)
    form = bob.get(f"{NEW}?order={order.code}").context["form"]
    assert (form["person_name"].value(), form["street"].value()) == ("La gardienne", "4 quai de la Douane")
    assert bob.get(f"{NEW}?order=zzz").status_code == 404
    bob.post(
        f"{NEW}?order={order.code}",
        typed(person, street="4 quai de la Douane", postcode="29200", city="Brest", diagnostics=["dpe"]),
    )
    with firm_context("firm_alpha"):
        visit = Appointment.objects.get()
        assert (visit.order, visit.contact, visit.latitude) == (order, cast.alice, 48.38)


def test_a_dossier_fills_the_form_too(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob)
        dossier.owner_name = "Mme Le Bihan"
        dossier.save()
    form = logged_in("alpha", cast.bob).get(f"{NEW}?dossier={dossier.code}").context["form"]
    assert form["person_name"].value() == "Mme Le Bihan"


def test_times_that_fit_are_suggested_with_their_ways(cast: Cast, person: Diagnostician) -> None:
    day = working_day()
    with firm_context("firm_alpha"):
        add_visit(person, "09:00", "12:00")
        other = add_person("Denis", diagnostics=["gaz"])
    bob = logged_in("alpha", cast.bob)
    query = {"day": day.isoformat(), "diagnostics": ["dpe"], "minutes": "60"}
    days = bob.get(SLOTS, query).context["days"]
    assert days[0][0] == day
    found = days[0][1]
    assert {each.who for each in found} == {person}, "Denis does no DPE"
    assert f"{found[0].slot.start.astimezone(PARIS):%H:%M}" == "13:00", "half an hour of way, ten minutes to park"
    both = bob.get(SLOTS, query | {"diagnostics": ["gaz"]}).context["days"][0][1]
    assert {each.who for each in both} == {other}, "whose day begins there"
    nobody = bob.get(SLOTS, query | {"minutes": "700"})
    assert nobody.context["days"] == []
    assert "Personne n’a de temps" in nobody.content.decode()
    assert bob.get(SLOTS, {"day": "soup", "surface": "x", "minutes": "-1"}).status_code == 200


def test_without_anybody_the_pages_say_what_to_do(cast: Cast) -> None:
    anna, bob = logged_in("alpha", cast.anna), logged_in("alpha", cast.bob)
    assert "/reglages/agenda/diagnostiqueurs/nouveau/" in anna.get("/agenda/").content.decode()
    wait = said("An administrator of the firm adds the diagnosticians in the settings.")
    assert wait in bob.get("/agenda/").content.decode()
    assert bob.get(NEW).status_code == 200


# --- moving -----------------------------------------------------------------------------------------------------------


def drop(browser: Client, visit: Appointment, who: Diagnostician, clock: str, **values: Any) -> Any:
    data = {
        "who": who.code,
        "day": working_day().isoformat(),
        "time": clock,
        "version": "1",
        "next": "/agenda/?view=day",
    }
    return browser.post(f"{page_of(visit)}deplacer/", data | values, follow=True)


def told(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def test_a_drop_moves_and_the_toast_takes_it_back(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        other = add_person("Denis")
        visit = add_visit(person, "10:00", "11:30", user=cast.bob)
    bob = logged_in("alpha", cast.bob)
    answer = drop(bob, visit, other, "14:15")
    assert answer.redirect_chain[0][0] == f"/agenda/?view=day#visit-{visit.code}"
    assert wall(visit) == f"{working_day()} 14:15"
    assert (visit.diagnostician, visit.minutes, visit.version) == (other, 90, 2)
    (toast,) = [each for each in answer.context["messages"] if each.extra_tags]
    assert toast.extra_tags == f"undo:{page_of(visit)}remettre/"
    bob.post(f"{page_of(visit)}remettre/", {"next": "/agenda/"})
    assert wall(visit) == f"{working_day()} 10:00"
    assert visit.diagnostician == person
    assert "Denis" in bob.get(page_of(visit)).content.decode(), "in the history"


def test_a_drop_on_a_taken_time_changes_nothing_and_is_told(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        visit = add_visit(person, "10:00", "11:00")
        add_visit(person, "14:00", "15:00")
    answer = drop(logged_in("alpha", cast.bob), visit, person, "14:30")
    assert str(said("This time is already taken: choose another one.")) in told(answer)
    assert wall(visit) == f"{working_day()} 10:00"


def test_a_drop_on_what_somebody_else_just_moved_is_refused(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        visit = add_visit(person, "10:00", "11:00")
        move_appointment(visit, diagnostician=person, starts_at=at("11:00"), user=cast.anna)
    drop(logged_in("alpha", cast.bob), visit, person, "14:30")
    assert wall(visit) == f"{working_day()} 11:00"


def test_a_drop_that_breaks_rules_is_made_and_told(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        visit = add_visit(person, "10:00", "11:00")
    answer = drop(logged_in("alpha", cast.bob), visit, person, "20:00")
    assert str(said("It is outside the working hours.")) in told(answer)
    assert wall(visit) == f"{working_day()} 20:00"


@pytest.mark.parametrize(
    "data", [{"day": "x"}, {"time": "99:99"}, {"version": ""}, {"day": "2027-03-28", "time": "02:15"}]
)
def test_a_drop_nowhere_is_told(cast: Cast, person: Diagnostician, data: dict[str, str]) -> None:
    with firm_context("firm_alpha"):
        visit = add_visit(person, "10:00", "11:00")
    bob = logged_in("alpha", cast.bob)
    assert told(drop(bob, visit, person, "12:00", **data))
    assert wall(visit) == f"{working_day()} 10:00"
    assert drop(bob, visit, Diagnostician(code="zzz"), "12:00").status_code == 404
    assert drop(bob, visit, person, "12:00", next="https://evil.example/").redirect_chain[0][0].startswith("/agenda/#")


def test_an_undo_comes_too_late_after_another_change(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        visit = add_visit(person, "10:00", "11:00")
        with pytest.raises(DomainError):
            undo_move(visit, user=cast.bob)
        move_appointment(visit, diagnostician=person, starts_at=at("14:00"), user=cast.bob)
        AppointmentEvent.objects.update(at=timezone.now() - timedelta(minutes=31))
        with pytest.raises(DomainError):
            undo_move(visit, user=cast.bob)
        visit = move_appointment(visit, diagnostician=person, starts_at=at("15:00"), user=cast.bob)
        cancel_appointment(visit, user=cast.anna)
        with pytest.raises(DomainError):
            undo_move(visit, user=cast.bob)


def test_two_who_edit_at_once_are_told(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        visit = add_visit(person, "10:00", "11:00")
    bob = logged_in("alpha", cast.bob)
    page = f"{page_of(visit)}modifier/"
    assert bob.get(page).context["form"]["minutes"].value() == 60
    data = typed(person, minutes="60", version="1", person_name="Bob")
    assert bob.post(page, data).status_code == 302
    answer = bob.post(page, data | {"person_name": "Anna"})
    assert answer.status_code == 422
    assert "Anna" in answer.content.decode()
    with firm_context("firm_alpha"):
        visit.refresh_from_db()
        assert visit.person_name == "Bob"


# --- the calendar -----------------------------------------------------------------------------------------------------


def test_the_calendar_shows_the_day_by_person_and_the_week(cast: Cast, person: Diagnostician) -> None:
    day = working_day()
    with firm_context("firm_alpha"):
        other = add_person("Denis", colour="red")
        visit = add_visit(person, "10:00", "11:00", person_name="Mme Un")
        add_visit(other, "10:30", "12:00", person_name="M. Deux")
        gone = add_visit(other, "14:00", "15:00", person_name="M. Trois")
        cancel_appointment(gone)
        add_absence(other, kind="leave", starts_at=at("15:00"), ends_at=at("18:00"), note="dentiste")
    bob = logged_in("alpha", cast.bob)
    text = bob.get("/agenda/", {"day": day.isoformat()}).content.decode()
    assert "M. Trois" not in text
    for word in ("Mme Un", "M. Deux", "dentiste", "dd-c-red"):
        assert word in text
    page = bob.get("/agenda/", {"day": day.isoformat()}).context["page"]
    assert [column.who for column in page.columns] == [other, person] if other.name < person.name else True
    item = next(column for column in page.columns if column.who == person).items[0]
    # from eight: two hours of twelve rows
    assert (item.appointment, item.first, item.last) == (visit, 25, 37)
    week = bob.get("/agenda/", {"day": day.isoformat(), "view": "week"})
    assert week.context["page"].is_board
    assert len(week.context["page"].days) == 5
    own = bob.get("/agenda/", {"day": day.isoformat(), "view": "week", "who": person.code})
    assert "M. Deux" not in own.content.decode()
    assert "Mme Un" in own.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"day": "soup"},
        {"day": "9999-12-31"},
        {"day": "0001-01-01"},
        {"view": "x'"},
        {"who": "\x00"},
        {"day": "2027-02-30"},
    ],
)
def test_nonsense_in_the_address_shows_today(cast: Cast, person: Diagnostician, query: dict[str, str]) -> None:
    page = logged_in("alpha", cast.bob).get("/agenda/", query).context["page"]
    assert page.day == page.today


def test_the_week_end_is_there_only_when_something_is(cast: Cast, person: Diagnostician) -> None:
    saturday = working_day() + timedelta(days=3)
    with firm_context("firm_alpha"):
        wanted = CalendarFilter(view="week", day=working_day().isoformat())
        assert len(calendar_page(wanted).days) == 5
        add_visit(person, "10:00", "11:00", day=saturday)
        assert saturday in calendar_page(wanted).days


def test_a_visit_without_time_for_the_way_is_marked(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        brest, quimper = add_visit(person, "10:00", "11:00"), add_visit(person, "11:30", "12:00")
        for visit, place in ((brest, (48.39, -4.486)), (quimper, (47.996, -4.096))):
            Appointment.objects.filter(pk=visit.pk).update(latitude=place[0], longitude=place[1])
        (column,) = calendar_page(CalendarFilter(day=working_day().isoformat())).columns
        assert [item.is_tight for item in column.items] == [False, True]
        quimper.refresh_from_db()
        assert [each.value for each in problems_of(quimper)] == ["travel"]


def test_the_calendar_and_the_times_cost_the_same_for_one_and_for_many(cast: Cast, person: Diagnostician) -> None:
    bob = logged_in("alpha", cast.bob)
    addresses = [
        f"/agenda/?day={working_day()}",
        f"/agenda/?day={working_day()}&view=week",
        f"{SLOTS}?day={working_day()}",
    ]
    with firm_context("firm_alpha"):
        first = add_visit(person, "09:00", "10:00", contact=cast.alice)
    addresses.append(page_of(first))

    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert bob.get(address).status_code == 200
        return len(without_set(queries))

    for address in addresses:
        count(address)
    before = [count(address) for address in addresses]
    with firm_context("firm_alpha"):
        for name in ("Un", "Deux"):
            other = add_person(name)
            for hour in (9, 11, 14):
                add_visit(other, f"{hour:02d}:00", f"{hour:02d}:45", contact=cast.charlie)
            add_absence(other, kind="leave", starts_at=at("16:00"), ends_at=at("17:00"), note="")
    assert [count(address) for address in addresses] == before
    assert max(before) <= 10


def test_the_world_of_slots_takes_four_queries(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"), CaptureQueriesContext(connection) as queries:
        booking_world(working_day(), working_day() + timedelta(days=60))
    assert len(without_set(queries)) == 4


def test_public_holidays_are_those_of_the_region() -> None:
    mainland = public_holidays("", date(2026, 1, 1), date(2027, 12, 31))
    assert mainland[date(2026, 5, 14)] == "Ascension"
    assert date(2027, 3, 29) in mainland, "Easter Monday"
    assert date(2026, 12, 26) not in mainland
    assert date(2026, 12, 26) in public_holidays("57", date(2026, 12, 1), date(2026, 12, 31))
    assert date(2026, 12, 20) in public_holidays("974", date(2026, 12, 1), date(2026, 12, 31)), "abolition in Réunion"


def test_a_place_is_looked_up_softly(cast: Cast, person: Diagnostician, settings: Any) -> None:
    settings.GEOCODER_URL, settings.GEOCODER_WAIT = "http://127.0.0.1:9/", 0
    with firm_context("firm_alpha"):
        visit = add_visit(person, "10:00", "11:00", street="1 rue de Siam", city="Brest")
        assert visit.geo_state == "waiting"
        run_jobs()
        visit.refresh_from_db()
        assert (visit.geo_state, visit.latitude) == ("failed", None)
