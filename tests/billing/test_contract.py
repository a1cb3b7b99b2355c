"""What every provider's client must do, against its stand-in and with the firm's own address for notifications."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from billing.actions.refunding import finish_refund, refund_payment
from billing.actions.settling import attempt_of, settle
from billing.enums import IssueKind, PaymentStatus, RefundOrigin, RefundStatus
from billing.models import Notification, Payment, Refund
from billing.providers import GATEWAYS, gateway_of
from billing.providers.base import ProviderUnavailable, RefundRequest
from extranet.enums import PaymentState
from extranet.models import Dossier
from kernel.errors import DomainError
from tests.billing.cards import REQUEST
from tests.billing.scripted import add_unpaid
from tests.billing.worlds import CASES, World, open_page, refusal_of, world_of
from tests.factories.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]

LYRA = pytest.mark.parametrize("world", [name for name in CASES if "-" in name], indirect=True)
SUCCEEDED = PaymentStatus.SUCCEEDED


@pytest.fixture(params=CASES)
def world(request: pytest.FixtureRequest, in_alpha: None, settings: Any) -> Iterator[World]:
    """Alpha's account with a provider."""
    with world_of(request.param, settings) as made:
        yield made


@pytest.fixture
def client(host: Callable[[str], Client]) -> Client:
    """Whoever posts to alpha's host."""
    return host("alpha")


@pytest.fixture
def paid(world: World, house: Dossier) -> Payment:
    """The house, paid and captured; its notifications wait."""
    payment = world.begin(house)
    world.pay(payment.provider_ref)
    return settle(payment.pk)


def state_of(dossier: Dossier) -> str:
    return Dossier.objects.get(pk=dossier.pk).payment_state


def kinds(payment: Payment) -> set[str]:
    return set(payment.issues.filter(resolved_at=None).values_list("kind", flat=True))


def give_back(payment: Payment, cast: Cast, amount: int, *, reopens: bool = False) -> Refund:
    return refund_payment(payment, amount=amount, line=None, reason="geste", reopens=reopens, user=cast.anna)


# --- paying -----------------------------------------------------------------------------------------------------------


def test_started_paid_and_read(world: World, house: Dossier) -> None:
    payment = world.begin(house)
    assert world.opened.status_code == 200
    assert "aucun argent n'est débité" in world.opened.text
    assert "150,00 €" in world.opened.text
    assert (payment.status, settle(payment.pk).status) == (PaymentStatus.PENDING, PaymentStatus.PENDING)
    assert state_of(house) == PaymentState.UNPAID
    world.stand_in.pay(payment.provider_ref)
    settled = settle(payment.pk)
    assert (settled.status, settled.amount, settled.refunded, settled.error) == (SUCCEEDED, 15_000, 0, "")
    assert settled.capture_ref
    assert settled.receipt_number
    assert settled.paid_at
    assert state_of(house) == PaymentState.PAID
    world.capture(payment.provider_ref)
    again = settle(payment.pk)
    assert (again.status, again.receipt_number, kinds(again)) == (SUCCEEDED, settled.receipt_number, set())
    world.stand_in.pay(payment.provider_ref)  # once more, in the tab that was left open
    assert (settle(payment.pk).amount, kinds(again)) == (15_000, set())


def test_paid_by_notification_alone(world: World, house: Dossier, client: Client) -> None:
    payment = world.begin(house)
    world.stand_in.pay(payment.provider_ref)
    assert world.hand_over(client) == {200}
    payment.refresh_from_db()
    assert (payment.status, payment.amount) == (SUCCEEDED, 15_000)
    assert state_of(house) == PaymentState.PAID


def test_several_dossiers_at_once(world: World, house: Dossier, cast: Cast) -> None:
    flat = add_unpaid("Appartement <b>& cave</b>", "50.01", user=cast.bob)
    payment = world.begin(house, flat)
    world.pay(payment.provider_ref)
    assert settle(payment.pk).amount == 20_001
    assert {state_of(house), state_of(flat)} == {PaymentState.PAID}


