"""What becomes of a visit: cancelled, finished, held and let go; what a client may do by itself."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from extranet.actions.appointment import (
    cancel_appointment,
    confirm_appointment,
    edit_appointment,
    finish_appointment,
    hold_slot,
    move_appointment,
    release_holds,
    reopen_appointment,
)
from extranet.actions.diagnostician import save_diagnostician
from extranet.enums_booking import AppointmentState
from extranet.models import Appointment, BookingSettings, Diagnostician
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from tests.extranet.booking import add_person, add_visit, at, working_day
from tests.factories.cast import Cast
from tests.support import logged_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(cast: Cast) -> Diagnostician:
    with firm_context("firm_alpha"):
        return add_person("Diane", postcode="29200", city="Brest")


def page_of(visit: Appointment) -> str:
    return f"/agenda/visites/{visit.code}/"


def test_a_visit_is_cancelled_and_taken_back(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        visit = add_visit(person, "10:00", "11:00")
    bob = logged_in("alpha", cast.bob)
    answer = bob.post(f"{page_of(visit)}annuler/", {"reason": "  vendu \x00 "}, follow=True)
    assert "vendu" in answer.content.decode()
    assert bob.get(f"{page_of(visit)}modifier/").status_code == 302
    with firm_context("firm_alpha"):
        visit.refresh_from_db()
        assert (visit.state, visit.cancel_reason) == ("cancelled", "vendu")
        taken = add_visit(person, "10:30", "11:00")
    bob.post(f"{page_of(visit)}reprendre/")
    with firm_context("firm_alpha"):
        visit.refresh_from_db()
        assert visit.state == "cancelled", "somebody else has the time"
        cancel_appointment(taken)
    bob.post(f"{page_of(visit)}reprendre/")
    with firm_context("firm_alpha"):
        visit.refresh_from_db()
        assert (visit.state, visit.cancel_reason) == ("confirmed", "")


def test_a_visit_is_finished_once_it_began(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        visit = add_visit(person, "10:00", "11:00")
        with pytest.raises(DomainError):
            finish_appointment(visit, made=True, user=cast.bob)
        past = add_visit(person, "10:00", "11:00", day=timezone.localdate() - timedelta(days=3))
    bob = logged_in("alpha", cast.bob)
    bob.post(f"{page_of(past)}terminer/", {"made": "0"})
    with firm_context("firm_alpha"):
        past.refresh_from_db()
        assert past.state == "missed"
        assert reopen_appointment(past, user=cast.bob).state == "confirmed"


def test_a_hold_ends_by_itself_and_a_late_payment_asks_whether_it_is_free(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        held = hold_slot(person, starts_at=at("10:00"), ends_at=at("11:00"), values={})
        assert held.held_until is not None
        assert timedelta(minutes=29) < held.held_until - timezone.now() <= timedelta(minutes=30)
        Appointment.objects.update(held_until=timezone.now() - timedelta(seconds=1))
        release_holds()
        held.refresh_from_db()
        assert held.state == AppointmentState.EXPIRED
        other = hold_slot(person, starts_at=at("10:00"), ends_at=at("11:00"), values={})
        with pytest.raises(DomainError) as caught:
            confirm_appointment(held)
        assert caught.value.code == "taken"
        cancel_appointment(other)
        assert confirm_appointment(held).state == "confirmed"
        assert confirm_appointment(held).version == Appointment.objects.get(pk=held.pk).version, "twice is once"


def test_a_client_holds_only_what_is_offered(cast: Cast, person: Diagnostician) -> None:
    def code_of(clock: str, day: date | None = None, **values: Any) -> str:
        with pytest.raises(DomainError) as caught:
            hold_slot(person, starts_at=at(clock, day), ends_at=at(clock, day) + timedelta(hours=1), values=values)
        return caught.value.code

    with firm_context("firm_alpha"):
        BookingSettings.objects.update(notice_hours=48, horizon_days=30)
        add_visit(person, "14:00", "15:00")
        assert code_of("15:15") == "taken", "no room for the way"
        assert code_of("08:00") == "taken", "before work"
        assert code_of("10:00", timezone.localdate() + timedelta(days=1)) == "taken", "the notice"
        assert code_of("10:00", working_day(9)) == "taken", "the horizon"
        save_diagnostician(
            person, values={"diagnostics": ["gaz"]}, hours=list(person.hours.values_list("weekday", "starts", "ends"))
        )
        assert code_of("10:00", diagnostics=["dpe"]) == "taken"
        save_diagnostician(
            person, values={"takes_online": False}, hours=list(person.hours.values_list("weekday", "starts", "ends"))
        )
        assert code_of("10:00") == "taken"
        Diagnostician.objects.update(takes_online=True)
        assert hold_slot(person, starts_at=at("10:00"), ends_at=at("11:00"), values={}).state == "held"


def test_a_client_moves_and_cancels_in_time_and_not_too_often(cast: Cast, person: Diagnostician) -> None:
    with firm_context("firm_alpha"):
        BookingSettings.objects.update(move_hours=48, cancel_hours=72, most_moves=2, notice_hours=1)
        visit = add_visit(person, "10:00", "11:00")
        for clock in ("11:00", "14:00"):
            visit = move_appointment(visit, diagnostician=person, starts_at=at(clock), by_client=True)
        with pytest.raises(DomainError) as caught:
            move_appointment(visit, diagnostician=person, starts_at=at("15:00"), by_client=True)
        assert caught.value.code == "too_often"
        soon = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=47)
        visit = edit_appointment(
            visit,
            diagnostician=person,
            starts_at=soon,
            ends_at=soon + timedelta(hours=1),
            values={},
            version=visit.version,
            user=cast.bob,
        )
        Appointment.objects.update(client_moves=0)
        with pytest.raises(DomainError) as caught:
            move_appointment(visit, diagnostician=person, starts_at=at("15:00"), by_client=True)
        assert caught.value.code == "too_late"
        with pytest.raises(DomainError) as caught:
            cancel_appointment(visit, by_client=True)
        assert caught.value.code == "too_late"
        assert cancel_appointment(visit, user=cast.bob).state == "cancelled", "the firm may"
