"""Visits over the API: the firm's calendar, and what a client sees of the visits of its orders."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Permission, Scope, User
from extranet.models import Appointment, Order
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tests.api.calls import Caller, caller
from tests.api.test_orders import ordered
from tests.extranet.booking import add_person, at, working_day
from tests.factories.cast import Cast
from tests.support import without_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(cast: Cast) -> Caller:
    return caller(cast.bob)


@pytest.fixture
def diane(cast: Cast) -> str:
    with firm_context("firm_alpha"):
        return str(add_person().code)


def order_of(cast: Cast) -> Order:
    order = ordered(cast.alice)
    with firm_context("firm_alpha"):
        OutgoingMail.objects.all().delete()
    return order


def test_a_visit_of_an_order_is_booked_moved_cancelled_and_planned_again(
    cast: Cast, office: Caller, diane: str
) -> None:
    order = order_of(cast)
    nine = at("09:00")
    told = {"diagnostician": diane, "order": order.code, "starts_at": nine.isoformat(), "tell": True}
    answer = office("POST", "appointments/", told)
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert (made["city"], made["diagnostics"], made["contact"]) == ("Brest", ["dpe"], cast.alice.code)
    assert (made["order"], made["state"]) == (order.code, "confirmed")
    with firm_context("firm_alpha"):
        assert OutgoingMail.objects.filter(to=cast.alice.user.email).count() == 1
    again = office("POST", "appointments/", told)
    assert (again.status_code, again.json()["code"]) == (422, "taken")
    address = f"appointments/{made['code']}"
    later = nine + timedelta(hours=3)
    moved = office("PATCH", f"{address}/", {"starts_at": later.isoformat(), "staff_note": "Chien"})
    assert moved.status_code == 200, moved.json()
    assert moved.json()["staff_note"] == "Chien"
    stale = office("PATCH", f"{address}/", {"staff_note": "x"}, **{"If-Match": answer["ETag"]})
    assert stale.json()["code"] == "changed_meanwhile"
    with firm_context("firm_alpha"):
        visit = Appointment.objects.get()
        assert (visit.starts_at, visit.staff_note) == (later, "Chien")
        assert OutgoingMail.objects.filter(to=cast.alice.user.email).count() == 1
    assert office("POST", f"{address}/finish/", {"made": True}).json()["code"] == "too_early"
    calendar = office("GET", f"{address}/visit.ics", Accept="text/calendar")
    assert f"UID:visit-{made['code']}@alpha.localhost" in calendar.content.decode()
    cancelled = office("POST", f"{address}/cancel/", {"reason": "Vendu"}).json()
    assert (cancelled["state"], cancelled["cancel_reason"]) == ("cancelled", "Vendu")
    assert office("POST", f"{address}/reopen/").json()["state"] == "confirmed"


def test_free_times_are_those_that_are_free(cast: Cast, office: Caller, diane: str) -> None:
    day = working_day().isoformat()
    path = f"appointments/slots/?minutes=60&since={day}&until={day}&diagnostician={diane}"
    found = office("GET", path).json()
    assert found["minutes"] == 60
    first = found["results"][0]
    assert first["diagnostician"] == diane
    booked = {"diagnostician": diane, "starts_at": first["starts_at"], "ends_at": first["ends_at"]}
    assert office("POST", "appointments/", booked).status_code == 201
    assert first["starts_at"] not in {slot["starts_at"] for slot in office("GET", path).json()["results"]}
    order = order_of(cast)
    assert office("GET", f"appointments/slots/?order={order.code}").status_code == 200
    assert office("GET", "appointments/slots/?since=2030-01-01&until=2030-12-31").status_code == 422
    assert office("GET", "appointments/slots/?colour=blue").json()["errors"][0]["code"] == "unknown_field"


def test_a_client_sees_its_visit_and_nothing_of_the_calendar(cast: Cast, office: Caller, diane: str) -> None:
    order = order_of(cast)
    told = {"diagnostician": diane, "order": order.code, "starts_at": at("09:00").isoformat(), "staff_note": "secret"}
    made = office("POST", "appointments/", told).json()
    client, stranger = caller(cast.alice.user), caller(cast.charlie.user)
    (row,) = client("GET", "appointments/").json()["results"]
    assert row["diagnostician_name"] == "Diane"
    assert {"staff_note", "diagnostician", "contact", "person_phone", "access_note"} & row.keys() == set()
    assert stranger("GET", "appointments/").json()["results"] == []
    assert client("GET", f"appointments/{made['code']}/").status_code == 404
    assert client("GET", "appointments/slots/").status_code == 404
    assert caller(cast.dan, firm="beta")("GET", f"appointments/{made['code']}/").status_code == 404
    assert client("POST", "appointments/", told).status_code == 403
    reader = caller(cast.bob, Scope.APPOINTMENTS_READ)
    assert reader("POST", f"appointments/{made['code']}/cancel/", {}).json()["code"] == "scope_missing"
    with firm_context("firm_alpha"):
        kept = [right for right in cast.bob.permissions if right != Permission.CALENDAR]
        User.objects.filter(pk=cast.bob.pk).update(permissions=kept)
    assert office("POST", f"appointments/{made['code']}/cancel/", {}).json()["code"] == "right_missing"
    with firm_context("firm_alpha"):
        assert Appointment.objects.get().state == "confirmed"


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_whatever_its_rows(cast: Cast, office: Caller, diane: str, rows: int) -> None:
    day = working_day()
    for hour in range(rows):
        booked = {"diagnostician": diane, "starts_at": at(f"{9 + 2 * hour:02}:00", day).isoformat(), "city": "Brest"}
        assert office("POST", "appointments/", booked).status_code == 201
    with CaptureQueriesContext(connection) as queries:
        found = office("GET", f"appointments/?since={day}&until={day}&diagnostician={diane}").json()["results"]
    assert len(found) == rows
    assert len(without_set(queries)) == 4
    after = (day + timedelta(days=1)).isoformat()
    assert office("GET", f"appointments/?since={after}").json()["results"] == []
