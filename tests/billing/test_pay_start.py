"""Beginning to pay on the page of what is due: what the payer types, two clicks, two tabs, and what may go wrong."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from billing.actions.settling import settle
from billing.enums import Method, PaymentStatus
from billing.models import Payment, ProviderAccount
from billing.providers.base import CredentialsRefused, ProviderUnavailable
from billing.tokens import MOST_IN_ADDRESS, pay_path, read_pay_token, status_path
from billing.views.portal.once import attempt_key
from extranet.actions.payment_state import set_amount, set_paid
from extranet.models import Contact, Dossier
from kernel.signing import sign
from kernel.tenancy import firm_context
from tests.billing.payers import EVE, hidden, start, text
from tests.billing.scripted import ScriptedProvider, add_manual_account, add_unpaid, begin
from tests.factories.cast import Cast
from tests.support import at_host, logged_in, without_set

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha", "one_second")]


def test_payment_begins_with_what_the_payer_typed_and_leads_to_the_provider(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, browser: Client
) -> None:
    answer = start(browser, pay_path([house]), account)
    payment = Payment.objects.get()
    assert answer["Location"] == f"{status_path(payment)}continuer/"
    assert (payment.payer_name, payment.payer_email, payment.contact) == ("Ève Martin", "eve@payer.example", None)
    assert payment.language == "fr"
    request = provider.session_of(payment).request
    assert request.return_url == f"http://alpha.localhost{status_path(payment)}"
    assert request.notify_url == f"http://alpha.localhost/notifications/paiement/{account.token}/"
    going = browser.get(answer["Location"])
    assert payment.pay_url in going.content.decode()
    assert "Stripe" in going.content.decode()
    assert "form-action 'self';" in going["Content-Security-Policy"]


def test_payers_language_is_that_of_the_page(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, browser: Client
) -> None:
    browser.cookies["django_language"] = "en"
    assert "Your payment" in text(browser.get(pay_path([house])))
    start(browser, pay_path([house]), account)
    assert Payment.objects.get().language == "en"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"payer_email": "nobody"}, "payer_email"),
        ({"payer_email": ""}, "payer_email"),
        ({"payer_name": "  "}, "payer_name"),
        ({"payer_name": "x" * 121}, "payer_name"),
        ({"means": "nothing"}, "means"),
        ({"means": ""}, "means"),
        ({"total": "abc"}, "total"),
        ({"attempt": "x" * 33}, "attempt"),
    ],
)
def test_bad_input_is_said_and_what_was_typed_is_kept(
    provider: ScriptedProvider,
    account: ProviderAccount,
    house: Dossier,
    browser: Client,
    changes: dict[str, str],
    told: str,
) -> None:
    answer = start(browser, pay_path([house]), account, **changes)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {told}
    for value in ({**EVE, **changes}["payer_name"], {**EVE, **changes}["payer_email"]):
        assert f'value="{value}"' in answer.content.decode() or not value.strip()
    assert not Payment.objects.exists()
    assert provider.calls == []


def test_amount_that_changed_meanwhile_is_shown_before_it_is_paid(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast, browser: Client
) -> None:
    path = pay_path([house])
    page = hidden(browser.get(path)) | {"means": account.code} | EVE
    set_amount(house, amount=Decimal("180.00"), payer="", payer_name="", user=cast.bob)
    answer = browser.post(path, page)
    assert answer.status_code == 422
    assert "Le montant a changé" in text(answer)
    assert "180,00" in text(answer)
    assert not Payment.objects.exists()
    assert browser.post(path, page | hidden(answer)).status_code == 302
    assert Payment.objects.get().amount == 18_000


def test_dossier_paid_meanwhile_is_said_and_nothing_is_begun(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast, browser: Client
) -> None:
    path = pay_path([house])
    page = hidden(browser.get(path)) | {"means": account.code} | EVE
    set_paid([house], paid=True, user=cast.bob)
    answer = browser.post(path, page)
    assert answer.status_code == 422
    assert "Plus rien ne peut être payé ici" in text(answer)
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("trouble", "status", "words"),
    [
        (ProviderUnavailable("secret-host timed out"), 503, "ne répond pas"),
        (CredentialsRefused("sk_test_secret is unknown", code="invalid_key"), 422, "a refusé de commencer"),
    ],
)
def test_provider_that_is_down_or_refuses_leaves_the_page_with_another_means_marked(
    provider: ScriptedProvider,
    account: ProviderAccount,
    house: Dossier,
    browser: Client,
    trouble: Exception,
    status: int,
    words: str,
) -> None:
    transfer = add_manual_account()
    ProviderAccount.objects.filter(pk=transfer.pk).update(position=5)
    provider.trouble.append(trouble)
    answer = start(browser, pay_path([house]), account)
    assert answer.status_code == status
    assert words in text(answer)
    assert "secret" not in answer.content.decode()
    assert 'value="Ève Martin"' in answer.content.decode()
    assert re.search(rf'value="{transfer.code}"[^>]*checked', answer.content.decode())
    # the very same page may be sent again
    again = browser.post(pay_path([house]), hidden(answer) | {"means": account.code} | EVE)
    assert again.status_code == 302


def test_means_taken_away_meanwhile_is_said_and_the_others_are_there(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, browser: Client
) -> None:
    add_manual_account()
    path = pay_path([house])
    page = hidden(browser.get(path)) | {"means": account.code} | EVE
    ProviderAccount.objects.filter(pk=account.pk).update(is_active=False)
    answer = browser.post(path, page)
    assert answer.status_code == 422
    assert "Virement" in text(answer)
    assert not Payment.objects.exists()


def test_two_clicks_make_one_attempt(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, browser: Client
) -> None:
    path = pay_path([house])
    page = hidden(browser.get(path)) | {"means": account.code} | EVE
    first, second = browser.post(path, page), browser.post(path, page)
    assert first["Location"] == second["Location"]
    assert Payment.objects.count() == 1
    assert provider.calls.count("start") == 1
    # once that one has ended, the same page begins another
    Payment.objects.update(status=PaymentStatus.EXPIRED)
    third = browser.post(path, page)
    assert third.status_code == 302
    assert third["Location"] != first["Location"]
    assert Payment.objects.count() == 2


def test_second_click_that_finds_the_first_still_at_work_begins_nothing(
    provider: ScriptedProvider,
    account: ProviderAccount,
    house: Dossier,
    browser: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("billing.views.portal.once.WAIT_SECONDS", 0.0)
    path = pay_path([house])
    page = hidden(browser.get(path)) | {"means": account.code} | EVE
    key = attempt_key(path.split("/")[2], page["attempt"])
    with firm_context("firm_alpha"):
        cache.set(key, "")
    answer = browser.post(path, page)
    assert answer.status_code == 422
    assert "déjà en préparation" in text(answer)
    assert not Payment.objects.exists()


def test_two_tabs_end_with_one_paid_dossier(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, browser: Client
) -> None:
    path = pay_path([house])
    first_tab = hidden(browser.get(path)) | {"means": account.code} | EVE
    second_tab = hidden(browser.get(path)) | {"means": account.code} | EVE
    browser.post(path, first_tab)
    browser.post(path, second_tab)
    first, second = Payment.objects.order_by("pk")
    assert (first.status, second.status) == (PaymentStatus.EXPIRED, PaymentStatus.PENDING)
    provider.session_of(second).pay()
    assert "bien reçu" in text(browser.get(status_path(second)))
    # the other tab, whatever it does now, sees that nothing is due
    assert "Il ne reste rien à payer" in text(browser.get(status_path(first)))
    assert browser.get(f"{status_path(first)}continuer/")["Location"] == status_path(first)
    third_tab = browser.post(path, first_tab | {"attempt": "another"})
    assert third_tab.status_code == 422
    assert Payment.objects.filter(status=PaymentStatus.SUCCEEDED).count() == 1
    assert not second.issues.exists()


def test_back_from_the_providers_page_the_payer_is_told_of_the_attempt(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast
) -> None:
    alice = logged_in("alpha", cast.alice)
    path = pay_path([house])
    start(alice, path, account)
    shown = alice.get(path)
    assert "Un paiement a été commencé à" in text(shown)
    assert status_path(Payment.objects.get()) in shown.content.decode()
    # somebody else with the link is not shown the way to another's payment
    stranger = at_host("alpha").get(path)
    assert "Un paiement a été commencé à" in text(stranger)
    assert "/payer/suivi/" not in stranger.content.decode()


def test_money_on_its_way_is_shown_and_not_asked_for_twice(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast, browser: Client
) -> None:
    flat = add_unpaid("Appartement", "50.00", user=cast.bob)
    payment = begin([house], account)
    provider.session_of(payment).method = Method.DIRECT_DEBIT
    settle(payment.pk)
    shown = browser.get(pay_path([house, flat]))
    assert "En confirmation" in text(shown)
    assert hidden(shown)["total"] == "5000"
    assert start(browser, pay_path([house, flat]), account).status_code == 302
    assert Payment.objects.latest("pk").amount == 5_000
    assert 'name="means"' not in text(browser.get(pay_path([house])))


def test_transfer_is_announced_once_with_all_that_one_needs(
    provider: ScriptedProvider, house: Dossier, browser: Client
) -> None:
    transfer = add_manual_account()
    iban = "FR76 3000 6000 0112 3456 7890 189"
    ProviderAccount.objects.update(instructions=f"Titulaire : Cabinet\nIBAN : {iban}\nBIC AGRIFRPP")
    answer = start(browser, pay_path([house]), transfer)
    payment = Payment.objects.get()
    assert answer["Location"] == status_path(payment)
    shown = text(browser.get(answer["Location"]))
    assert "Paiement annoncé" in shown
    assert iban in shown
    assert 'data-copy="FR7630006000011234567890189"' in shown
    assert f'data-copy="{payment.code}"' in shown
    assert 'data-copy="150,00"' in shown
    assert "hx-get" not in shown
    assert start(browser, pay_path([house]), transfer)["Location"] == answer["Location"]
    assert Payment.objects.count() == 1
    assert "a été annoncé" in text(browser.get(pay_path([house])))
    house.refresh_from_db()
    assert house.payment_state == "unpaid"


def test_who_pays_is_known_of_a_contacts_link_and_of_a_client_who_is_logged_in(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast, browser: Client
) -> None:
    path = pay_path([house], contact=cast.alice)
    shown = browser.get(path)
    assert "payer_email" not in shown.content.decode()
    assert "alice@client.example" not in shown.content.decode()
    assert "a•••@client.example" in text(shown)
    start(browser, path, account)
    first = Payment.objects.get()
    assert (first.contact, first.payer_name, first.payer_email) == (
        cast.alice,
        "Agence Alice",
        "alice@client.example",
    )
    # Charlie, logged in, pays for himself whatever the link says
    start(logged_in("alpha", cast.charlie), path, account)
    assert Payment.objects.latest("pk").contact == cast.charlie
    Contact.objects.filter(pk=cast.alice.pk).update(erased_at=timezone.now())
    assert "payer_email" in browser.get(path).content.decode()


def test_staff_and_contacts_who_are_gone_are_asked_who_pays(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast
) -> None:
    bob = logged_in("alpha", cast.bob)
    path = f"/payer/{sign([[house.code], 'gonegonegone'], purpose='pay')}/"
    assert "payer_email" in bob.get(path).content.decode()
    start(bob, path, account)
    assert Payment.objects.get().contact is None


def test_starts_are_limited_by_address(
    provider: ScriptedProvider,
    account: ProviderAccount,
    house: Dossier,
    browser: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("billing.views.portal.pay.START_LIMIT", 2)
    path = pay_path([house])
    answers = [start(browser, path, account) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "Réessayez dans dix minutes" in text(answers[2])
    assert 'value="Ève Martin"' in answers[2].content.decode()
    assert Payment.objects.count() == 2


def test_many_dossiers_fit_an_address_and_come_at_the_same_number_of_queries(
    provider: ScriptedProvider,
    account: ProviderAccount,
    cast: Cast,
    browser: Client,
    django_assert_max_num_queries: Any,
) -> None:
    def queries_of(dossiers: Sequence[Dossier]) -> int:
        path = pay_path(dossiers)
        browser.get(path)
        with django_assert_max_num_queries(60) as counted:
            browser.get(path)
        return len(without_set(counted))

    some = [add_unpaid(f"Lot {number}", "10.00", user=cast.bob) for number in range(3)]
    begin(some[:1], account)
    begin(some[1:], add_manual_account())
    assert queries_of(some[:1]) == queries_of(some) <= 10
    for number in range(MOST_IN_ADDRESS):
        some.append(Dossier.objects.create(title=f"Lot {number}", amount=10, payment_state="unpaid"))
    path = pay_path(some)
    assert len(path) < 200
    assert browser.get(path).context["bill"].left == len(some) * 1_000
    assert len(pay_path(some[:MOST_IN_ADDRESS])) < 3_000
    token = path.split("/")[2]
    assert len(read_pay_token(token).dossiers) == len(some)
    cache.clear()
    assert browser.get(path).status_code == 404
