"""One way to drive each provider's client with its stand-in, for the tests that all of them must pass."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from django.test import Client

from billing.actions.receiving import drain_notifications
from billing.actions.starting import start_payment
from billing.enums import Mode, Provider
from billing.models import Credentials, Payment, ProviderAccount
from billing.providers.base import Access
from extranet.models import Dossier
from kernel.secrets import Secrets, seal
from tests.gateways import lyra, lyra_objects, paypal, stripe, stripe_objects
from tests.gateways.lyra import LyraStandIn
from tests.gateways.paypal import PayPalStandIn
from tests.gateways.server import Delivery, serving
from tests.gateways.stripe import StripeStandIn

BASE_URL = "https://alpha.example"
#: Another merchant's keys with the same provider.
OTHER_KEYS = {
    Provider.STRIPE: {"secret_key": "sk_test_51OtherFirm0001", "webhook_secret": "whsec_OtherFirm0001"},
    Provider.PAYPAL: {
        "identifier": "AOtherClient-00000000000000000000000000000000002",
        "client_secret": "EOtherSecret-00000000000000000000000000000000002",
        "webhook_id": "9ZZ4207770796733Z",
    },
    "lyra": {
        "identifier": "87654321",
        "password": "testpassword_OtherFirm0001",
        "hmac_key": "OtherFirmHmac0001",
        "form_key": "OtherFirmForm001",
    },
}
_PLAIN = ("identifier", "webhook_id")

AnyStandIn = StripeStandIn | PayPalStandIn | LyraStandIn


@dataclass
class World:
    """A firm's account with one provider, and the provider."""

    provider: Provider
    uses_form: bool
    stand_in: AnyStandIn
    keys: dict[str, str]
    account: ProviderAccount = field(init=False)

    def __post_init__(self) -> None:
        self.account = ProviderAccount.objects.create(
            provider=self.provider, mode=Mode.TEST, label="Carte", is_active=True, uses_form=self.uses_form
        )
        Credentials.objects.create(account=self.account, mode=Mode.TEST)
        self.write_keys(self.keys)
        self.stand_in.notifies = "later"
        if not isinstance(self.stand_in, LyraStandIn):  # whose payments name it themselves
            self.stand_in.notify_to(f"{BASE_URL}{self.path}")

    @property
    def path(self) -> str:
        """Where the account's notifications go."""
        return f"/notifications/paiement/{self.account.token}/"

    @property
    def is_lyra(self) -> bool:
        """Whether it is one of Lyra's brands."""
        return isinstance(self.stand_in, LyraStandIn)

    def write_keys(self, keys: Mapping[str, str], *, before: Mapping[str, str] | None = None) -> None:
        """Saves the account's keys, as the page of settings does; `before` are those that they replace."""
        plain = {name: value for name, value in keys.items() if name in _PLAIN}
        Credentials.objects.filter(account=self.account).update(
            sealed=seal({name: value for name, value in keys.items() if name not in _PLAIN}),
            sealed_before=seal({name: value for name, value in (before or {}).items() if name not in _PLAIN}),
            **plain,
        )

    def other(self) -> Access:
        """Returns with what another firm, which the provider knows too, reaches it."""
        keys = OTHER_KEYS["lyra" if self.is_lyra else self.provider]
        match self.stand_in:
            case StripeStandIn() as stand_in:
                stand_in.register(keys["secret_key"], keys["webhook_secret"], "https://beta.example/x/")
            case PayPalStandIn() as stand_in:
                address = "https://beta.example/x/"
                stand_in.register(keys["identifier"], keys["client_secret"], keys["webhook_id"], address)
            case LyraStandIn() as stand_in:
                stand_in.register(*keys.values())
        return Access(
            self.provider,
            False,
            keys.get("identifier", ""),
            Secrets({name: value for name, value in keys.items() if name not in _PLAIN}),
            webhook_id=keys.get("webhook_id", ""),
            uses_form=self.uses_form,
        )

    # --- what the payer does ------------------------------------------------------------------------------------------
    def begin(self, *dossiers: Dossier) -> Payment:
        """Begins to pay dossiers, and opens the provider's page as a browser does."""
        payment, started = start_payment(
            dossiers,
            account=self.account,
            contact=None,
            payer_name="Alice",
            payer_email="alice@example.org",
            base_url=BASE_URL,
            language="fr",
        )
        assert started is not None
        assert bool(started.fields) == self.uses_form
        self.opened = open_page(started.url, started.fields)
        return payment

    def pay(self, ref: str) -> None:
        """The payer pays, and where the provider waits with the capture, it takes place."""
        self.stand_in.pay(ref)
        self.capture(ref)

    def capture(self, ref: str) -> None:
        """The night's capture, where there is one."""
        if isinstance(self.stand_in, LyraStandIn):
            self.stand_in.capture(ref)

    def pay_in_vain(self, ref: str) -> None:
        """The payer does not pass the bank's authentication, or has a means that is declined."""
        match self.stand_in:
            case StripeStandIn() as stand_in:
                stand_in.pay(ref, stripe_objects.CHALLENGED, authenticates=False)
            case PayPalStandIn() as stand_in:
                stand_in.pay(ref, "declined")
            case LyraStandIn() as stand_in:
                stand_in.pay(ref, lyra_objects.CHALLENGED, authenticates=False)

    def ask_another_amount(self, ref: str, amount: int) -> None:
        """Has the provider take another amount than we asked for."""
        match self.stand_in:
            case StripeStandIn() as stand_in:
                stand_in.sessions[ref].amount = amount
            case PayPalStandIn() as stand_in:
                stand_in.orders[ref].amount = amount
            case LyraStandIn() as stand_in:
                stand_in.order_of(ref).amount = amount

    def refunded(self, ref: str) -> int:
        """Returns the cents that the provider has given back."""
        match self.stand_in:
            case StripeStandIn() as stand_in:
                return stand_in.sessions[ref].refunded
            case PayPalStandIn() as stand_in:
                return sum(refund.amount for refund in stand_in.orders[ref].refunds)
            case LyraStandIn() as stand_in:
                return stand_in.order_of(ref).refunded

    # --- what the merchant does ---------------------------------------------------------------------------------------
    def rotate(self) -> None:
        """Changes the keys at the provider and here; what is on its way is signed with the former ones."""
        new = dict(self.keys)
        match self.stand_in:
            case StripeStandIn() as stand_in:
                new.update(secret_key="sk_test_51Rotated0001", webhook_secret="whsec_Rotated0001")
                account = stand_in.accounts.pop(stripe.SECRET_KEY)
                account.secret_key, account.webhook_secret = new["secret_key"], new["webhook_secret"]
                stand_in.accounts[account.secret_key] = account
            case PayPalStandIn() as stand_in:
                new.update(client_secret="ERotatedSecret-000000000000000000000000000000001")
                stand_in.merchants[paypal.CLIENT_ID].client_secret = new["client_secret"]
                stand_in.withdraw_tokens()
            case LyraStandIn() as stand_in:
                new.update(password="testpassword_Rotated0001", form_key="RotatedFormKey01")
                shop = stand_in.shops[0]
                shop.password, shop.form_key = new["password"], new["form_key"]
        self.write_keys(new, before=self.keys)
        self.keys = new

    @contextmanager
    def without_keys(self) -> Iterator[None]:
        """Has the provider know nothing of the account's keys for a while."""
        wrong = {name: f"{value[:-4]}none" for name, value in self.keys.items()}
        self.write_keys({**wrong, **{name: self.keys[name] for name in _PLAIN if name in self.keys}})
        try:
            yield
        finally:
            self.write_keys(self.keys)

    # --- notifications ------------------------------------------------------------------------------------------------
    def take(self) -> list[Delivery]:
        """Takes the notifications that wait."""
        waiting, self.stand_in.held = list(self.stand_in.held), []
        return waiting

    def post(self, client: Client, delivery: Delivery, *, path: str = "") -> int:
        """Posts a notification to the firm; returns the answer's status."""
        return client.post(
            path or urlsplit(delivery.url).path,
            delivery.body,
            content_type=delivery.headers["Content-Type"],
            headers=delivery.headers,
        ).status_code

    def hand_over(self, client: Client, *, change: Callable[[bytes], bytes] = bytes) -> set[int]:
        """Hands over all that waits, and has it handled; returns the answers' statuses."""
        answers = {
            self.post(client, Delivery(delivery.url, change(delivery.body), delivery.headers))
            for delivery in self.take()
        }
        drain_notifications(account_id=self.account.pk)
        return answers

    def replay(self, client: Client, ref: str, *, backwards: bool) -> set[int]:
        """Has the provider send all of a payment's notifications again, newly signed."""
        self.stand_in.post = lambda delivery: self.post(client, delivery)
        answers = set(self.stand_in.redeliver(ref, backwards=backwards))
        drain_notifications(account_id=self.account.pk)
        return answers


