"""Clients who book, move and cancel the visit of their order, with an account or by its link, and who is told."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from extranet.actions.appointment import finish_appointment, move_appointment
from extranet.actions.appointment_reminder import remind_of_visits
from extranet.actions.client_booking import book_for_client, move_for_client
from extranet.models import (
    Appointment,
    AppointmentReminder,
    BookingSettings,
    Diagnostician,
    Order,
    PortalSettings,
    WorkingHours,
)
from extranet.queries.client_booking import booking_of, offer_for
from extranet.queries.order import order_token
from extranet.queries.slot import booking_settings
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from mail.models import MailAttachment, OutgoingMail
from tests.extranet.booking import add_person, add_visit, at, working_day
from tests.factories.cast import Cast
from tests.factories.visit_things import add_order_to_book, free_slots_of, open_booking
from tests.support import at_host, logged_in, run_jobs, said, without_set

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.GEOCODER_URL = "http://127.0.0.1:9/"
    cache.clear()


@pytest.fixture
def person(cast: Cast) -> Diagnostician:
    with firm_context("firm_alpha"):
        return add_person("Diane", email="diane@firm.example")


@pytest.fixture
def order(cast: Cast, person: Diagnostician) -> Order:
    with firm_context("firm_alpha"):
        open_booking()
        return add_order_to_book(cast)


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the clock that the product reads."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_to


def code_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def starts_of(page: str) -> list[str]:
    return re.findall(r'name="start"[^>]*value="([^"]+)"', page, re.DOTALL)


def mails(kind: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk"))


def calendar_of(mail: OutgoingMail) -> Calendar:
    return Calendar.from_ical(bytes(MailAttachment.objects.get(mail=mail).data))


def test_a_client_books_moves_and_cancels(cast: Cast, order: Order) -> None:
    alice = logged_in("alpha", cast.alice)
    home, visit_page = f"/commandes/{order.code}/", f"/commandes/{order.code}/visite/"
    assert visit_page in alice.get(home).content.decode()
    starts = starts_of(alice.get(f"{visit_page}?a-partir-du={working_day()}").content.decode())
    assert len(starts) > 10
    answer = alice.post(visit_page, {"start": starts[4]})
    assert answer["Location"] == home
    with firm_context("firm_alpha"):
        visit = Appointment.objects.get()
        assert (visit.state, code_of(visit.starts_at), visit.order_id) == ("confirmed", starts[4], order.pk)
        (told,) = mails("visit_booked")
        assert told.to == cast.alice.user.email
        event = calendar_of(told).walk("VEVENT")[0]
        assert calendar_of(told)["METHOD"] == "PUBLISH"
        assert event.decoded("dtstart") == visit.starts_at
        # whom the order is for at the firm, and who makes the visit without an account
        staff = {mail.to for mail in mails("visit_booked_staff")}
        assert staff == {cast.anna.email, "diane@firm.example"}
    # twice the same form, or a second visit: there is the one
    alice.post(visit_page, {"start": starts[4]})
    alice.post(visit_page, {"start": starts[6]})
    page = alice.get(home).content.decode()
    assert said("Add to my calendar") in page
    moves = starts_of(alice.get(f"{visit_page}deplacer/").content.decode())
    assert starts[4] not in moves
    alice.post(f"{visit_page}deplacer/", {"start": moves[-1]})
    with firm_context("firm_alpha"):
        visit = Appointment.objects.get()
        assert (code_of(visit.starts_at), visit.client_moves) == (moves[-1], 1)
        (moved,) = mails("visit_moved")
        again = calendar_of(moved).walk("VEVENT")[0]
        assert again["UID"] == event["UID"]
        assert again.decoded("sequence") > event.decoded("sequence")
    ics = alice.get(f"/commandes/{order.code}/visite.ics")
    assert ics["Content-Type"].startswith("text/calendar")
    alice.post(f"{visit_page}annuler/", {"reason": "Vente annulée"})
    alice.post(f"{visit_page}annuler/", {"reason": "encore"})
    with firm_context("firm_alpha"):
        visit = Appointment.objects.get()
        assert (visit.state, visit.cancel_reason) == ("cancelled", "Vente annulée")
        (gone,) = mails("visit_cancelled")
        assert calendar_of(gone)["METHOD"] == "CANCEL"
        assert calendar_of(gone).walk("VEVENT")[0]["STATUS"] == "CANCELLED"
    assert visit_page in alice.get(home).content.decode(), "another time can be booked"


def test_a_visitor_books_by_the_link_and_nobody_else_is_written_to(cast: Cast, order: Order) -> None:
    with firm_context("firm_alpha"):
        Order.objects.update(contact=None, origin="visitor", orderer_email="eve@x.example", owner_email="o@x.example")
        token = order_token(order)
    visitor = at_host("alpha")
    address = f"/commander/suivi/{token}/visite/"
    starts = starts_of(visitor.get(address).content.decode())
    assert visitor.post(address, {"start": starts[0]}).status_code == 302
    assert said("Your visit") in visitor.get(f"/commander/suivi/{token}/").content.decode()
    with firm_context("firm_alpha"):
        (told,) = mails("visit_booked")
        assert told.to == "eve@x.example"
        # the address was typed by a stranger, and nobody has checked it
        assert "Siam" not in told.text
        assert "LOCATION" not in calendar_of(told).walk("VEVENT")[0]
        BookingSettings.objects.update(visitor_booking=False)
    assert visitor.get(address).status_code == 404
    assert visitor.post(address, {"start": starts[0]}).status_code == 404
    assert at_host("beta").get(address).status_code == 404
    assert visitor.get(f"/commander/suivi/{token}x/visite/").status_code == 404


def test_bad_times_are_told_and_change_nothing(cast: Cast, order: Order) -> None:
    alice = logged_in("alpha", cast.alice)
    address = f"/commandes/{order.code}/visite/"
    sunday = timezone.localdate() + timedelta(days=(6 - timezone.localdate().weekday()) % 7 + 7)
    for start in ("", "x", "2026-13-01T09:00Z", "0001-01-01T00:00Z", f"{sunday}T09:00Z", "2001-01-01T09:00Z"):
        answer = alice.post(address, {"start": start})
        assert answer.status_code == 422
        assert "alert-danger" in answer.content.decode()
        assert starts_of(answer.content.decode())
    with firm_context("firm_alpha"):
        assert not Appointment.objects.exists()
        assert not OutgoingMail.objects.filter(kind__startswith="visit").exists()
    for query in (
        "?moment=matin",
        "?moment=nuit",
        "?a-partir-du=x",
        "?a-partir-du=2999-01-01",
        "?a-partir-du=0001-01-01",
    ):
        assert alice.get(f"{address}?{query}").status_code == 200


def test_mornings_and_later_days(cast: Cast, order: Order, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        rules = booking_settings()
        first = timezone.localdate()
        offer = offer_for(order, rules, first=first)
        morning = offer_for(order, rules, first=first, part="am")
        afternoon = offer_for(order, rules, first=first, part="pm")
        assert offer.later is not None
        assert len(offer.days) == 6
        later = offer_for(order, rules, first=offer.later)
        assert later.days[0][0] == offer.later
        zone = timezone.get_default_timezone()
        assert {s.start.astimezone(zone).hour < 12 for _d, slots in morning.days for s in slots} == {True}
        assert {s.start.astimezone(zone).hour < 12 for _d, slots in afternoon.days for s in slots} == {False}
        last = first + timedelta(days=rules.horizon_days)
        assert offer_for(order, rules, first=last + timedelta(days=1)).days == []


def test_who_may_not_book_is_told_why(cast: Cast, order: Order) -> None:
    alice = logged_in("alpha", cast.alice)
    address = f"/commandes/{order.code}/visite/"
    for values, refusal in (
        ({"diagnostics": []}, "The diagnostics are not known yet: the firm will suggest a time."),
        ({"diagnostics": ["dpe"], "state": "done"}, "This order is no longer open."),
    ):
        with firm_context("firm_alpha"):
            Order.objects.update(**values)
            assert booking_of(Order.objects.get(), by_link=False).refusal == said(refusal)
        assert alice.get(address).status_code == 302
    with firm_context("firm_alpha"):
        Order.objects.update(state="todo")
        # a deposit that cannot be paid: no visit rather than a free one
        BookingSettings.objects.update(deposit_kind="fixed", deposit_amount=50)
        assert not PortalSettings.objects.get().online_payment
        with pytest.raises(DomainError) as told:
            book_for_client(order, starts_at=free_slots_of(order)[0].start, user=cast.alice.user)
        assert told.value.code == "off"
        BookingSettings.objects.update(client_booking=False)
    assert alice.get(address).status_code == 404
    assert logged_in("alpha", cast.charlie).get(address).status_code == 404


def test_the_rules_of_moving_and_cancelling(cast: Cast, order: Order, person: Diagnostician) -> None:
    alice = logged_in("alpha", cast.alice)
    base = f"/commandes/{order.code}/visite/"
    with firm_context("firm_alpha"):
        visit = book_for_client(order, starts_at=free_slots_of(order)[0].start, user=cast.alice.user)
        Appointment.objects.update(client_moves=2)
    assert alice.get(f"{base}deplacer/").status_code == 302
    assert alice.get(f"{base}annuler/").status_code == 200
    with firm_context("firm_alpha"):
        soon = timezone.now() + timedelta(hours=30)
        Appointment.objects.update(client_moves=0, starts_at=soon, ends_at=soon + timedelta(hours=1))
    for what in ("deplacer", "annuler"):
        assert alice.get(f"{base}{what}/").status_code == 302
        assert alice.post(f"{base}{what}/", {"start": code_of(at("10:00"))}).status_code == 302
    with firm_context("firm_alpha"):
        visit.refresh_from_db()
        assert (visit.state, visit.starts_at, visit.client_moves) == ("confirmed", soon, 0)
        with pytest.raises(DomainError) as told:
            move_for_client(visit, starts_at=free_slots_of(order)[5].start, user=cast.alice.user)
        assert told.value.code == "too_late"


@pytest.mark.parametrize("who", ["alice", "anna"])
def test_an_order_that_is_cancelled_takes_its_visit_along(cast: Cast, order: Order, who: str) -> None:
    person = logged_in("alpha", getattr(cast, who))
    page = f"/commandes/{order.code}/"
    assert said("The visit is cancelled with it.") not in person.get(page).content.decode()
    with firm_context("firm_alpha"):
        visit = book_for_client(order, starts_at=free_slots_of(order)[0].start, user=cast.alice.user)
    assert said("The visit is cancelled with it.") in person.get(page).content.decode()
    person.post(f"{page}annuler/", {"reason": "Vente annulée"})
    with firm_context("firm_alpha"):
        visit.refresh_from_db()
        order.refresh_from_db()
        assert (order.state, visit.state, visit.cancel_reason) == ("cancelled", "cancelled", "Vente annulée")
        (gone,) = mails("visit_cancelled")
        assert calendar_of(gone)["METHOD"] == "CANCEL"


def test_an_order_stays_while_its_client_can_no_longer_cancel_the_visit(cast: Cast, order: Order) -> None:
    with firm_context("firm_alpha"):
        visit = book_for_client(order, starts_at=free_slots_of(order)[0].start, user=cast.alice.user)
        soon = timezone.now() + timedelta(hours=30)
        Appointment.objects.update(starts_at=soon, ends_at=soon + timedelta(hours=1))
    told = logged_in("alpha", cast.alice).post(
        f"/commandes/{order.code}/annuler/", {"reason": "Trop tard"}, follow=True
    )
    assert said("This visit can no longer be cancelled online: please call the firm.") in told.content.decode()
    with firm_context("firm_alpha"):
        visit.refresh_from_db()
        order.refresh_from_db()
        assert (order.state, visit.state) == ("todo", "confirmed")
        assert mails("visit_cancelled") == []


def test_the_best_of_those_who_can_is_booked_and_the_next_one_when_it_is_taken(
    cast: Cast, order: Order, person: Diagnostician
) -> None:
    with firm_context("firm_alpha"):
        add_person("Loin", latitude=47.0, longitude=2.0)
        add_person("Gaz", diagnostics=["gaz"])
        start = at("10:00")
        one = book_for_client(order, starts_at=start, user=cast.alice.user)
        others = [add_order_to_book(cast) for _ in range(2)]
        two = book_for_client(others[0], starts_at=start, user=cast.alice.user)
        assert {one.diagnostician.name, two.diagnostician.name} == {"Diane", "Loin"}
        with pytest.raises(DomainError) as told:
            book_for_client(others[1], starts_at=start, user=cast.alice.user)
        assert told.value.code == "taken"


@pytest.mark.parametrize(("day", "hours"), [("2027-03-28", {1, 3}), ("2027-10-31", {1, 2, 3})])
def test_the_night_on_which_the_clocks_change(
    cast: Cast, order: Order, person: Diagnostician, day: str, hours: set[int], set_clock: Callable[[datetime], None]
) -> None:
    """The hour that is skipped is never offered; of the one that comes twice both are, and each is booked as itself."""
    sunday = datetime.fromisoformat(day).date()
    set_clock(datetime.combine(sunday - timedelta(days=10), datetime.min.time(), UTC))
    with firm_context("firm_alpha"):
        WorkingHours.objects.create(diagnostician=person, weekday=6, starts="01:00", ends="05:00")
        BookingSettings.objects.update(step_minutes=60, works_on_holidays=True)
        rules = booking_settings()
        (found,) = [slots for when, slots in offer_for(order, rules, first=sunday).days if when == sunday]
        zone = timezone.get_default_timezone()
        assert {slot.start.astimezone(zone).hour for slot in found} == hours
        assert len({slot.start for slot in found}) == (2 if 2 not in hours else 4)
        for slot in (found[0], found[-1]):
            Appointment.objects.all().delete()
            made = book_for_client(Order.objects.get(), starts_at=slot.start, user=cast.alice.user)
            assert (made.starts_at, made.ends_at) == (slot.start, slot.end)


def test_the_firm_tells_the_client_when_it_wants(cast: Cast, order: Order, person: Diagnostician) -> None:
    bob = logged_in("alpha", cast.bob)
    sent = {
        "diagnostician": person.code,
        "day": working_day().isoformat(),
        "time": "10:00",
        "person_email": "o@x.example",
    }
    bob.post(f"/agenda/visites/nouvelle/?order={order.code}", sent)
    with firm_context("firm_alpha"):
        visit = Appointment.objects.get()
        assert mails("visit_booked") == []
    page = f"/agenda/visites/{visit.code}/"
    assert said("Tell by e-mail") in bob.get(page).content.decode()
    bob.post(f"{page}prevenir/")
    with firm_context("firm_alpha"):
        assert [mail.to for mail in mails("visit_booked")] == [cast.alice.user.email, "o@x.example"]
    bob.post(f"{page}modifier/", sent | {"time": "11:00", "version": "1", "tell": "on"})
    with firm_context("firm_alpha"):
        assert len(mails("visit_moved")) == 2
        visit.refresh_from_db()
        moved = move_appointment(visit, diagnostician=person, starts_at=at("14:00"), user=cast.bob)
        assert moved.version > visit.told_version
    assert said("Not of the present time") in bob.get(page).content.decode()
    bob.post(f"{page}annuler/", {"reason": "malade", "tell": "1"})
    with firm_context("firm_alpha"):
        assert len(mails("visit_cancelled")) == 2
        assert mails("visit_cancelled_staff")[-1].to == "diane@firm.example"


def test_reminders_leave_once_by_day_and_again_after_a_move(
    cast: Cast, order: Order, person: Diagnostician, set_clock: Callable[[datetime], None]
) -> None:
    monday = datetime(2027, 2, 1, 9, tzinfo=UTC)
    set_clock(monday)
    with firm_context("firm_alpha"):
        WorkingHours.objects.filter(diagnostician=person).update(starts="08:00")
        visit = book_for_client(order, starts_at=datetime(2027, 2, 12, 8, tzinfo=UTC), user=cast.alice.user)
        assert remind_of_visits() == 0
        # three days before, in the night: it waits for the morning in the firm's own time
        set_clock(datetime(2027, 2, 9, 2, tzinfo=UTC) + timedelta(days=1))
        assert remind_of_visits() == 0
        set_clock(datetime(2027, 2, 10, 6, 15, tzinfo=UTC))
        assert (remind_of_visits(), remind_of_visits()) == (1, 0)
        set_clock(datetime(2027, 2, 11, 9, tzinfo=UTC))
        assert (remind_of_visits(), remind_of_visits()) == (1, 0)
        assert AppointmentReminder.objects.count() == 2
        assert {mail.to for mail in mails("visit_reminder")} == {cast.alice.user.email}
        visit.refresh_from_db()
        move_appointment(visit, diagnostician=person, starts_at=datetime(2027, 2, 15, 9, tzinfo=UTC), user=cast.bob)
        set_clock(datetime(2027, 2, 14, 10, tzinfo=UTC))
        assert remind_of_visits() == 1
        BookingSettings.objects.update(first_reminder_hours=0, last_reminder_hours=0)
        AppointmentReminder.objects.all().delete()
        assert remind_of_visits() == 0


def test_nobody_is_reminded_of_what_was_just_booked_or_is_over(
    cast: Cast, order: Order, person: Diagnostician, set_clock: Callable[[datetime], None]
) -> None:
    set_clock(datetime(2027, 2, 1, 9, tzinfo=UTC))
    with firm_context("firm_alpha"):
        book_for_client(order, starts_at=datetime(2027, 2, 3, 8, tzinfo=UTC), user=cast.alice.user)
        assert remind_of_visits() == 0, "it was booked within the three days"
        other = add_visit(
            person, "10:00", "11:00", day=datetime(2027, 2, 2, tzinfo=UTC).date(), person_email="a@b.example"
        )
        set_clock(datetime(2027, 2, 2, 12, tzinfo=UTC))
        finish_appointment(other, made=True, user=cast.bob)
        assert remind_of_visits() == 1, "a day before, though"
        assert [mail.to for mail in mails("visit_reminder")] == [cast.alice.user.email]
        run_jobs()


def test_the_pages_cost_the_same_for_few_and_many(cast: Cast, order: Order) -> None:
    alice = logged_in("alpha", cast.alice)
    with firm_context("firm_alpha"):
        booked = add_order_to_book(cast)
        book_for_client(booked, starts_at=free_slots_of(booked)[0].start, user=cast.alice.user)
    addresses = [f"/commandes/{booked.code}/visite/annuler/", f"/commandes/{booked.code}/"]
    addresses += [f"/commandes/{booked.code}/visite/deplacer/", f"/commandes/{order.code}/visite/"]

    def count(client: Client, address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        shown[:] = without_set(queries)
        return len(shown)

    shown: list[str] = []
    before = [count(alice, address) for address in addresses]
    before = [count(alice, address) for address in addresses]
    with firm_context("firm_alpha"):
        for name in ("Un", "Deux"):
            other = add_person(name)
            for hour in (9, 11, 14):
                add_visit(other, f"{hour:02d}:00", f"{hour:02d}:45", contact=cast.charlie)
    assert [count(alice, address) for address in addresses] == before
    assert max(before) <= 10, [sql[:150] for sql in shown]