def test_not_authenticated_or_declined_then_paid(world: World, house: Dossier, client: Client) -> None:
    payment = world.begin(house)
    world.pay_in_vain(payment.provider_ref)
    refused = settle(payment.pk)
    assert refused.status == (PaymentStatus.FAILED if world.uses_form else PaymentStatus.PENDING)
    assert refused.error
    assert world.hand_over(client) <= {200}
    assert state_of(house) == PaymentState.UNPAID
    if world.uses_form:  # its number is used up
        payment = world.begin(house)
    world.pay(payment.provider_ref)
    assert settle(payment.pk).status == SUCCEEDED
    assert (state_of(house), kinds(payment)) == (PaymentState.PAID, set())


def test_given_up_then_begun_anew(world: World, house: Dossier, client: Client) -> None:
    first = world.begin(house)
    assert world.stand_in.cancel(first.provider_ref).startswith("https://alpha.example/")
    assert settle(first.pk).status in {PaymentStatus.PENDING, PaymentStatus.CANCELLED}
    assert world.hand_over(client) <= {200}
    second = world.begin(house)
    assert second.provider_ref != first.provider_ref
    world.pay(second.provider_ref)
    assert settle(second.pk).status == SUCCEEDED
    assert settle(first.pk).status != SUCCEEDED
    assert (state_of(house), kinds(second)) == (PaymentState.PAID, set())


def test_another_amount_than_asked_pays_no_dossier(world: World, house: Dossier, client: Client) -> None:
    payment = world.begin(house)
    world.ask_another_amount(payment.provider_ref, 100)
    world.pay(payment.provider_ref)
    assert world.hand_over(client) == {200}
    settled = settle(payment.pk)
    assert (settled.status, settled.amount, settled.receipt_number) == (SUCCEEDED, 100, None)
    assert (kinds(settled), state_of(house)) == ({IssueKind.WRONG_AMOUNT}, PaymentState.UNPAID)


# --- refunds ----------------------------------------------------------------------------------------------------------


def test_refunded_in_parts_up_to_all(world: World, paid: Payment, house: Dossier, client: Client, cast: Cast) -> None:
    world.hand_over(client)
    part = give_back(paid, cast, 5_000)
    assert (part.status, part.error, world.refunded(paid.provider_ref)) == (RefundStatus.SUCCEEDED, "", 5_000)
    assert (settle(paid.pk).refunded, state_of(house)) == (5_000, PaymentState.PAID)
    rest = give_back(paid, cast, 10_000, reopens=True)
    assert rest.provider_ref not in {"", part.provider_ref}
    assert world.hand_over(client) <= {200}
    world.capture(paid.provider_ref)
    assert world.hand_over(client) <= {200}
    settled = settle(paid.pk)
    assert (settled.status, settled.refunded, settled.refunds.count()) == (SUCCEEDED, 15_000, 2)
    assert (state_of(house), kinds(settled)) == (PaymentState.UNPAID, set())
    with pytest.raises(DomainError) as caught:
        give_back(paid, cast, 1)
    assert caught.value.code == "refund_too_high"
    assert world.refunded(paid.provider_ref) == 15_000


def test_one_key_gives_back_once(world: World, paid: Payment) -> None:
    request = RefundRequest("ref-1", "firm_alpha:ref-1", 4_000, "EUR", "geste")
    gateway = gateway_of(paid)
    assert len({gateway.refund(attempt_of(paid), request).ref for _time in range(3)}) == 1
    assert world.refunded(paid.provider_ref) == 4_000


def test_a_refund_whose_answer_is_lost_is_made_once(world: World, paid: Payment, client: Client, cast: Cast) -> None:
    world.hand_over(client)
    world.stand_in.trouble += ["", "cut_after"] if world.is_lyra else ["cut_after"]
    refund = give_back(paid, cast, 5_000)
    assert refund.status == RefundStatus.REQUESTED
    finish_refund(refund_id=refund.pk)
    world.hand_over(client)
    refund.refresh_from_db()
    assert (refund.status, refund.origin, paid.refunds.count()) == (RefundStatus.SUCCEEDED, RefundOrigin.HERE, 1)
    settled = settle(paid.pk)
    assert (settled.refunded, world.refunded(paid.provider_ref), kinds(settled)) == (5_000, 5_000, set())


