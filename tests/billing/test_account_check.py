"""Checking keys: what each provider says of right, refused and foreign ones, and when it does not answer."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from billing.actions.account import AccountValues, TypedKeys, add_account, edit_account
from billing.actions.account_check import check_account
from billing.enums import Mode, Provider
from billing.models import Credentials, ProviderAccount
from billing.providers import GATEWAYS
from billing.providers.base import Access
from config.checks import check_payment_providers
from config.demo.payments import notify_addresses, seed_accounts
from extranet.models import PortalSettings
from kernel.errors import DomainError
from kernel.secrets import seal, unseal
from kernel.tenancy import firm_context
from tests.billing.cards import Moved
from tests.billing.worlds import CASES, World, world_of
from tests.factories.cast import Cast
from tests.gateways import lyra, paypal, stripe
from tests.gateways.server import Asked, Said, StandIn, serving
from tests.support import logged_in, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]
#: Lyra's form without a REST password asks nobody.
ASKED = [name for name in CASES if not name.endswith("-form")]
_SECRET_NAMES = {"secret_key", "client_secret", "password"}


@pytest.fixture(params=ASKED)
def world(request: pytest.FixtureRequest, settings: Any) -> Iterator[World]:
    with world_of(request.param, settings) as made:
        yield made


@pytest.fixture
def anna(cast: Cast) -> Client:
    return logged_in("alpha", cast.anna)


def fragment(client: Client, account: ProviderAccount) -> str:
    """Returns what the page is told, in place of the part with the state."""
    answer = client.post(f"/reglages/paiement/{account.code}/verifier/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    found: str = answer.content.decode()
    assert found.count('id="account-check"') == 1
    assert 'hx-trigger="load"' not in found, "it must not ask again by itself"
    return found


def fresh(account: ProviderAccount) -> ProviderAccount:
    return ProviderAccount.objects.get(pk=account.pk)


def test_right_keys_are_said_to_be_right(world: World, anna: Client) -> None:
    assert "dd-check-good" in fragment(anna, world.account)
    kept = fresh(world.account)
    assert kept.verified_at is not None
    assert kept.verify_error == ""


def test_refused_keys_are_said_to_be_refused(world: World, anna: Client) -> None:
    check_account(world.account)
    with world.without_keys():
        told = fragment(anna, world.account)
    assert "dd-check-bad" in told
    kept = fresh(world.account)
    assert kept.verified_at is None
    assert kept.verify_error
    for name in _SECRET_NAMES & set(world.keys):
        assert world.keys[name][:-4] not in told + kept.verify_error


@pytest.mark.parametrize("trouble", ["500", "html", "cut", "slow"])
def test_a_provider_that_does_not_answer_leaves_right_keys_right(
    world: World, anna: Client, settings: Any, trouble: str
) -> None:
    before = check_account(world.account).verified_at
    settings.PAYMENT_TIMEOUT = 1
    world.stand_in.trouble.append(trouble)
    told = fragment(anna, world.account)
    assert said("Try again in a moment: the keys were right the last time.") in told
    kept = fresh(world.account)
    assert kept.verified_at == before
    assert kept.verify_error
    assert "dd-check-good" in fragment(anna, world.account), "it was asked once, and answers again"


def test_a_provider_that_is_down_says_nothing_of_new_keys(world: World, anna: Client, settings: Any) -> None:
    settings.STRIPE_URL = settings.PAYPAL_TEST_URL = settings.LYRA_URL = "http://127.0.0.1:9"
    told = fragment(anna, world.account)
    assert "dd-check-bad" in told
    assert fresh(world.account).verified_at is None


def test_a_redirection_is_not_followed_with_the_keys(world: World, anna: Client, settings: Any) -> None:
    class Ear(StandIn):
        def handle(self, asked: Asked) -> Said:
            return Said()

    with serving(ear := Ear()), serving(moved := Moved(target=ear.url)):
        settings.STRIPE_URL = settings.PAYPAL_TEST_URL = settings.LYRA_URL = moved.url
        fragment(anna, world.account)
        assert fresh(world.account).verify_error
    assert ear.calls == []


def test_a_password_of_the_other_mode_is_told(settings: Any, anna: Client) -> None:
    with world_of("payzen-rest", settings) as world:
        ProviderAccount.objects.update(mode=Mode.LIVE)
        Credentials.objects.update(mode=Mode.LIVE)
        told = fragment(anna, world.account)
    assert said("This password is of the other mode.") in told


def test_keys_of_stripe_of_the_other_mode_are_told(settings: Any, anna: Client) -> None:
    with world_of("stripe", settings) as world:
        world.write_keys(world.keys | {"secret_key": stripe.LIVE_SECRET_KEY})
        told = fragment(anna, world.account)
    assert said("The secret key is missing, or is one of the other mode.") in told


def test_paypals_webhook_is_asked_for(settings: Any, anna: Client) -> None:
    with world_of("paypal", settings) as world:
        world.write_keys(world.keys | {"webhook_id": "0AA00000000000000"})
        assert said("PayPal does not know this webhook ID.") in fragment(anna, world.account)


def test_without_scripts_it_goes_back_to_the_page(settings: Any, anna: Client) -> None:
    with world_of("stripe", settings) as world:
        path = f"/reglages/paiement/{world.account.code}/"
        assert said("The keys are right.") in anna.post(f"{path}verifier/", follow=True).content.decode()
        with world.without_keys():
            answer = anna.post(f"{path}verifier/", follow=True)
    assert answer.request["PATH_INFO"] == path
    assert "dd-check-bad" in answer.content.decode()


def test_an_answer_about_former_keys_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody saves other keys while the provider is being asked."""
    account = add_account(Provider.STRIPE, AccountValues("Carte"), {Mode.TEST: TypedKeys(secrets=stripe.DEMO_KEYS)})

    class Slow:
        """A provider that takes its time."""

        def __init__(self, access: Access) -> None:
            self.access = access

        def check_credentials(self) -> None:
            typed = {Mode.TEST: TypedKeys(secrets={"webhook_secret": "whsec_Meanwhile0001"})}
            edit_account(fresh(account), AccountValues("Carte"), typed)

    monkeypatch.setitem(GATEWAYS, Provider.STRIPE, Slow)
    with pytest.raises(DomainError) as refused:
        check_account(account)
    assert refused.value.code == "changed_meanwhile"
    assert fresh(account).verified_at is None


