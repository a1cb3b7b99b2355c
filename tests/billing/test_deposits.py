"""Deposits of visits with a provider: paid, refused, late, given back, counted for the dossier that follows."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.models import User
from billing.actions.deposit import give_back_deposit, start_deposit
from billing.actions.manual import confirm_manual
from billing.actions.merging import merge
from billing.actions.settling import settle
from billing.enums import IssueKind, Mode, PaymentStatus
from billing.models import Payment, PaymentLine, ProviderAccount, Refund
from billing.providers.base import ProviderUnavailable, Truth, TruthState
from billing.queries.dues import dues_of
from billing.receipt import receipt_pdf
from billing.tokens import status_path
from extranet.actions.appointment import cancel_appointment, release_holds
from extranet.actions.client_booking import book_for_client, release_hold
from extranet.actions.order_dossier import make_dossier
from extranet.actions.payment_state import set_amount
from extranet.enums import PaymentState
from extranet.models import Appointment, BookingSettings, Dossier, Order, PortalSettings, Quote
from extranet.queries.client_booking import deposit_token
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tests.billing.scripted import BASE_URL, ScriptedProvider, add_account, add_manual_account
from tests.extranet.booking import add_person, add_visit, at
from tests.factories.cast import Cast
from tests.factories.quote_things import add_accepted
from tests.factories.visit_things import add_order_to_book, open_booking
from tests.support import body, logged_in, run_jobs, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(cast: Cast, account: ProviderAccount) -> Order:
    """An order of Alice's whose visit costs a deposit of 50 euros."""
    cache.clear()
    PortalSettings.objects.update(online_payment=True)
    open_booking(deposit_kind="fixed", deposit_amount=Decimal(50))
    add_person("Diane")
    return add_order_to_book(cast)


@pytest.fixture
def visit(order: Order, cast: Cast) -> Appointment:
    """Its visit, held."""
    return book_for_client(order, starts_at=at("10:00"), user=cast.alice.user)


def begin(visit: Appointment, account: ProviderAccount) -> Payment:
    payment, _started = start_deposit(
        visit,
        account=account,
        contact=None,
        payer_name="Alice",
        payer_email="alice@example.org",
        base_url=BASE_URL,
        language="fr",
    )
    return payment


def pay(payment: Payment, provider: ScriptedProvider) -> Payment:
    provider.session_of(payment).pay()
    return settle(payment.pk)


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def lapse(visit: Appointment) -> None:
    Appointment.objects.filter(pk=visit.pk).update(held_until=timezone.now() - timedelta(seconds=1))
    release_holds()


def kinds(payment: Payment) -> list[str]:
    return list(payment.issues.values_list("kind", flat=True))


def test_a_held_time_is_confirmed_by_its_deposit_once(
    visit: Appointment, account: ProviderAccount, provider: ScriptedProvider
) -> None:
    assert (visit.state, str(visit.deposit), visit.refund_hours, visit.refund_percent) == ("held", "50.00", 48, 50)
    payment = begin(visit, account)
    (line,) = payment.lines.all()
    assert (payment.amount, line.appointment_id, line.dossier_id) == (5_000, visit.pk, None)
    assert line.title.startswith("Acompte") or line.title.startswith("Deposit")
    pay(payment, provider)
    settle(payment.pk)
    merge(payment.pk, Truth(TruthState.SUCCEEDED, amount=5_000, currency="EUR"))
    now = fresh(visit)
    assert (now.state, now.held_until) == ("confirmed", None)
    assert now.deposit_paid_at is not None
    assert OutgoingMail.objects.filter(kind="visit_booked").count() == 1
    assert OutgoingMail.objects.filter(kind__startswith="payment").count() == 1
    assert kinds(payment) == []
    assert receipt_pdf(fresh(payment)).startswith(b"%PDF")
    with pytest.raises(DomainError) as told:
        begin(now, account)
    assert told.value.code == "nothing_due"


