"""Many who want one time at once, with real commits: one gets it, the others are told politely."""

import itertools
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from extranet.actions.appointment import (
    book_appointment,
    cancel_appointment,
    confirm_appointment,
    hold_slot,
    move_appointment,
)
from extranet.actions.appointment_row import release_expired_holds
from extranet.enums_booking import AppointmentState
from extranet.models import Appointment, Diagnostician
from kernel.tenancy import firm_context
from tests import together
from tests.extranet.booking import add_person, add_visit, at


def at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Returns what each gave, a result or a domain error's code: nothing else may happen."""
    results = together.at_once(works)
    assert [result for result in results if isinstance(result, Exception)] == []
    return results


def test_forty_hold_one_slot_and_one_has_it(own_database: str) -> None:
    with firm_context("firm_alpha"):
        person = add_person()
    ask = partial(hold_slot, person, starts_at=at("10:00"), ends_at=at("11:00"), values={})
    results = at_once([ask] * 40)
    assert results.count("taken") == 39
    with firm_context("firm_alpha"):
        assert Appointment.objects.get().state == AppointmentState.HELD


def test_slots_that_touch_or_lack_the_way_are_never_both_given(own_database: str) -> None:
    with firm_context("firm_alpha"):
        person = add_person()
    works: list[Callable[[], Any]] = []
    for rank in range(24):
        start = at("09:00") + timedelta(minutes=30 * (rank % 12))
        end = start + timedelta(minutes=75)
        works.append(partial(hold_slot, person, starts_at=start, ends_at=end, values={}))
    at_once(works)
    with firm_context("firm_alpha"):
        rows = list(Appointment.objects.filter(state="held").order_by("starts_at"))
    assert rows
    for before, after in itertools.pairwise(rows):
        # an unknown place: half an hour, and ten minutes between
        assert after.starts_at - before.ends_at >= timedelta(minutes=40)


def test_moves_and_bookings_to_one_time_end_in_one_visit_there(own_database: str) -> None:
    with firm_context("firm_alpha"):
        one, other = add_person("Un"), add_person("Deux")
        visits = [add_visit(one, f"{hour:02d}:00", f"{hour:02d}:45") for hour in range(9, 14)]
        visits += [add_visit(other, f"{hour:02d}:00", f"{hour:02d}:45") for hour in range(9, 14)]
    works: list[Callable[[], Any]] = [
        partial(move_appointment, visit, diagnostician=other, starts_at=at("16:00")) for visit in visits
    ]
    works += [partial(book_appointment, other, starts_at=at("16:15"), ends_at=at("17:00"), values={})] * 6
    results = at_once(works)
    assert results.count("taken") == len(works) - 1
    with firm_context("firm_alpha"):
        there = Appointment.objects.filter(diagnostician=other, starts_at__gte=at("15:00"))
        assert there.count() == 1


def test_a_hold_that_lapses_is_either_confirmed_or_given_to_somebody_else(own_database: str) -> None:
    with firm_context("firm_alpha"):
        person = add_person()
        held = hold_slot(person, starts_at=at("10:00"), ends_at=at("11:00"), values={})
        Appointment.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    works: list[Callable[[], Any]] = [partial(confirm_appointment, held)] * 5
    works += [partial(hold_slot, person, starts_at=at("10:00"), ends_at=at("11:00"), values={})] * 10
    works += [release_expired_holds] * 5
    at_once(works)
    with firm_context("firm_alpha"):
        busy = Appointment.objects.filter(state__in=["held", "confirmed"])
        assert busy.count() == 1


def test_cancelling_frees_the_time_for_exactly_one(own_database: str) -> None:
    with firm_context("firm_alpha"):
        person = add_person()
        first = add_visit(person, "10:00", "11:00")
    ask = partial(hold_slot, person, starts_at=at("10:00"), ends_at=at("11:00"), values={})
    at_once([partial(cancel_appointment, first), *[ask] * 15])
    with firm_context("firm_alpha"):
        if not Appointment.objects.filter(state="held").exists():
            ask()
        assert Appointment.objects.filter(state__in=["held", "confirmed"]).count() == 1


def test_the_database_itself_refuses_two_at_one_time(own_database: str) -> None:
    """Past all locks and rules: what no programming fault gets around."""
    with firm_context("firm_alpha"):
        person = add_person()
        visit = add_visit(person, "10:00", "11:00")
        other = Diagnostician.objects.create(name="Autre")
    with psycopg.connect(own_database) as raw:
        raw.execute("SET search_path = firm_alpha, public")
        copied = (
            "INSERT INTO extranet_appointment SELECT (jsonb_populate_record(a, jsonb_build_object("
            "'id', nextval('extranet_appointment_id_seq'), 'code', 'x', 'diagnostician_id', %s::bigint,"
            " 'starts_at', a.starts_at + %s::interval, 'ends_at', a.ends_at + %s::interval, 'state', %s::text,"
            " 'held_until', now()))).* FROM extranet_appointment a WHERE a.id = %s"
        )
        for who, later, state, refused in (
            (person.pk, "59 minutes", "confirmed", True),
            (person.pk, "-59 minutes", "held", True),
            (person.pk, "60 minutes", "confirmed", False),
            (person.pk, "0", "cancelled", False),
            (other.pk, "0", "confirmed", False),
        ):
            values = (who, later, later, state, visit.pk)
            if refused:
                with pytest.raises(psycopg.errors.ExclusionViolation), raw.transaction():
                    raw.execute(copied, values)
            else:
                with raw.transaction(force_rollback=True):
                    raw.execute(copied, values)
