"""Whatever happens, in whatever order and however late it is told: no cent is lost, none is counted twice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from billing.actions.receiving import drain_notifications
from billing.actions.refunding import finish_refund, left_to_refund, refund_payment
from billing.actions.settling import merge, settle
from billing.enums import Dispute, PaymentStatus, RefundOrigin, RefundStatus
from billing.models import Payment, ProviderAccount, Refund
from billing.providers.base import ProviderUnavailable, RefundTruth, Truth, TruthState
from billing.queries.dues import received_for
from billing.rules import cents
from extranet.enums import EventKind, PaymentState
from extranet.models import Dossier, DossierEvent
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tests.billing.scripted import ScriptedProvider, Session, add_account, add_unpaid, begin, signed
from tests.factories.cast import Cast
from tests.support import at_host

PRICES = ("150.00", "0.01", "99.99")
#: What happens at the provider, here, and on the way between.
EVENTS = (
    "begin",
    "pay",
    "pay",
    "pay_otherwise",
    "fail",
    "reverse",
    "dispute",
    "win",
    "lose",
    "refund_there",
    "refund_there",
    "refund_there_slowly",
    "refund_is_done",
    "refund_here",
    "refund_here",
    "answer_is_lost",
    "provider_is_down",
    "settle",
    "settle",
    "stale",
    "stale",
    "notify",
    "notify_twice",
    "drain",
)
#: Whole amounts as often as others: what gives all back is what reopens.
amounts = st.sampled_from((1, 100, 16_000, 16_000)) | st.integers(1, 16_000)
events = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 5), amounts), min_size=8, max_size=24)


@dataclass
class Story:
    """A firm, its provider, and all truths that were ever on their way."""

    provider: ScriptedProvider
    account: ProviderAccount
    dossiers: list[Dossier]
    cast: Cast
    client: Client
    payments: list[Payment] = field(default_factory=list)
    truths: list[tuple[int, Truth]] = field(default_factory=list)
    sent: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    #: Of each payment what may only grow.
    grown: dict[int, tuple[int, int, int]] = field(default_factory=dict)

    def happen(self, event: str, which: int, amount: int) -> None:
        """Makes an event happen, where it can."""
        if event == "begin":
            self._begin(which)
        elif event == "provider_is_down":
            self.provider.trouble[:] = [ProviderUnavailable("down")]
        elif event == "answer_is_lost":
            self.provider.lost[:] = ["refund"]
        elif event == "drain":
            drain_notifications(account_id=self.account.pk)
        elif event == "stale" and self.truths:
            merge(*self.truths[which % len(self.truths)])
        elif event == "notify_twice" and self.sent:
            self._post(*self.sent[which % len(self.sent)])
        elif self.payments:
            payment = self.payments[which % len(self.payments)]
            if event == "settle":
                self._settle(payment)
            elif event == "notify":
                self._notify(payment)
            elif event == "refund_here":
                self._refund(payment, which, amount)
            else:
                _AT_PROVIDER.get(event, _nothing)(self.provider.session_of(payment), amount)
                self.truths.append((payment.pk, self.provider.session_of(payment).truth()))

    def _begin(self, which: int) -> None:
        asked = self.dossiers if which == 5 else [self.dossiers[which % len(self.dossiers)]]
        try:
            self.payments.append(begin([Dossier.objects.get(pk=each.pk) for each in asked], self.account))
        except DomainError as error:
            assert error.code in {"nothing_due", "amount_changed", "provider_unavailable"}  # noqa: PT017

    def _settle(self, payment: Payment) -> None:
        try:
            settle(payment.pk)
        except ProviderUnavailable:
            return

    def _notify(self, payment: Payment) -> None:
        told = signed({"id": f"evt-{len(self.sent)}", "kind": "changed", "code": payment.code})
        self.sent.append(told)
        self._post(*told)

    def _post(self, body: bytes, headers: dict[str, str]) -> None:
        path = reverse("payment-notify", args=[self.account.token])
        answer = self.client.post(path, body, content_type="application/json", headers=headers)
        assert answer.status_code == 200

    def _refund(self, payment: Payment, which: int, amount: int) -> None:
        line = payment.lines.order_by("pk").first() if which % 2 else None
        if which < 4:  # as from the payment's page: paid, and no more than what is left
            _pay(self.provider.session_of(payment), 0)
            self._settle(payment)
            amount = min(amount, left_to_refund(Payment.objects.get(pk=payment.pk), line)) or amount
        try:
            refund_payment(payment, amount=amount, line=line, reason="", reopens=which % 3 == 0, user=self.cast.anna)
        except DomainError as error:
            assert error.code in {"not_paid", "refund_too_high"}  # noqa: PT017

    def check_growth(self) -> None:
        """Nothing goes back: not the state, not what was refunded, not the receipt's number."""
        for payment in Payment.objects.all():
            done = int(payment.status == PaymentStatus.SUCCEEDED)
            now = (done, payment.refunded, payment.receipt_number or 0)
            before = self.grown.get(payment.pk, (0, 0, 0))
            assert all(new >= old for new, old in zip(now, before, strict=True)), (before, now)
            self.grown[payment.pk] = now

    def come_to_rest(self) -> None:
        """The provider answers again, and all that waits is done."""
        self.provider.trouble.clear()
        self.provider.lost.clear()
        drain_notifications(account_id=self.account.pk)
        for _round in range(2):
            for refund in Refund.objects.filter(status=RefundStatus.REQUESTED):
                finish_refund(refund_id=refund.pk)
            for payment in self.payments:
                settle(payment.pk)