def test_the_page_of_the_deposit(
    visit: Appointment, account: ProviderAccount, provider: ScriptedProvider, browser: Client
) -> None:
    address = f"/payer/acompte/{deposit_token(visit)}/"
    page = browser.get(address).content.decode()
    assert "data-countdown" in page
    assert "alice@" not in page, "its client is known, its address masked"
    sent = {"means": account.code, "total": "5000", "attempt": "one"}
    assert browser.post(address, sent | {"means": "other"}).status_code == 422
    first = browser.post(address, sent)
    assert browser.post(address, sent)["Location"] == first["Location"], "the same page twice"
    payment = Payment.objects.get()
    pay(payment, provider)
    status = browser.get(first["Location"].replace("continuer/", "")).content.decode()
    assert said("See my visit") in status
    assert said("This deposit is paid: there is nothing more to do.") in browser.get(address).content.decode()
    assert browser.post(address, sent | {"attempt": "two"}).status_code == 422
    assert browser.get(f"{address[:-2]}x/").status_code == 404
    with firm_context("firm_beta"):
        forged = deposit_token(visit)
    assert browser.get(f"/payer/acompte/{forged}/").status_code == 404


def test_a_provider_that_is_down_keeps_the_time(
    visit: Appointment, account: ProviderAccount, provider: ScriptedProvider, browser: Client
) -> None:
    address = f"/payer/acompte/{deposit_token(visit)}/"
    sent = {"means": account.code, "total": "5000", "attempt": "one"}
    provider.trouble.append(ProviderUnavailable("down"))
    assert browser.post(address, sent).status_code == 503
    assert fresh(visit).state == "held"
    assert browser.post(address, sent).status_code == 302


def test_a_refused_deposit_leaves_the_time_and_another_try(
    visit: Appointment, account: ProviderAccount, provider: ScriptedProvider
) -> None:
    first = begin(visit, account)
    merge(first.pk, Truth(TruthState.FAILED, error="card_declined"))
    assert fresh(visit).state == "held"
    second = begin(visit, account)
    pay(second, provider)
    assert fresh(visit).state == "confirmed"
    assert (fresh(first).status, kinds(second)) == (PaymentStatus.FAILED, [])


def test_a_late_success_takes_the_time_again_while_it_is_free(
    visit: Appointment, account: ProviderAccount, provider: ScriptedProvider
) -> None:
    payment = begin(visit, account)
    provider.abandons = False
    lapse(visit)
    assert fresh(visit).state == "expired"
    pay(payment, provider)
    assert (fresh(visit).state, kinds(payment)) == ("confirmed", [])


@pytest.mark.parametrize("gone", ["taken", "cancelled", "past", "other"])
def test_a_late_success_for_a_time_that_is_gone_is_told_to_both(
    visit: Appointment,
    order: Order,
    account: ProviderAccount,
    provider: ScriptedProvider,
    cast: Cast,
    browser: Client,
    gone: str,
) -> None:
    payment = begin(visit, account)
    provider.abandons = False
    if gone == "cancelled":
        cancel_appointment(visit, user=cast.bob)
    else:
        lapse(visit)
    if gone == "taken":
        add_visit(visit.diagnostician, "10:30", "11:30")
    elif gone == "past":
        Appointment.objects.update(
            starts_at=F("starts_at") - timedelta(days=60), ends_at=F("ends_at") - timedelta(days=60)
        )
    elif gone == "other":
        book_for_client(order, starts_at=at("15:00"), user=cast.alice.user)
    before = fresh(visit).state
    pay(payment, provider)
    settle(payment.pk)
    assert fresh(visit).state == before
    assert kinds(payment) == [IssueKind.DEPOSIT_LATE]
    assert [mail.to for mail in OutgoingMail.objects.filter(kind="visit_deposit_late")] == ["alice@example.org"]
    bob = logged_in("alpha", cast.bob)
    page = bob.get(f"/paiements/{payment.code}/").content.decode()
    assert said("Open the visit") in page
    assert f"/paiements/{payment.code}/rembourser/" in page
    for address in ("/paiements/", "/paiements/?view=month"):
        assert bob.get(address).status_code == 200
    assert body(bob.get("/paiements/export.xlsx")).startswith(b"PK")
    shown = browser.get(status_path(payment)).content.decode()
    assert said("Your payment arrived too late for this time") in shown


