"""Beginning to pay: what is due, what was begun before, and what the provider answers."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.actions.settling import settle
from billing.actions.starting import start_payment
from billing.enums import Method, Mode, PaymentStatus
from billing.models import BillingSettings, Credentials, Payment, ProviderAccount
from billing.providers.base import CredentialsRefused, ProviderUnavailable
from extranet.actions.payment_state import set_amount, set_paid
from extranet.enums import PaymentState
from extranet.models import Dossier
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from tests.billing.scripted import (
    BASE_URL,
    ScriptedProvider,
    add_account,
    add_manual_account,
    add_unpaid,
    begin,
)
from tests.factories.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def refusal(dossiers: list[Dossier], account: ProviderAccount) -> str:
    with pytest.raises(DomainError) as error:
        begin(dossiers, account)
    return error.value.code


def test_provider_is_given_the_whole_demand(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast
) -> None:
    flat = add_unpaid("Appartement", "0.10", user=cast.bob)
    payment, started = start_payment(
        [house, flat],
        account=account,
        contact=cast.alice,
        payer_name="Alice",
        payer_email="alice@client.example",
        base_url=BASE_URL,
        language="fr",
    )
    assert started is not None
    assert started.url == payment.pay_url
    request = provider.session_of(payment).request
    assert request.reference == payment.code
    assert request.idempotency_key == f"firm_alpha:{payment.code}"
    assert (request.amount, request.currency) == (15_010, "EUR")
    assert [(item.label, item.amount) for item in request.items] == [("Maison", 15_000), ("Appartement", 10)]
    assert request.return_url.startswith(f"{BASE_URL}/payer/suivi/")
    assert request.notify_url == f"{BASE_URL}/notifications/paiement/{account.token}/"
    assert payment.vat_rate == BillingSettings.objects.get().vat_rate == Decimal("20.00")
    assert payment.contact == cast.alice
    assert (payment.provider, payment.mode) == ("stripe", Mode.TEST)


@pytest.mark.parametrize("amount", [None, "0.00"])
def test_nothing_is_due_without_an_amount(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast, amount: str | None
) -> None:
    dossier = set_amount(house, amount=Decimal(amount) if amount else None, payer="", payer_name="", user=cast.bob)
    assert refusal([dossier], account) == "nothing_due"
    Dossier.objects.update(payment_state=PaymentState.UNPAID)
    assert refusal([dossier], account) == "nothing_due"
    assert not Payment.objects.exists()
    assert provider.calls == []


def test_paid_or_deleted_dossiers_are_not_paid_again(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast
) -> None:
    flat = add_unpaid("Appartement", "50.00", user=cast.bob)
    set_paid([house], paid=True, user=cast.bob)
    assert refusal([house], account) == "nothing_due"
    assert refusal([house, flat], account) == "amount_changed"
    Dossier.objects.filter(pk=flat.pk).update(deleted_at=timezone.now())
    assert refusal([flat], account) == "nothing_due"


@pytest.mark.parametrize("columns", [{"is_active": False}, {"deleted_at": timezone.now()}])
def test_means_that_was_taken_away_meanwhile_is_refused(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, columns: dict[str, object]
) -> None:
    ProviderAccount.objects.filter(pk=account.pk).update(**columns)
    assert refusal([house], account) == "account_off"


def test_provider_that_is_down_leaves_a_failed_attempt_and_nothing_due_is_lost(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    provider.trouble.append(ProviderUnavailable("timeout"))
    assert refusal([house], account) == "provider_unavailable"
    payment = Payment.objects.get()
    assert (payment.status, payment.error) == (PaymentStatus.FAILED, "timeout")
    assert begin([house], account).amount == 15_000


def test_refused_or_foreign_keys_are_told_without_the_keys(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    provider.trouble.append(CredentialsRefused("unknown key", code="invalid_key"))
    assert refusal([house], account) == "provider_refused"
    with firm_context("firm_beta"):
        sealed = add_account().credentials.get().sealed
    Credentials.objects.filter(account=account).update(sealed=sealed)
    before = list(provider.calls)
    assert refusal([house], account) == "provider_refused"
    assert provider.calls == before, "another firm's secrets are not even tried"


def test_second_tab_ends_what_the_first_one_began(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    first = begin([house], account)
    second = begin([house], account)
    first.refresh_from_db()
    assert first.status == PaymentStatus.EXPIRED
    provider.session_of(second).pay()
    assert not settle(second.pk).issues.exists()


def test_attempt_that_was_paid_meanwhile_is_found_before_another_one_begins(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    first = begin([house], account)
    provider.session_of(first).pay()
    assert refusal([house], account) == "nothing_due"
    house.refresh_from_db()
    assert house.payment_state == PaymentState.PAID
    assert Payment.objects.count() == 1


def test_money_on_its_way_keeps_another_attempt_from_beginning(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    first = begin([house], account)
    provider.session_of(first).method = Method.DIRECT_DEBIT
    assert refusal([house], account) == "nothing_due"
    assert "abandon" not in provider.calls


def test_first_provider_that_is_down_does_not_keep_one_from_paying_with_another(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    begin([house], account)
    provider.trouble.append(ProviderUnavailable("down"))
    assert begin([house], account).status == PaymentStatus.PENDING


def test_announced_transfer_is_written_once(in_alpha: None, house: Dossier) -> None:
    transfer = add_manual_account()
    payment, started = start_payment(
        [house],
        account=transfer,
        contact=None,
        payer_name="",
        payer_email="",
        base_url=BASE_URL,
        language="fr",
    )
    assert started is None
    assert (payment.status, payment.method) == (PaymentStatus.PENDING, Method.TRANSFER)
    assert begin([house], transfer).pk == payment.pk
    house.refresh_from_db()
    assert house.payment_state == PaymentState.UNPAID


def test_attempt_survives_a_change_of_mode_and_of_keys(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    payment = begin([house], account)
    ProviderAccount.objects.filter(pk=account.pk).update(
        mode=Mode.LIVE, is_active=False, deleted_at=timezone.now() - timedelta(minutes=1)
    )
    provider.session_of(payment).pay()
    assert settle(payment.pk).status == PaymentStatus.SUCCEEDED
