"""The firm's means of payment: their pages, their keys at rest, what is offered to clients and when."""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.actions.account import AccountValues, TypedKeys, add_account, edit_account, switch_account
from billing.enums import Mode, Provider
from billing.models import Credentials, ProviderAccount
from billing.providers import access_of
from extranet.models import PortalSettings
from kernel.errors import DomainError
from kernel.secrets import unseal
from kernel.tenancy import firm_context
from tests.factories.cast import Cast
from tests.gateways import paypal, stripe
from tests.gateways.paypal import PayPalStandIn
from tests.gateways.stripe import StripeStandIn
from tests.support import logged_in, said, without_set

pytestmark = pytest.mark.django_db
LIST = "/reglages/paiement/"
NEW_KEY, NEW_SIGNING = "sk_test_51OtherKeyOfTests", "whsec_OtherSecretOfTests"
SECRETS = (
    stripe.SECRET_KEY,
    stripe.WEBHOOK_SECRET,
    stripe.LIVE_SECRET_KEY,
    NEW_KEY,
    NEW_SIGNING,
    paypal.CLIENT_SECRET,
)


@pytest.fixture
def anna(cast: Cast) -> Client:
    return logged_in("alpha", cast.anna)


@pytest.fixture(autouse=True)
def _in_alpha(in_alpha: None) -> None:
    """All of it is alpha's."""


def add_stripe(**keys: str) -> ProviderAccount:
    typed = {"secret_key": stripe.SECRET_KEY, "webhook_secret": stripe.WEBHOOK_SECRET} | keys
    return add_account(Provider.STRIPE, AccountValues("Carte"), {Mode.TEST: TypedKeys(secrets=typed)})


def offered(account: ProviderAccount, client: Client) -> ProviderAccount:
    """Has the keys checked and the account offered."""
    client.post(f"{LIST}{account.code}/verifier/")
    return switch_account(account, offered=True)


def page_of(account: ProviderAccount) -> str:
    return f"{LIST}{account.code}/"


def form_of(**values: str) -> dict[str, str]:
    return {"label": "Carte", "instructions": "", "mode": "test"} | values


def fresh(account: ProviderAccount) -> ProviderAccount:
    return ProviderAccount.objects.get(pk=account.pk)


def text(answer: Any) -> str:
    found: str = answer.content.decode()
    return found


def online() -> bool:
    return PortalSettings.objects.get(pk=1).online_payment


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_empty_page_says_what_to_do_and_offers_every_provider(anna: Client) -> None:
    answer = anna.get(LIST)
    assert said("No means of payment yet") in text(answer)
    for provider in Provider.values:
        assert f"{LIST}ajouter/{provider}/" in text(answer)
    assert anna.get(f"{LIST}ajouter/nobody/").status_code == 404


def test_the_list_asks_as_much_for_three_as_for_one(anna: Client) -> None:
    add_stripe()
    with CaptureQueriesContext(
        connection,
    ) as one:
        assert anna.get(LIST).status_code == 200
    add_stripe()
    add_account(Provider.PAYPAL, AccountValues("PayPal"), {})
    with CaptureQueriesContext(connection) as three:
        assert len(anna.get(LIST).context["rows"]) == 3
    assert len(without_set(three)) == len(without_set(one)) <= 10


def test_a_page_of_one_asks_little(anna: Client) -> None:
    account = add_stripe()
    with CaptureQueriesContext(connection) as asked:
        assert anna.get(page_of(account)).status_code == 200
    assert len(without_set(asked)) <= 10


def test_the_order_can_be_changed(anna: Client) -> None:
    first, second, third = (add_account(Provider.PAYPAL, AccountValues(name), {}) for name in "ABC")

    def order() -> list[str]:
        return [row.account.label for row in anna.get(LIST).context["rows"]]

    assert order() == ["A", "B", "C"]
    anna.post(f"{page_of(third)}deplacer/", {"up": "1"})
    assert order() == ["A", "C", "B"]
    anna.post(f"{page_of(first)}deplacer/", {"up": "0"})
    assert order() == ["C", "A", "B"]
    anna.post(f"{page_of(second)}deplacer/", {"up": "0"})
    assert order() == ["C", "A", "B"], "the last one stays the last"