def test_two_attempts_that_are_both_paid_are_one_visit_and_one_alarm(
    visit: Appointment, account: ProviderAccount, provider: ScriptedProvider
) -> None:
    provider.abandons = False
    first, second = begin(visit, account), begin(visit, account)
    pay(first, provider)
    pay(second, provider)
    assert (kinds(first), kinds(second)) == ([], [IssueKind.PAID_TWICE])
    assert OutgoingMail.objects.filter(kind="visit_booked").count() == 1


def test_letting_a_time_go_ends_the_attempt(
    visit: Appointment, account: ProviderAccount, provider: ScriptedProvider, browser: Client
) -> None:
    payment = begin(visit, account)
    address = f"/payer/acompte/{deposit_token(visit)}/"
    answer = browser.post(f"{address}laisser/")
    assert "/visite/" in answer["Location"]
    run_jobs()
    assert (fresh(visit).state, fresh(payment).status) == ("expired", PaymentStatus.EXPIRED)
    assert said("This time is no longer kept for you. Nothing was taken.") in browser.get(address).content.decode()
    release_hold(visit)
    assert fresh(visit).state == "expired"


@pytest.mark.parametrize(
    ("hours", "by_client", "give_back", "back"),
    [(72, True, True, 5_000), (49, True, True, 5_000), (30, False, True, 5_000), (30, False, False, 0)],
)
def test_what_a_cancelled_visit_gives_back(
    visit: Appointment,
    account: ProviderAccount,
    provider: ScriptedProvider,
    cast: Cast,
    hours: int,
    by_client: bool,
    give_back: bool,
    back: int,
) -> None:
    payment = pay(begin(visit, account), provider)
    soon = timezone.now() + timedelta(hours=hours)
    Appointment.objects.update(starts_at=soon, ends_at=soon + timedelta(hours=1))
    cancel_appointment(fresh(visit), user=cast.bob, by_client=by_client, give_back=give_back)
    run_jobs()
    give_back_deposit(appointment_id=visit.pk)
    assert fresh(payment).refunded == back
    assert Refund.objects.count() == (1 if back else 0)
    assert provider.calls.count("refund") == (1 if back else 0)


def test_a_client_who_cancels_late_reads_before_what_comes_back(
    visit: Appointment, account: ProviderAccount, provider: ScriptedProvider, cast: Cast, order: Order
) -> None:
    payment = pay(begin(visit, account), provider)
    BookingSettings.objects.update(cancel_hours=1, refund_percent=0)
    soon = timezone.now() + timedelta(hours=20)
    Appointment.objects.update(starts_at=soon, ends_at=soon + timedelta(hours=1))
    alice = logged_in("alpha", cast.alice)
    page = alice.get(f"/commandes/{order.code}/visite/annuler/").content.decode()
    assert "25,00" in page, "by the rules of the day on which it was booked"
    alice.post(f"/commandes/{order.code}/visite/annuler/", {"reason": ""})
    run_jobs()
    assert (fresh(payment).refunded, fresh(visit).deposit_back) == (2_500, Decimal(25))
    (told,) = OutgoingMail.objects.filter(kind="visit_cancelled")
    assert "25,00" in told.text


def test_a_refund_whose_answer_is_lost_is_made_once(
    visit: Appointment, account: ProviderAccount, provider: ScriptedProvider, cast: Cast
) -> None:
    payment = pay(begin(visit, account), provider)
    provider.lost.append("refund")
    cancel_appointment(fresh(visit), user=cast.bob)
    run_jobs()
    give_back_deposit(appointment_id=visit.pk)
    run_jobs()
    assert (fresh(payment).refunded, Refund.objects.count()) == (5_000, 1)
    assert sum(each.amount for each in provider.session_of(payment).refunds) == 5_000


def test_a_refund_that_is_refused_is_a_thing_to_look_at(
    visit: Appointment, account: ProviderAccount, provider: ScriptedProvider, cast: Cast
) -> None:
    payment = pay(begin(visit, account), provider)
    provider.session_of(payment).refund(4_000)
    cancel_appointment(fresh(visit), user=cast.bob)
    run_jobs()
    assert IssueKind.DEPOSIT_BACK in kinds(payment)
    page = logged_in("alpha", cast.bob).get(f"/paiements/{payment.code}/").content.decode()
    assert said("Deposit to be given back") in page