def _nothing(session: Session, amount: int) -> None:
    """Does nothing."""


def _pay(session: Session, amount: int) -> None:
    if session.state in {TruthState.PENDING, TruthState.FAILED}:
        session.pay()


def _pay_otherwise(session: Session, amount: int) -> None:
    if session.state is TruthState.PENDING:
        session.pay(amount)


def _fail(session: Session, amount: int) -> None:
    if session.state is TruthState.PENDING:
        session.state = TruthState.FAILED


def _reverse(session: Session, amount: int) -> None:
    if session.state is TruthState.SUCCEEDED and not session.refunds and session.dispute == Dispute.NONE:
        session.state = TruthState.REVERSED


def _dispute(session: Session, amount: int) -> None:
    if session.state is TruthState.SUCCEEDED and session.dispute == Dispute.NONE:
        session.dispute = Dispute.OPEN


def _end_dispute(end: Dispute) -> Callable[[Session, int], None]:
    def do(session: Session, amount: int) -> None:
        if session.dispute == Dispute.OPEN:
            session.dispute = end
            _settle_refunds(session, RefundStatus.FAILED)

    return do


def _refund_there(session: Session, amount: int) -> None:
    if session.left:
        session.refund(min(amount, session.left))


def _refund_slowly(session: Session, amount: int) -> None:
    if session.left:
        session.refund(min(amount, session.left), status=RefundStatus.PENDING)


def _refund_is_done(session: Session, amount: int) -> None:
    _settle_refunds(session, RefundStatus.SUCCEEDED if amount % 2 else RefundStatus.FAILED)


def _settle_refunds(session: Session, status: RefundStatus) -> None:
    session.refunds[:] = [
        RefundTruth(one.ref, one.amount, status, one.reference) if one.status == RefundStatus.PENDING else one
        for one in session.refunds
    ]


_AT_PROVIDER: dict[str, Callable[[Session, int], None]] = {
    "pay": _pay,
    "pay_otherwise": _pay_otherwise,
    "fail": _fail,
    "reverse": _reverse,
    "dispute": _dispute,
    "win": _end_dispute(Dispute.WON),
    "lose": _end_dispute(Dispute.LOST),
    "refund_there": _refund_there,
    "refund_there_slowly": _refund_slowly,
    "refund_is_done": _refund_is_done,
}