def test_test_mode_that_clients_see_is_warned_of(anna: Client, stripe: StripeStandIn) -> None:
    warning = said("Test mode is offered to your clients: nobody is charged.")
    account = add_stripe()
    assert warning not in text(anna.get(LIST))
    offered(account, anna)
    assert warning in text(anna.get(LIST))


def test_a_deleted_one_is_gone_and_its_row_stays(anna: Client, stripe: StripeStandIn) -> None:
    account = offered(add_stripe(), anna)
    assert online()
    assert anna.post(f"{page_of(account)}supprimer/").status_code == 302
    assert anna.get(page_of(account)).status_code == 404
    assert anna.get(LIST).context["rows"] == []
    kept = fresh(account)
    assert kept.deleted_at is not None
    assert not kept.is_active
    assert access_of(kept, Mode.TEST).secrets, "payments that were made go on being refunded"
    assert not online()


def test_staff_clients_and_strangers_find_nothing(cast: Cast) -> None:
    account = add_stripe()
    for person in (cast.bob, cast.alice):
        client = logged_in("alpha", person)
        for path in (LIST, page_of(account), f"{LIST}ajouter/stripe/", "/reglages/facturation/"):
            assert client.get(path).status_code == 404, path
        for action in ("verifier", "proposer", "deplacer", "supprimer", "adresse"):
            assert client.post(f"{page_of(account)}{action}/").status_code == 404, action
    assert fresh(account).deleted_at is None


# --- keys -------------------------------------------------------------------------------------------------------------


def test_a_new_account_is_made_with_its_keys_and_leads_to_what_is_left(anna: Client) -> None:
    sent = form_of(**{"test-secret_key": f" {stripe.SECRET_KEY} "})
    answer = anna.post(f"{LIST}ajouter/stripe/", sent, follow=True)
    account = ProviderAccount.objects.get()
    assert answer.request["PATH_INFO"] == page_of(account)
    assert f"/notifications/paiement/{account.token}/" in text(answer)
    assert access_of(account, Mode.TEST).secrets == {"secret_key": stripe.SECRET_KEY}
    assert [key.name for key in answer.context["row"].keys.missing] == ["webhook_secret"]
    assert not account.is_active


@pytest.mark.parametrize(
    ("provider", "name", "value", "told"),
    [
        (
            "stripe",
            "test-secret_key",
            stripe.LIVE_SECRET_KEY,
            "This is a key of the live mode: the key of the test mode is needed here.",
        ),
        (
            "stripe",
            "live-secret_key",
            stripe.SECRET_KEY,
            "This is a key of the test mode: the key of the live mode is needed here.",
        ),
        (
            "stripe",
            "test-secret_key",
            "pk_test_51Publishable",
            "This is the publishable key: copy the secret key, which stands beside it.",
        ),
        (
            "stripe",
            "test-secret_key",
            "sk_test_51 Diagdesk0001",
            "There is a space or a line break in it: copy it once more, without.",
        ),
        (
            "stripe",
            "test-webhook_secret",
            stripe.SECRET_KEY,
            "This is an API key: the signing secret of the webhook begins with whsec_.",
        ),
        (
            "paypal",
            "test-webhook_id",
            "https://alpha.example/notifications/",
            "This is an address: copy the ID that PayPal shows beside it.",
        ),
        (
            "payzen",
            "test-password",
            "12345678:testpublickey_Abc",
            "This is the public key: copy the password, which stands above it.",
        ),
        (
            "systempay",
            "live-password",
            "testpassword_Abcdefgh",
            "This is a key of the test mode: the key of the live mode is needed here.",
        ),
    ],
)
def test_a_key_of_another_shape_is_told_at_its_field_and_the_rest_is_kept(
    anna: Client, provider: str, name: str, value: str, told: str
) -> None:
    account = add_account(provider, AccountValues("Avant"), {})
    sent = form_of(label="Après", instructions="Payez ici", **{name: value})
    answer = anna.post(page_of(account), sent)
    assert answer.status_code == 422
    assert [str(error) for error in answer.context["form"].errors[name]] == [str(_translated(told))]
    assert list(answer.context["form"].errors) == [name]
    assert 'value="Après"' in text(answer)
    assert "Payez ici" in text(answer)
    if not name.endswith("webhook_id"):  # which is no secret
        assert value not in text(answer)
    assert fresh(account).label == "Avant"
    assert not Credentials.objects.exclude(sealed="").exists()