def test_transfers_confirm_only_where_the_firm_accepts_their_announcement(
    visit: Appointment, account: ProviderAccount, cast: Cast, browser: Client
) -> None:
    by_hand = add_manual_account()
    address = f"/payer/acompte/{deposit_token(visit)}/"
    assert by_hand.code not in browser.get(address).content.decode()
    with pytest.raises(DomainError) as told:
        begin(visit, by_hand)
    assert told.value.code == "account_off"
    BookingSettings.objects.update(deposit_by_hand=True)
    payment = begin(visit, by_hand)
    assert begin(visit, by_hand) == payment
    now = fresh(visit)
    assert (now.state, now.deposit_paid_at) == ("confirmed", None)
    confirm_manual(payment, received_on=timezone.localdate(), reference="VIR", user=cast.bob)
    assert fresh(visit).deposit_paid_at is not None
    assert kinds(payment) == []
    # by hand money does not go back by itself
    cancel_appointment(fresh(visit), user=cast.bob)
    run_jobs()
    assert kinds(payment) == [IssueKind.DEPOSIT_BACK]


def dossier_of(order: Order, user: User, *, amount: str | None) -> Dossier:
    made = make_dossier(order, title="Maison", reference="R1", visited_on=None, contacts=[], files=[], user=user)
    if amount:
        set_amount(made, amount=Decimal(amount), payer="", payer_name="", user=user)
    return Dossier.objects.get(pk=made.pk)


def test_a_deposit_counts_for_the_dossier_whichever_comes_first(
    visit: Appointment, order: Order, account: ProviderAccount, provider: ScriptedProvider, cast: Cast
) -> None:
    payment = begin(visit, account)
    dossier = dossier_of(order, cast.bob, amount="150.00")
    assert PaymentLine.objects.get().dossier_id == dossier.pk
    pay(payment, provider)
    (due,) = dues_of([fresh(dossier)])
    assert (due.received, due.left, kinds(payment)) == (5_000, 10_000, [])
    bob = logged_in("alpha", cast.bob)
    assert payment.code in bob.get(f"/dossiers/{dossier.code}/paiements/").content.decode()
    assert fresh(visit).state == "confirmed"


def test_a_deposit_that_came_before_is_taken_over(
    visit: Appointment, order: Order, account: ProviderAccount, provider: ScriptedProvider, cast: Cast
) -> None:
    pay(begin(visit, account), provider)
    dossier = dossier_of(order, cast.bob, amount=None)
    assert fresh(visit).dossier_id == dossier.pk
    assert dossier.payment_state != PaymentState.PAID
    set_amount(dossier, amount=Decimal(80), payer="", payer_name="", user=cast.bob)
    (due,) = dues_of([fresh(dossier)])
    assert (due.received, due.left) == (5_000, 3_000)


def test_a_deposit_of_all_that_was_agreed_pays_the_dossier(
    order: Order, account: ProviderAccount, provider: ScriptedProvider, cast: Cast
) -> None:
    BookingSettings.objects.update(deposit_kind="percent", deposit_percent=100, booking_from="agreed")
    with pytest.raises(DomainError) as told:
        book_for_client(order, starts_at=at("10:00"), user=cast.alice.user)
    assert told.value.code == "off"
    quote = add_accepted(cast.alice, user=cast.bob)
    Quote.objects.filter(pk=quote.pk).update(order=order)
    visit = book_for_client(order, starts_at=at("10:00"), user=cast.alice.user)
    assert visit.deposit == quote.gross > 0
    payment = pay(begin(visit, account), provider)
    dossier = dossier_of(order, cast.bob, amount=None)
    assert (dossier.amount, dossier.payment_state) == (quote.gross, PaymentState.PAID)
    assert payment.code in dossier.payment_changed_by
    assert kinds(payment) == []


def test_a_test_beside_a_live_means_confirms_nothing(
    visit: Appointment, account: ProviderAccount, provider: ScriptedProvider
) -> None:
    payment = begin(visit, account)
    add_account(mode=Mode.LIVE)
    pay(payment, provider)
    assert fresh(visit).state == "held"
