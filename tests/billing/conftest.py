"""What the tests of payments share: a provider in memory in Stripe's place, and the firm alpha's schema."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signing import TimestampSigner  # noqa: TID251 - no signature is made here
from django.test import Client

from billing.enums import Provider
from billing.models import ProviderAccount
from billing.providers import GATEWAYS
from extranet.models import Dossier
from kernel.tenancy import firm_context
from tests.billing.scripted import ScriptedProvider, add_account, add_unpaid
from tests.factories.cast import Cast
from tests.gateways.paypal import PayPalStandIn
from tests.gateways.server import serving
from tests.gateways.stripe import StripeStandIn
from tests.support import at_host


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> ScriptedProvider:
    """The scripted provider, as Stripe."""
    scripted = ScriptedProvider()
    monkeypatch.setitem(GATEWAYS, Provider.STRIPE, scripted.gateway)
    return scripted


@pytest.fixture
def in_alpha(cast: Cast) -> Iterator[None]:
    """Works in alpha's schema."""
    with firm_context("firm_alpha"):
        yield


@pytest.fixture
def account(in_alpha: None) -> ProviderAccount:
    """Alpha's account with the scripted provider."""
    return add_account()


@pytest.fixture
def house(in_alpha: None, cast: Cast) -> Dossier:
    """A dossier of alpha for which 150 euros are due."""
    return add_unpaid("Maison", "150.00", user=cast.bob)


@pytest.fixture
def stripe(settings: Any) -> Iterator[StripeStandIn]:
    """The stand-in of Stripe, reached as Stripe."""
    settings.PAYMENT_TIMEOUT = 1
    with serving(stand_in := StripeStandIn()):
        settings.STRIPE_URL = stand_in.url
        yield stand_in


@pytest.fixture
def paypal(settings: Any, in_alpha: None) -> Iterator[PayPalStandIn]:
    """The stand-in of PayPal, reached as its sandbox; nobody answers as the live one."""
    settings.PAYMENT_TIMEOUT = 1
    with serving(stand_in := PayPalStandIn()):
        settings.PAYPAL_TEST_URL = stand_in.url
        settings.PAYPAL_LIVE_URL = "http://127.0.0.1:9"
        yield stand_in


@pytest.fixture
def browser() -> Client:
    """A browser that nobody is logged in with, at alpha."""
    return at_host("alpha")


@pytest.fixture
def one_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed addresses are of one second in a test: two of the same thing are the same, however slow the machine."""
    now = TimestampSigner().timestamp()
    monkeypatch.setattr(TimestampSigner, "timestamp", lambda _signer: now)