@pytest.mark.django_db
@settings(max_examples=60, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=events, names=st.booleans(), abandons=st.booleans())
def test_no_order_of_events_loses_or_doubles_money(
    provider: ScriptedProvider, cast: Cast, events: list[tuple[str, int, int]], names: bool, abandons: bool
) -> None:
    with transaction.atomic():
        with firm_context("firm_alpha"):
            provider.__init__(names_refunds=names, abandons=abandons)  # type: ignore[misc]
            _tell(provider, cast, events)
        transaction.set_rollback(True)


def _tell(provider: ScriptedProvider, cast: Cast, events: list[tuple[str, int, int]]) -> None:
    dossiers = [add_unpaid(f"Maison {rank}", price, user=cast.bob) for rank, price in enumerate(PRICES)]
    story = Story(provider, add_account(), dossiers, cast, at_host("alpha"))
    with firm_context("firm_alpha"):
        story.happen("begin", 0, 0)
        for event in events:
            with firm_context("firm_alpha"):
                story.happen(*event)
            story.check_growth()
        story.come_to_rest()
        story.check_growth()
    _check_payments(story)
    _check_dossiers(story)


def _check_payments(story: Story) -> None:
    paid: list[int] = []
    assert not Refund.objects.filter(status=RefundStatus.REQUESTED).exists(), "each has its end"
    for payment in Payment.objects.filter(pk__in=[payment.pk for payment in story.payments]):
        session = story.provider.session_of(payment)
        assert payment.net == session.net, "what we say is there is there"
        made = payment.refunds.filter(status=RefundStatus.SUCCEEDED)
        assert payment.refunded == sum(made.values_list("amount", flat=True))
        moved = made.filter(origin__in=(RefundOrigin.HERE, RefundOrigin.PROVIDER))
        there = [one.ref for one in session.refunds if one.status == RefundStatus.SUCCEEDED]
        assert sorted(moved.values_list("provider_ref", flat=True)) == sorted(there), "each once"
        lines = list(payment.lines.values_list("amount", "refunded"))
        whole = sum(amount for amount, _back in lines)
        assert sum(back for _amount, back in lines) == min(payment.refunded, whole)
        assert 0 <= left_to_refund(payment) <= payment.net
        if payment.receipt_number:
            paid.append(payment.receipt_number)
    assert sorted(paid) == list(range(1, len(paid) + 1)), "receipts without a gap"
    assert OutgoingMail.objects.filter(kind__startswith="payment").count() == len(paid), "one mail a payment"


def _check_dossiers(story: Story) -> None:
    for dossier in Dossier.objects.filter(pk__in=[each.pk for each in story.dossiers]):
        assert dossier.amount is not None
        due, received = cents(dossier.amount), received_for([dossier.pk]).get(dossier.pk, 0)
        is_paid = dossier.payment_state == PaymentState.PAID
        lines = dossier.payment_lines.filter(payment__status=PaymentStatus.SUCCEEDED)
        given_back = any(lines.values_list("refunded", flat=True))
        if received >= due and not given_back:
            assert is_paid, "paid for, and not said"
        if is_paid:
            assert received >= due or given_back, "said, and not paid for"
            assert received > 0 or _kept_on_purpose(dossier), "all went back"
        marks = DossierEvent.objects.filter(dossier=dossier, kind__in=(EventKind.PAID, EventKind.UNPAID))
        kinds = list(marks.order_by("pk").values_list("kind", flat=True))
        assert all(one != two for one, two in pairwise(kinds)), "marked once each time"


def _kept_on_purpose(dossier: Dossier) -> bool:
    """Whether the firm itself gave money back without asking for it again, or one refund came in parts."""
    back: Any = Refund.objects.filter(payment__lines__dossier=dossier, status=RefundStatus.SUCCEEDED)
    return bool(back.filter(origin=RefundOrigin.HERE, reopens=False).exists())
