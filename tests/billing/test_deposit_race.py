"""Deposits at the same instant, with real commits: notifications, returns, holds that lapse, cancellations."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import User
from billing.actions.deposit import give_back_deposit
from billing.actions.settling import settle
from billing.enums import IssueKind, PaymentStatus
from billing.models import PaymentIssue, Refund
from extranet.actions.appointment import book_offered, cancel_appointment, hold_slot, release_holds
from extranet.models import Appointment, Order, PortalSettings
from kernel.tenancy import firm_context
from tests.billing.scripted import ScriptedProvider, add_account
from tests.billing.test_deposits import begin, pay
from tests.extranet.booking import add_person, at
from tests.factories.visit_things import open_booking
from tests.together import at_once


def test_fifty_truths_and_a_lapsing_hold_give_one_visit(own_database: str, provider: ScriptedProvider) -> None:
    with firm_context("firm_alpha"):
        anna = User.objects.get()
        account = add_account()
        open_booking(deposit_kind="fixed", deposit_amount=Decimal(50))
        PortalSettings.objects.update(online_payment=True)
        person = add_person("Diane")
        told: dict[str, Any] = {"starts_at": at("10:00"), "ends_at": at("11:00"), "values": {}}
        visit = hold_slot(person, deposit=Decimal(50), **told)
        payment = begin(visit, account)
        provider.session_of(payment).pay()
        Appointment.objects.update(held_until=timezone.now() - timedelta(seconds=1))
        rival = Order.objects.create(number="C1", state="todo", origin="staff", sent_at=timezone.now(), created_by=anna)
    works: list[Callable[[], Any]] = [partial(settle, payment.pk)] * 20
    works += [release_holds] * 5
    works += [partial(book_offered, person, order=rival, **told)] * 10
    results = at_once(works)
    assert [result for result in results if isinstance(result, Exception)] == []
    with firm_context("firm_alpha"):
        (busy,) = Appointment.objects.filter(state__in=["held", "confirmed"])
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.SUCCEEDED
        late = PaymentIssue.objects.filter(kind=IssueKind.DEPOSIT_LATE).count()
        assert late == (0 if busy.pk == visit.pk else 1)
        assert (Appointment.objects.get(pk=visit.pk).deposit_paid_at is not None) == (busy.pk == visit.pk)


def test_cancelling_fifty_times_gives_back_once(own_database: str, provider: ScriptedProvider) -> None:
    with firm_context("firm_alpha"):
        account = add_account()
        visit = hold_slot(
            add_person("Diane"), starts_at=at("10:00"), ends_at=at("11:00"), values={}, deposit=Decimal(50)
        )
        payment = begin(visit, account)
        pay(payment, provider)
    results = at_once([partial(cancel_appointment, visit)] * 10)
    assert results.count("state") == 9
    results = at_once([partial(give_back_deposit, appointment_id=visit.pk)] * 10)
    assert [result for result in results if isinstance(result, Exception)] == []
    with firm_context("firm_alpha"):
        payment.refresh_from_db()
        assert (payment.refunded, Refund.objects.count()) == (5_000, 1)
    assert provider.calls.count("refund") == 1
