"""What the tests of payments share: a provider in memory in Stripe's place, and the firm alpha's schema."""

from collections.abc import Iterator

import pytest

from billing.enums import Provider
from billing.models import ProviderAccount
from billing.providers import GATEWAYS
from extranet.models import Dossier
from kernel.tenancy import firm_context
from tests.billing.scripted import ScriptedProvider, add_account, add_unpaid
from tests.factories.cast import Cast


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> ScriptedProvider:
    """The scripted provider, as Stripe."""
    scripted = ScriptedProvider()
    monkeypatch.setitem(GATEWAYS, Provider.STRIPE, scripted.gateway)  # type: ignore[arg-type]
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