def _translated(message: str) -> str:
    from django.utils.translation import gettext

    return gettext(message)


def test_a_stored_secret_is_never_shown_logged_or_in_clear_in_the_database(
    anna: Client, stripe: StripeStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    account = add_stripe()
    pages: list[str] = []
    sent = form_of(**{"live-secret_key": "sk_live_51DiagdeskStandIn0001", "test-webhook_secret": NEW_SIGNING})
    pages.append(text(anna.post(page_of(account), sent, follow=True)))
    pages.append(text(anna.post(page_of(account), form_of(**{"test-secret_key": NEW_KEY, "label": ""}))))
    pages.append(text(anna.post(page_of(account), form_of(**{"test-secret_key": NEW_KEY}), follow=True)))
    pages.append(text(anna.post(f"{page_of(account)}verifier/", headers={"HX-Request": "true"})))
    anna.post("/reglages/mode-avance/", {"avance": "1"})
    pages += [text(anna.get(path)) for path in (LIST, page_of(account))]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM billing_credentials")
        rows = json.dumps(cursor.fetchall(), default=str)
    told = "\n".join([*pages, rows, caplog.text, repr(access_of(account, Mode.TEST)), str(account)])
    assert unseal(Credentials.objects.get(account=account, mode=Mode.TEST).sealed)["secret_key"] == NEW_KEY
    for secret in SECRETS:
        assert secret not in told
        assert secret.split("_")[-1] not in told


def test_an_empty_field_keeps_and_a_new_secret_puts_the_former_aside(anna: Client) -> None:
    account = add_stripe()
    assert anna.post(page_of(account), form_of(label="Carte bleue")).status_code == 302
    row = Credentials.objects.get(account=account, mode=Mode.TEST)
    assert unseal(row.sealed) == {"secret_key": stripe.SECRET_KEY, "webhook_secret": stripe.WEBHOOK_SECRET}
    assert row.sealed_before == ""
    changed_at = row.changed_at
    anna.post(page_of(account), form_of(**{"test-webhook_secret": NEW_SIGNING}))
    row.refresh_from_db()
    assert unseal(row.sealed) == {"secret_key": stripe.SECRET_KEY, "webhook_secret": NEW_SIGNING}
    assert unseal(row.sealed_before)["webhook_secret"] == stripe.WEBHOOK_SECRET
    assert row.changed_at != changed_at
    anna.post(page_of(account), form_of(**{"test-webhook_secret": NEW_SIGNING}))
    row.refresh_from_db()
    assert unseal(row.sealed_before)["webhook_secret"] == stripe.WEBHOOK_SECRET, "the same again is no change"
    assert re.search(r'placeholder="[^"]*\d{2}/\d{2}/\d{4}"', text(anna.get(page_of(account))))


def test_another_firms_sealed_secrets_open_nothing(anna: Client, cast: Cast) -> None:
    with firm_context("firm_beta"):
        foreign = Credentials.objects.get(account=add_stripe()).sealed
    account = add_stripe()
    Credentials.objects.filter(account=account).update(sealed=foreign)
    with pytest.raises(ValueError, match="another firm"):
        access_of(account, Mode.TEST)
    answer = anna.get(page_of(account))
    assert said("The stored keys cannot be opened any more. Enter them again.") in text(answer)
    assert said("the stored keys cannot be opened: enter them again") in text(anna.get(LIST))
    anna.post(f"{page_of(account)}verifier/")
    assert fresh(account).verified_at is None
    with pytest.raises(DomainError) as refused:
        switch_account(account, offered=True)
    assert refused.value.code == "not_ready"
    # what is entered anew works, and what nobody can open stands in no way
    keys = {"test-secret_key": NEW_KEY, "test-webhook_secret": NEW_SIGNING}
    anna.post(page_of(account), form_of(**keys))
    assert access_of(account, Mode.TEST).secrets == {"secret_key": NEW_KEY, "webhook_secret": NEW_SIGNING}
    assert not access_of(account, Mode.TEST).former


# --- offering ---------------------------------------------------------------------------------------------------------


def test_only_checked_keys_of_the_accounts_mode_are_offered(anna: Client, stripe: StripeStandIn) -> None:
    bare = add_account(Provider.STRIPE, AccountValues("Nue"), {})
    account = add_stripe()
    for each in (bare, account):
        answer = anna.post(f"{page_of(each)}proposer/", {"offered": "1"}, follow=True)
        assert answer.request["PATH_INFO"] == page_of(each)
        assert not fresh(each).is_active
    anna.post(f"{page_of(account)}verifier/")
    anna.post(f"{page_of(account)}proposer/", {"offered": "1"})
    assert fresh(account).is_active
    anna.post(f"{page_of(account)}proposer/", {"offered": "0"})
    assert not fresh(account).is_active
    # of the other mode, nothing was checked
    anna.post(page_of(account), form_of(mode="live", **{"live-secret_key": "sk_live_51Diagdesk00000"}))
    assert fresh(account).verified_at is None
    with pytest.raises(DomainError) as refused:
        switch_account(account, offered=True)
    assert refused.value.code == "not_ready"


def test_changed_keys_must_be_checked_anew_and_a_label_must_not(anna: Client, stripe: StripeStandIn) -> None:
    account = add_stripe()
    anna.post(f"{page_of(account)}verifier/")
    before = fresh(account).verified_at
    assert before is not None
    anna.post(page_of(account), form_of(label="Carte bleue"))
    assert fresh(account).verified_at == before
    answer = anna.post(page_of(account), form_of(**{"test-webhook_secret": NEW_SIGNING}))
    assert fresh(account).verified_at is None
    assert answer.headers["Location"].endswith("?verifier=1#check")
    assert 'hx-trigger="load"' in text(anna.get(answer.headers["Location"].partition("#")[0]))


def test_what_clients_pay_with_is_only_replaced_by_keys_that_work(anna: Client, stripe: StripeStandIn) -> None:
    account = offered(add_stripe(), anna)
    answer = anna.post(page_of(account), form_of(label="Autre", **{"test-secret_key": NEW_KEY}))
    assert answer.status_code == 422
    kept = fresh(account)
    assert (kept.is_active, kept.label) == (True, "Carte")
    assert access_of(kept, Mode.TEST).secrets["secret_key"] == SECRETS[0]
    stripe.register(NEW_KEY, NEW_SIGNING)
    assert anna.post(page_of(account), form_of(**{"test-secret_key": NEW_KEY})).status_code == 302
    kept = fresh(account)
    assert kept.is_active
    assert kept.verified_at is not None
    assert access_of(kept, Mode.TEST).secrets["secret_key"] == NEW_KEY
    stripe.trouble.append("500")
    assert anna.post(page_of(account), form_of(**{"test-webhook_secret": NEW_SIGNING})).status_code == 422
    assert access_of(kept, Mode.TEST).secrets["webhook_secret"] == SECRETS[1]
    # nor is it moved to a mode of which there are no keys
    answer = anna.post(page_of(account), form_of(mode="live"))
    assert set(answer.context["form"].errors) == {"live-secret_key", "live-webhook_secret"}


def test_on_line_payment_is_true_exactly_while_a_provider_is_offered(
    anna: Client, stripe: StripeStandIn, paypal: PayPalStandIn
) -> None:
    assert not online()
    instructions = {"manual_method": "transfer", "label": "Virement", "instructions": "IBAN FR76"}
    anna.post(f"{LIST}ajouter/manual/", instructions)
    transfer = ProviderAccount.objects.get()
    switch_account(transfer, offered=True)
    assert not online()
    card = offered(add_stripe(), anna)
    assert online()
    second = offered(add_stripe(), anna)
    switch_account(card, offered=False)
    assert online()
    anna.post(f"{page_of(second)}supprimer/")
    assert not online()


def test_a_transfer_needs_its_bank_details_and_cash_needs_none(anna: Client) -> None:
    anna.post(f"{LIST}ajouter/manual/", {"manual_method": "transfer", "label": "Virement"})
    anna.post(f"{LIST}ajouter/manual/", {"manual_method": "cash", "label": "Espèces"})
    transfer, cash = ProviderAccount.objects.order_by("id")
    assert switch_account(cash, offered=True).is_active
    with pytest.raises(DomainError) as refused:
        switch_account(transfer, offered=True)
    assert refused.value.code == "not_ready"
    values = {"manual_method": "transfer", "label": "Virement", "instructions": "IBAN FR76"}
    anna.post(page_of(transfer), values)
    assert switch_account(transfer, offered=True).is_active
    answer = anna.post(page_of(transfer), values | {"instructions": "  "})
    assert answer.status_code == 422
    assert "instructions" in answer.context["form"].errors
    assert fresh(transfer).instructions == "IBAN FR76"
    assert anna.post(f"{page_of(transfer)}verifier/").status_code == 404
    assert anna.post(f"{page_of(transfer)}adresse/").status_code == 404


def test_two_changes_at_once_leave_nothing_unchecked_on_offer(anna: Client, stripe: StripeStandIn) -> None:
    """Somebody offers the account while another person's page, opened before, brings other keys."""
    stale = add_stripe()
    offered(fresh(stale), anna)
    typed = {Mode.TEST: TypedKeys(secrets={"secret_key": NEW_KEY})}
    saved, is_other = edit_account(stale, AccountValues("Carte"), typed)
    assert is_other
    assert not saved.is_active
    assert not online()


# --- notifications, advanced mode -------------------------------------------------------------------------------------


def test_a_new_address_ends_the_former_one(anna: Client) -> None:
    account = add_stripe()
    old = f"/notifications/paiement/{account.token}/"
    assert anna.post(old, b"{}", content_type="application/json").status_code == 400
    answer = anna.post(f"{page_of(account)}adresse/")
    assert answer.headers["Location"] == f"{page_of(account)}#notifications"
    new = f"/notifications/paiement/{fresh(account).token}/"
    assert new != old
    assert anna.post(old, b"{}", content_type="application/json").status_code == 404
    assert anna.post(new, b"{}", content_type="application/json").status_code == 400
    page = text(anna.get(page_of(account)))
    assert new in page
    assert old not in page


def test_the_page_names_the_events_to_tick(anna: Client) -> None:
    page = text(anna.get(page_of(add_stripe())))
    assert "checkout.session.completed" in page
    assert "charge.dispute.created" in page


def test_the_advanced_mode_is_kept_for_the_person(anna: Client) -> None:
    account = add_account(Provider.PAYZEN, AccountValues("Carte"), {})
    switch = re.compile(r'id="dd-advanced"[^>]*\schecked', re.DOTALL)
    assert not switch.search(text(anna.get(page_of(account))))
    assert anna.post("/reglages/mode-avance/", {"avance": "1"}, headers={"HX-Request": "true"}).status_code == 204
    assert switch.search(text(anna.get(page_of(account))))
    anna.post("/reglages/mode-avance/")
    assert not switch.search(text(anna.get(page_of(account))))
    # what is wrong with a field that only it shows must be seen
    answer = anna.post(page_of(account), form_of(**{"test-form_key": "short"}))
    assert switch.search(text(answer))


def test_brand_and_form_of_lyra_are_kept(anna: Client) -> None:
    account = add_account(Provider.PAYZEN, AccountValues("Carte"), {})
    sent = form_of(brand="scellius", uses_form="on", **{"test-identifier": "12345678", "test-form_key": "A" * 16})
    assert anna.post(page_of(account), sent).status_code == 302
    kept = fresh(account)
    assert (kept.brand, kept.uses_form) == ("scellius", True)
    assert anna.get(page_of(account)).context["row"].keys.missing == ()
    assert anna.post(page_of(account), form_of(brand="nobody")).status_code == 422


# --- receipts ---------------------------------------------------------------------------------------------------------


def test_vat_and_mentions_stand_on_the_sample_receipt(anna: Client) -> None:
    path = "/reglages/facturation/"
    assert anna.post(path, {"vat_rate": "", "legal_mentions": "SARL au capital de 1 €"}).status_code == 302
    answer = anna.get(f"{path}exemple.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    told = _pdf_text(answer.content)
    assert "SARL au capital de 1 €" in told
    assert "293 B" in told
    anna.post(path, {"vat_rate": "20", "legal_mentions": ""})
    told = _pdf_text(anna.get(f"{path}exemple.pdf").content)
    assert "293 B" not in told
    assert "70,00" in told, "the VAT within 420 euros"
    answer = anna.post(path, {"vat_rate": "80", "legal_mentions": "SAS"})
    assert answer.status_code == 422
    assert "SAS" in text(answer)


def _pdf_text(content: bytes) -> str:
    import io

    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    from django.utils import translation

    with translation.override("fr"):
        yield