def test_refunded_at_the_provider(world: World, paid: Payment, client: Client) -> None:
    world.hand_over(client)
    world.stand_in.refund_elsewhere(paid.provider_ref, 1_000)
    assert world.hand_over(client) == {200}
    paid.refresh_from_db()
    assert (paid.refunded, kinds(paid)) == (1_000, {IssueKind.REFUNDED_ELSEWHERE})


@LYRA
@pytest.mark.parametrize("told_first", [True, False])
def test_cancelled_before_the_capture_with_its_answer_lost(
    world: World, house: Dossier, cast: Cast, told_first: bool
) -> None:
    payment = world.begin(house)
    world.stand_in.pay(payment.provider_ref)
    settle(payment.pk)
    world.stand_in.trouble += ["", "cut_after"]
    refund = give_back(payment, cast, 15_000, reopens=True)
    assert refund.status == RefundStatus.REQUESTED
    if told_first:
        assert settle(payment.pk).refunded == 15_000
    for _time in range(2):
        finish_refund(refund_id=refund.pk)
    settled = settle(payment.pk)
    refund.refresh_from_db()
    assert (refund.status, settled.refunded, settled.refunds.count()) == (RefundStatus.SUCCEEDED, 15_000, 1)
    assert (state_of(house), kinds(settled)) == (PaymentState.UNPAID, set())


@LYRA
def test_cancelled_in_the_back_office_is_taken_back(world: World, house: Dossier, client: Client) -> None:
    payment = world.begin(house)
    world.stand_in.pay(payment.provider_ref)
    assert world.hand_over(client) == {200}
    assert world.is_lyra
    world.stand_in.cancel_transaction(payment.provider_ref)  # type: ignore[union-attr]
    assert world.hand_over(client) == {200}
    payment.refresh_from_db()
    assert (payment.status, payment.refunded, kinds(payment)) == (SUCCEEDED, 15_000, {IssueKind.REVERSED})
    assert state_of(house) == PaymentState.UNPAID


# --- keys and troubles ------------------------------------------------------------------------------------------------


def test_wrong_keys_begin_nothing(world: World, house: Dossier) -> None:
    with world.without_keys():
        if world.uses_form:  # the payer's browser alone talks to the provider
            world.begin(house)
            assert (world.opened.status_code, "signature" in world.opened.text) == (400, True)
        else:
            with pytest.raises(DomainError) as caught:
                world.begin(house)
            assert caught.value.code == "provider_refused"
            told = refusal_of(caught.value)
            assert not any(value[:-4] in told for name, value in world.keys.items() if name != "identifier")
            assert Payment.objects.get().status == PaymentStatus.FAILED
    payment = world.begin(house)
    world.pay(payment.provider_ref)
    assert settle(payment.pk).status == SUCCEEDED


def test_keys_refused_for_a_while_leave_a_payment_open(world: World, house: Dossier) -> None:
    payment = world.begin(house)
    world.pay(payment.provider_ref)
    with world.without_keys():
        waiting = settle(payment.pk)
        assert waiting.status == PaymentStatus.PENDING
        assert waiting.error
    assert settle(payment.pk).status == SUCCEEDED


@pytest.mark.parametrize("trouble", ["500", "html", "slow", "cut"])
def test_troubles_of_the_provider(world: World, house: Dossier, cast: Cast, settings: Any, trouble: str) -> None:
    settings.PAYMENT_TIMEOUT = 1 if trouble == "slow" else 5
    if not world.uses_form:
        world.stand_in.trouble = [trouble]
        with pytest.raises(DomainError) as caught:
            world.begin(house)
        assert caught.value.code == "provider_unavailable"
        assert Payment.objects.get().status == PaymentStatus.FAILED
    payment = world.begin(house)
    world.pay(payment.provider_ref)
    world.stand_in.trouble = [trouble]
    with pytest.raises(ProviderUnavailable):
        settle(payment.pk)
    assert state_of(house) == PaymentState.UNPAID
    payment = settle(payment.pk)
    assert (payment.status, state_of(house)) == (SUCCEEDED, PaymentState.PAID)
    world.stand_in.trouble = [trouble]
    refund = give_back(payment, cast, 5_000)
    assert refund.status == RefundStatus.REQUESTED
    finish_refund(refund_id=refund.pk)
    refund.refresh_from_db()
    assert (refund.status, settle(payment.pk).refunded) == (RefundStatus.SUCCEEDED, 5_000)
    assert (world.refunded(payment.provider_ref), kinds(payment)) == (5_000, set())