def open_page(url: str, fields: Mapping[str, str]) -> requests.Response:
    """Returns what the payer's browser sees first."""
    return requests.post(url, data=fields, timeout=5) if fields else requests.get(url, timeout=5)


def refusal_of(error: object) -> str:
    """Returns an error in a form in which secrets would show."""
    return json.dumps([str(error), repr(error), repr(getattr(error, "__cause__", None))])


#: Provider, by the form, the class of its stand-in and the keys.
CASES: dict[str, tuple[Provider, bool, type[AnyStandIn], dict[str, str]]] = {
    "stripe": (Provider.STRIPE, False, StripeStandIn, stripe.DEMO_KEYS),
    "paypal": (Provider.PAYPAL, False, PayPalStandIn, paypal.DEMO_KEYS),
    "payzen-rest": (Provider.PAYZEN, False, LyraStandIn, lyra.DEMO_KEYS),
    "systempay-rest": (Provider.SYSTEMPAY, False, LyraStandIn, lyra.DEMO_KEYS),
    "payzen-form": (Provider.PAYZEN, True, LyraStandIn, lyra.DEMO_KEYS),
}


@contextmanager
def world_of(name: str, settings: Any) -> Iterator[World]:
    """Serves a case's provider, with an account of the current firm."""
    provider, uses_form, stand_in, keys = CASES[name]
    settings.PAYMENT_TIMEOUT = 5
    with serving(made := stand_in()):
        assert isinstance(made, StripeStandIn | PayPalStandIn | LyraStandIn)
        settings.STRIPE_URL = settings.PAYPAL_TEST_URL = settings.LYRA_URL = made.url
        settings.PAYPAL_LIVE_URL = "http://127.0.0.1:9"
        yield World(provider, uses_form, made, dict(keys))