# --- SECRET_KEY is replaced -------------------------------------------------------------------------------------------


def reseal() -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("reseal_credentials", stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), f"{err.getvalue()}{error}"
    return out.getvalue(), err.getvalue()


def add_keys(schema: str) -> Credentials:
    with firm_context(schema):
        typed = TypedKeys(secrets={"secret_key": stripe.SECRET_KEY, "webhook_secret": stripe.WEBHOOK_SECRET})
        account = add_account(Provider.STRIPE, AccountValues("Carte"), {Mode.TEST: typed})
        row = Credentials.objects.get(account=account)
        row.sealed_before = seal({"webhook_secret": "whsec_Former0001"})
        row.save()
        return row


@contextmanager
def opened(row: Credentials, schema: str) -> Iterator[Credentials]:
    with firm_context(schema):
        row.refresh_from_db()
        yield row


def test_all_firms_secrets_move_to_the_present_key(settings: Any) -> None:
    old = settings.SECRET_KEY
    rows = {schema: add_keys(schema) for schema in ("firm_alpha", "firm_beta")}
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the new key of the tests, long enough to be one", [old]
    out, err = reseal()
    assert "sealed anew: 2" in out
    assert err == ""
    settings.SECRET_KEY_FALLBACKS = []
    for schema, row in rows.items():
        with opened(row, schema) as now:
            assert unseal(now.sealed)["secret_key"] == stripe.SECRET_KEY
            assert unseal(now.sealed_before)["webhook_secret"] == "whsec_Former0001"
    assert "sealed anew: 0" in reseal()[0], "once more changes nothing"


def test_a_firm_that_no_key_opens_is_named_and_stops_no_other(settings: Any) -> None:
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "a key that is lost, of which nobody has kept a copy"
    lost = add_keys("firm_alpha")
    settings.SECRET_KEY = old
    row = add_keys("firm_beta")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the new key of the tests, long enough to be one", [old]
    out, err = reseal()
    assert "firm_beta: 1 sealed anew" in out
    assert "firm_alpha" in err
    assert stripe.SECRET_KEY not in out + err
    with opened(row, "firm_beta") as now:
        assert unseal(now.sealed)["secret_key"] == stripe.SECRET_KEY
    before = lost.sealed
    with opened(lost, "firm_alpha") as now:
        assert now.sealed == before


# --- the installation -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "is_wrong"),
    [
        ("https://api.stripe.com", False),
        ("http://127.0.0.1:8026", False),
        ("http://[::1]:8026", False),
        ("http://localhost:8026", False),
        ("http://api.stripe.com", True),
        ("http://127.0.0.1.evil.example", True),
        ("http://10.0.0.1", True),
        ("ftp://127.0.0.1", True),
        ("", False),
    ],
)
def test_a_providers_address_in_clear_is_told(settings: Any, address: str, is_wrong: bool) -> None:
    assert check_payment_providers(None) == []
    settings.LYRA_URL = address
    found = check_payment_providers(None)
    assert [(one.id, bool(one.hint)) for one in found] == ([("diagdesk.E020", True)] if is_wrong else [])


def test_the_demos_accounts_are_offered_and_their_doubles_know_where_to_notify(settings: Any) -> None:
    doubles: Any = (stripe.StripeStandIn(), paypal.PayPalStandIn(), lyra.LyraStandIn())
    known = {
        "stripe": {"keys": stripe.DEMO_KEYS},
        "paypal": {"keys": paypal.DEMO_KEYS},
        "lyra": {"keys": lyra.DEMO_KEYS},
    }
    with serving(doubles[0]), serving(doubles[1]), serving(doubles[2]), translation.override("fr"):
        settings.STRIPE_URL, settings.PAYPAL_TEST_URL, settings.LYRA_URL = (double.url for double in doubles)
        seed_accounts(known)
        seed_accounts(known)
    accounts = list(ProviderAccount.objects.order_by("position"))
    assert [account.provider for account in accounts] == ["stripe", "paypal", "payzen", "systempay", "manual"]
    assert all(account.is_active for account in accounts)
    assert all(account.mode == Mode.TEST and account.verified_at for account in accounts if not account.is_manual)
    assert all("émonstration" in account.label for account in accounts if not account.is_manual)
    assert PortalSettings.objects.get(pk=1).online_payment
    assert set(notify_addresses()) == {"stripe", "paypal"}
    assert accounts[0].token in notify_addresses()["stripe"]
