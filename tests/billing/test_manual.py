"""Transfers, cheques and cash, recorded by hand."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from billing.actions.manual import cancel_manual, confirm_manual, record_manual_payment
from billing.actions.refunding import refund_payment
from billing.actions.settling import settle
from billing.enums import IssueKind, Method, PaymentStatus, RefundStatus
from billing.models import BillingSettings, Payment, ProviderAccount
from billing.queries.dues import dues_of
from extranet.actions.payment_state import set_amount
from extranet.enums import PaymentState
from extranet.models import Dossier
from kernel.errors import DomainError
from mail.models import OutgoingMail
from tests.billing.scripted import ScriptedProvider, add_manual_account, add_unpaid, begin
from tests.factories.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]

DAY = date(2026, 1, 15)


@pytest.fixture
def transfer(in_alpha: None) -> ProviderAccount:
    return add_manual_account()


def record(
    parts: list[tuple[Dossier, int]], account: ProviderAccount, cast: Cast, *, day: date = DAY, email: str = ""
) -> Payment:
    return record_manual_payment(
        parts,
        account=account,
        method=Method.CHEQUE,
        received_on=day,
        reference="BNP 0042",
        payer_name="Paul",
        payer_email=email,
        user=cast.bob,
    )


def test_cheque_pays_and_says_who_recorded_it(transfer: ProviderAccount, house: Dossier, cast: Cast) -> None:
    payment = record([(house, 15_000)], transfer, cast, email="paul@client.example")
    assert (payment.status, payment.method) == (PaymentStatus.SUCCEEDED, Method.CHEQUE)
    assert payment.paid_at
    assert timezone.localdate(payment.paid_at) == DAY
    assert payment.provider_ref == "BNP 0042"
    assert payment.receipt_number == 1
    house.refresh_from_db()
    assert house.payment_state == PaymentState.PAID
    assert house.payment_changed_by == f"Bob Staff {payment.code}"
    assert OutgoingMail.objects.get(kind__startswith="payment").to == "paul@client.example"
    assert settle(payment.pk) == payment, "there is nobody to ask"


def test_part_leaves_the_rest_due_without_alarm(
    provider: ScriptedProvider, account: ProviderAccount, transfer: ProviderAccount, house: Dossier, cast: Cast
) -> None:
    part = record([(house, 5_000)], transfer, cast)
    assert not part.issues.exists()
    house.refresh_from_db()
    assert house.payment_state == PaymentState.UNPAID
    assert dues_of([house])[0].left == 10_000
    rest = begin([house], account)
    assert rest.amount == 10_000
    provider.session_of(rest).pay()
    assert not settle(rest.pk).issues.exists()
    house.refresh_from_db()
    assert house.payment_state == PaymentState.PAID


def test_too_much_is_told(transfer: ProviderAccount, house: Dossier, cast: Cast) -> None:
    payment = record([(house, 15_001)], transfer, cast)
    assert payment.issues.get().kind == IssueKind.AMOUNT_CHANGED


@pytest.mark.parametrize("amount", [0, -1])
def test_amount_must_be_above_nothing(transfer: ProviderAccount, house: Dossier, cast: Cast, amount: int) -> None:
    with pytest.raises(DomainError) as error:
        record([(house, amount)], transfer, cast)
    assert error.value.code == "amount_wrong"
    assert not Payment.objects.exists()


def test_day_to_come_no_dossier_and_a_providers_account_are_refused(
    transfer: ProviderAccount, account: ProviderAccount, house: Dossier, cast: Cast
) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    for parts, where, day, code in (
        ([(house, 1)], transfer, tomorrow, "date_future"),
        ([], transfer, DAY, "nothing_due"),
        ([(house, 1)], account, DAY, "account_off"),
        ([(house, 1), (house, 2)], transfer, DAY, "amount_wrong"),
    ):
        with pytest.raises(DomainError) as error:
            record(parts, where, cast, day=day)
        assert error.value.code == code
    assert not Payment.objects.exists()


def test_announced_transfer_is_confirmed_once(transfer: ProviderAccount, house: Dossier, cast: Cast) -> None:
    announced = begin([house], transfer)
    payment = confirm_manual(announced, received_on=DAY, reference="VIR 7", user=cast.bob)
    assert payment.status == PaymentStatus.SUCCEEDED
    assert (payment.recorded_by, payment.provider_ref, payment.method) == (cast.bob, "VIR 7", Method.TRANSFER)
    house.refresh_from_db()
    assert house.payment_state == PaymentState.PAID
    again: list[Callable[[], object]] = [
        lambda: confirm_manual(announced, received_on=DAY, reference="", user=cast.bob),
        lambda: cancel_manual(announced, cast.bob),
    ]
    for once_more in again:
        with pytest.raises(DomainError) as error:
            once_more()
        assert error.value.code == "not_open"
    assert OutgoingMail.objects.filter(kind__startswith="payment").count() == 1


def test_announced_transfer_whose_amount_changed_is_told(transfer: ProviderAccount, house: Dossier, cast: Cast) -> None:
    announced = begin([house], transfer)
    set_amount(house, amount=house.amount and house.amount + 1, payer="", payer_name="", user=cast.bob)
    payment = confirm_manual(announced, received_on=DAY, reference="", user=cast.bob)
    assert payment.issues.get().kind == IssueKind.AMOUNT_CHANGED


def test_announced_transfer_that_never_came_is_given_up(transfer: ProviderAccount, house: Dossier, cast: Cast) -> None:
    payment = cancel_manual(begin([house], transfer), cast.bob)
    assert payment.status == PaymentStatus.CANCELLED
    house.refresh_from_db()
    assert house.payment_state == PaymentState.UNPAID
    assert not OutgoingMail.objects.filter(kind__startswith="payment").exists()


def test_refund_of_a_manual_payment_is_recorded(transfer: ProviderAccount, house: Dossier, cast: Cast) -> None:
    payment = record([(house, 15_000)], transfer, cast)
    refund = refund_payment(payment, amount=15_000, line=None, reason="Annulé", reopens=True, user=cast.bob)
    assert refund.status == RefundStatus.SUCCEEDED
    payment.refresh_from_db()
    assert payment.net == 0
    house.refresh_from_db()
    assert house.payment_state == PaymentState.UNPAID


def test_receipt_numbers_have_no_gap(transfer: ProviderAccount, cast: Cast) -> None:
    houses = [add_unpaid(f"Maison {rank}", "10.00", user=cast.bob) for rank in range(3)]
    numbers = [record([(each, 1_000)], transfer, cast).receipt_number for each in houses]
    assert numbers == [1, 2, 3]
    assert BillingSettings.objects.get().next_receipt_number == 4


def test_mail_goes_to_the_contact_where_no_address_was_given(
    transfer: ProviderAccount, house: Dossier, cast: Cast
) -> None:
    record_manual_payment(
        [(house, 15_000)],
        account=transfer,
        method=Method.CASH,
        received_on=DAY,
        reference="",
        payer_name="",
        payer_email="",
        user=cast.bob,
        contact=cast.alice,
    )
    assert OutgoingMail.objects.get(kind__startswith="payment").to == cast.alice.user.email