def test_keys_changed_in_the_middle(world: World, house: Dossier, client: Client, cast: Cast) -> None:
    payment = world.begin(house)
    world.stand_in.pay(payment.provider_ref)
    world.rotate()
    assert world.hand_over(client) == {200}, "signed with the former keys, on its way"
    assert settle(payment.pk).status == SUCCEEDED
    flat = add_unpaid("Appartement", "50.00", user=cast.bob)
    second = world.begin(flat)
    world.stand_in.pay(second.provider_ref)
    assert world.hand_over(client) == {200}
    assert settle(second.pk).status == SUCCEEDED
    world.capture(payment.provider_ref)
    assert give_back(payment, cast, 5_000).status == RefundStatus.SUCCEEDED


# --- notifications ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["forged", "truncated", "empty"])
def test_forged_and_cut_notifications_move_nothing(world: World, house: Dossier, client: Client, damage: str) -> None:
    payment = world.begin(house)
    world.stand_in.pay(payment.provider_ref)
    change: dict[str, Callable[[bytes], bytes]] = {
        "forged": lambda body: body.replace(payment.code.encode(), b"x" * len(payment.code)),
        "truncated": lambda body: body[:-9],
        "empty": lambda body: b"",
    }
    assert all(payment.code.encode() in delivery.body for delivery in world.stand_in.held[-1:])
    world.stand_in.held = world.stand_in.held[-1:]
    assert world.hand_over(client, change=change[damage]) == {400}
    payment.refresh_from_db()
    assert (payment.status, Notification.objects.count()) == (PaymentStatus.PENDING, 0)
    assert state_of(house) == PaymentState.UNPAID


def test_replayed_and_backwards_notifications_change_nothing_more(
    world: World, paid: Payment, house: Dossier, client: Client
) -> None:
    world.stand_in.refund_elsewhere(paid.provider_ref, 1_000)
    world.stand_in.held = list(reversed(world.stand_in.held)) * 3
    assert world.hand_over(client) == {200}
    kept = Notification.objects.count()
    for backwards in (True, False):
        assert world.replay(client, paid.provider_ref, backwards=backwards) == {200}
    assert Notification.objects.count() == kept == Notification.objects.values("dedupe_key").distinct().count()
    settled = settle(paid.pk)
    assert (settled.status, settled.refunded, settled.refunds.count()) == (SUCCEEDED, 1_000, 1)
    assert (settled.receipt_number, state_of(house)) == (paid.receipt_number, PaymentState.PAID)
    assert kinds(settled) == {IssueKind.REFUNDED_ELSEWHERE}


def test_another_firms_notification_is_refused(
    world: World, house: Dossier, client: Client, host: Callable[[str], Client]
) -> None:
    payment = world.begin(house)
    # beta's attempt has the very reference of alpha's, and is paid
    request = dataclasses.replace(REQUEST, reference=payment.code, idempotency_key=f"firm_beta:{payment.code}")
    started = GATEWAYS[world.provider](world.other()).start(request)
    assert open_page(started.url, started.fields).status_code == 200
    world.stand_in.pay(started.ref)
    foreign = world.take()
    assert foreign
    assert {world.post(client, delivery, path=world.path) for delivery in foreign} == {400}
    assert not Notification.objects.exists()
    assert settle(payment.pk).status == PaymentStatus.PENDING
    world.stand_in.pay(payment.provider_ref)
    own = world.take()
    assert {world.post(host("beta"), delivery) for delivery in own} == {404}
    assert {world.post(client, delivery) for delivery in own} == {200}
