"""A form that is sent several times at the same moment, with real commits: one payment, one refund."""

from django.utils import timezone

from accounts.models import User
from billing.actions.manual import record_manual_payment
from billing.actions.manual_account import manual_account
from billing.actions.refunding import refund_payment
from billing.actions.settling import settle
from billing.enums import Method, RefundStatus
from billing.models import Payment, Refund
from kernel.tenancy import firm_context
from kernel.text import new_code
from tests.billing.scripted import ScriptedProvider, add_account, add_unpaid, begin
from tests.together import at_once

CLICKS = 6


def test_clicks_at_the_same_moment_record_one_payment(own_database: str) -> None:
    once = new_code()
    with firm_context("firm_alpha"):
        anna = User.objects.get()
        house = add_unpaid("Maison", "150.00", user=anna)
        account = manual_account(Method.CHEQUE)

    def record() -> str:
        return record_manual_payment(
            [(house, 10_000)],
            account=account,
            method=Method.CHEQUE,
            received_on=timezone.localdate(),
            reference="",
            payer_name="",
            payer_email="",
            user=anna,
            once=once,
        ).code

    assert at_once([record] * CLICKS) == [once] * CLICKS
    with firm_context("firm_alpha"):
        assert list(Payment.objects.values_list("amount", "receipt_number")) == [(10_000, 1)]


def test_clicks_at_the_same_moment_refund_once(own_database: str, provider: ScriptedProvider) -> None:
    once = new_code()
    with firm_context("firm_alpha"):
        anna = User.objects.get()
        payment = begin([add_unpaid("Maison", "150.00", user=anna)], add_account())
        provider.session_of(payment).pay()
        payment = settle(payment.pk)

    def refund() -> str:
        made = refund_payment(payment, amount=1_000, line=None, reason="", reopens=False, user=anna, once=once)
        return made.code

    assert at_once([refund] * CLICKS) == [once] * CLICKS
    with firm_context("firm_alpha"):
        assert list(Refund.objects.values_list("amount", "status")) == [(1_000, RefundStatus.SUCCEEDED)]
        assert Payment.objects.get().refunded == 1_000
    assert provider.calls.count("refund") == 1
