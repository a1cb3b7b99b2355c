"""The page to which a payer comes back, what it asks the provider, the receipt, and the way to the provider."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from billing.actions.manual import confirm_manual
from billing.actions.merging import merge
from billing.actions.receiving import drain_notifications
from billing.actions.settling import settle
from billing.enums import IssueKind, Method, PaymentStatus
from billing.models import Payment, PaymentIssue, ProviderAccount
from billing.providers.base import CredentialsRefused, ProviderUnavailable, Truth, TruthState
from billing.tokens import pay_path, receipt_path, status_path
from billing.views.portal.instructions import lines_to_copy
from billing.views.portal.status import POLLS
from billing.views.portal.words import known_reason, reason
from extranet.actions.guest_link import create_guest_link
from extranet.actions.payment_state import set_amount, set_paid
from extranet.enums import PaymentState
from extranet.models import Dossier
from extranet.queries.guest_link import guest_token
from tests.billing.payers import hidden, start, text
from tests.billing.scripted import ScriptedProvider, add_manual_account, add_unpaid, begin, notify
from tests.billing.worlds import CASES, World, world_of
from tests.factories.cast import Cast
from tests.support import at_host, logged_in, without_set

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha", "one_second")]


@pytest.fixture
def payment(provider: ScriptedProvider, account: ProviderAccount, house: Dossier) -> Payment:
    return begin([house], account)


def state(answer: Any) -> str:
    found = re.search(r'data-state="(\w+)"', answer.content.decode())
    assert found
    return found[1]


def later() -> None:
    """Lets the time pass that the provider is left alone."""
    cache.clear()


def test_return_marks_nothing_and_follows_what_the_provider_says(
    provider: ScriptedProvider, payment: Payment, browser: Client, house: Dossier
) -> None:
    shown = browser.get(status_path(payment))
    assert state(shown) == "confirming"
    assert "Paiement en cours de confirmation" in text(shown)
    assert 'hx-trigger="load delay:2s"' in text(shown)
    assert 'aria-live="polite"' in text(shown)
    house.refresh_from_db()
    assert house.payment_state == PaymentState.UNPAID
    provider.session_of(payment).pay()
    later()
    paid = browser.get(status_path(payment))
    assert state(paid) == "paid"
    assert "150,00\u00a0€" in text(paid)
    assert "Visa •••• 4242" in text(paid)
    assert receipt_path(payment) in text(paid)
    assert "hx-get" not in paid.content.decode()
    house.refresh_from_db()
    assert house.payment_state == PaymentState.PAID


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_the_browser_brings_back_is_not_looked_at(
    provider: ScriptedProvider, payment: Payment, house: Dossier, method: str
) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"host": "alpha.localhost"})
    told = {"vads_trans_status": "AUTHORISED", "kr-answer": "{}", "status": "paid", "session_id": "<script>"}
    answer = getattr(browser, method)(status_path(payment), told)
    assert (answer.status_code, answer["Location"]) == (302, status_path(payment))
    assert state(browser.get(status_path(payment))) == "confirming"
    house.refresh_from_db()
    assert house.payment_state == PaymentState.UNPAID


def test_refreshing_does_not_hammer_the_provider(
    provider: ScriptedProvider, payment: Payment, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.views.portal.status.ASK_SECONDS", 3_600)
    for _time in range(20):
        browser.get(status_path(payment))
        browser.get(f"{status_path(payment)}etat/?n=1")
    assert provider.calls.count("read") == 1
    later()
    browser.get(f"{status_path(payment)}etat/?n=1")
    assert provider.calls.count("read") == 2
    provider.session_of(payment).pay()
    later()
    browser.get(status_path(payment))
    before = provider.calls.count("read")
    later()
    browser.get(status_path(payment))
    assert provider.calls.count("read") == before, "a payment that was made is not asked about"


def test_asking_again_becomes_rare_and_ends_with_a_word(payment: Payment, browser: Client) -> None:
    waits = []
    address = f"{status_path(payment)}etat/?n=0"
    while address:
        part = browser.get(address).content.decode()
        assert "<html" not in part
        delay, following = re.search(r"delay:(\d+)s", part), re.search(r'hx-get="([^"]+)"', part)
        waits.append(int(delay[1]) if delay else 0)
        address = following[1] if following else ""
    assert waits == [*POLLS, 0]
    assert "Vous pouvez fermer cette page" in part
    for odd in ("-1", "x", "9" * 30, "", "²"):
        assert browser.get(f"{status_path(payment)}etat/", {"n": odd}).status_code == 200


@pytest.mark.parametrize("trouble", [ProviderUnavailable("down"), CredentialsRefused("unknown key sk_x")])
def test_provider_that_does_not_tell_leaves_it_being_confirmed(
    provider: ScriptedProvider, payment: Payment, browser: Client, trouble: Exception
) -> None:
    provider.trouble.append(trouble)
    shown = browser.get(status_path(payment))
    assert shown.status_code == 200
    assert state(shown) == "confirming"
    assert "sk_x" not in shown.content.decode()


@pytest.mark.parametrize(
    ("truth", "expected", "words"),
    [
        (TruthState.FAILED, "refused", "Paiement refusé"),
        (TruthState.CANCELLED, "given_up", "Paiement abandonné"),
        (TruthState.EXPIRED, "expired", "a expiré"),
    ],
)
def test_attempt_that_came_to_nothing_says_so_and_offers_another(
    provider: ScriptedProvider,
    payment: Payment,
    browser: Client,
    house: Dossier,
    cast: Cast,
    truth: TruthState,
    expected: str,
    words: str,
) -> None:
    provider.session_of(payment).state = truth
    shown = browser.get(status_path(payment))
    assert state(shown) == expected
    assert words in text(shown)
    assert "Rien n’a été débité" in text(shown)
    (again,) = re.findall(r'href="(/payer/[^"]+)"', shown.content.decode())
    assert hidden(browser.get(again))["total"] == "15000"
    set_paid([house], paid=True, user=cast.bob)
    later()
    assert state(browser.get(status_path(payment))) == "settled"


def test_given_up_at_the_providers_is_shown_while_it_is_still_open(
    provider: ScriptedProvider, payment: Payment, browser: Client
) -> None:
    shown = browser.get(f"{status_path(payment)}?cancelled=1")
    assert state(shown) == "given_up"
    assert "hx-get" not in shown.content.decode()
    # whoever says so has paid all the same: the truth wins
    provider.session_of(payment).pay()
    later()
    assert state(browser.get(f"{status_path(payment)}?cancelled=1")) == "paid"
    lyra = browser.get(f"{status_path(payment)}?cancelled=1&vads_result=17")
    assert lyra["Location"] == f"{status_path(payment)}?cancelled=1"


def test_money_that_comes_late_is_seen_by_the_payer_who_comes_back(
    provider: ScriptedProvider, payment: Payment, browser: Client
) -> None:
    session = provider.session_of(payment)
    session.state = TruthState.EXPIRED
    assert state(browser.get(status_path(payment))) == "expired"
    session.pay()
    later()
    assert state(browser.get(status_path(payment))) == "paid"
    Payment.objects.update(status=PaymentStatus.EXPIRED, created_at=timezone.now() - timedelta(days=3))
    later()
    before = len(provider.calls)
    browser.get(status_path(payment))
    assert len(provider.calls) == before


def test_direct_debit_is_said_to_take_days(provider: ScriptedProvider, payment: Payment, browser: Client) -> None:
    provider.session_of(payment).method = Method.DIRECT_DEBIT
    shown = browser.get(status_path(payment))
    assert state(shown) == "debit"
    assert "hx-get" not in shown.content.decode()
    assert browser.get(f"{status_path(payment)}continuer/")["Location"] == status_path(payment)


def test_what_is_not_as_asked_is_being_checked_and_has_no_receipt(
    provider: ScriptedProvider, payment: Payment, browser: Client
) -> None:
    provider.session_of(payment).pay(14_000)
    shown = browser.get(status_path(payment))
    assert state(shown) == "checked"
    assert PaymentIssue.objects.get().kind == IssueKind.WRONG_AMOUNT
    assert browser.get(receipt_path(payment)).status_code == 404


def test_announced_transfer_becomes_paid_on_the_same_page(house: Dossier, browser: Client, cast: Cast) -> None:
    payment = begin([house], add_manual_account())
    assert state(browser.get(status_path(payment))) == "announced"
    confirm_manual(payment, received_on=timezone.localdate(), reference="", user=cast.bob)
    assert state(browser.get(status_path(payment))) == "paid"


def test_receipt_is_there_once_there_is_one(
    provider: ScriptedProvider, payment: Payment, browser: Client, cast: Cast
) -> None:
    path = receipt_path(payment)
    assert browser.get(path).status_code == 404
    provider.session_of(payment).pay()
    settle(payment.pk)
    shown = browser.get(path)
    assert shown.status_code == 200
    assert shown["Content-Type"] == "application/pdf"
    assert shown["Content-Disposition"].startswith("inline;")
    assert "no-store" in shown["Cache-Control"]
    assert shown.content.startswith(b"%PDF")
    kept = browser.get(f"{path}?download")
    assert kept["Content-Disposition"].startswith("attachment;")
    assert browser.get("/payer/recu/x/").status_code == 404


def test_dossiers_are_linked_for_whoever_may_see_them(
    provider: ScriptedProvider, account: ProviderAccount, cast: Cast, browser: Client
) -> None:
    house = add_unpaid("Maison", "150.00", user=cast.bob, contacts=[cast.alice])
    other = add_unpaid("Grange", "50.00", user=cast.bob, contacts=[cast.charlie])
    payment = begin([house, other], account)
    provider.session_of(payment).pay()
    path = status_path(payment)
    links = {
        name: set(re.findall(r'href="/dossiers/(\w{12})/"', client.get(path).content.decode()))
        for name, client in (
            ("anon", browser),
            ("alice", logged_in("alpha", cast.alice)),
            ("bob", logged_in("alpha", cast.bob)),
        )
    }
    assert links == {"anon": set(), "alice": {house.code}, "bob": {house.code, other.code}}


def test_guest_pays_by_its_link_and_comes_back_to_the_dossier(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast, browser: Client
) -> None:
    link = create_guest_link(
        house,
        email="guest@else.example",
        name="Gwen",
        expires_at=timezone.now() + timedelta(days=1),
        max_uses=3,
        asks_code=False,
        user=cast.bob,
    )
    door = f"/acces/{guest_token(link)}/"
    assert browser.get(f"{door}payer/")["Location"] == door, "not before the link was opened"
    browser.post(f"{door}ouvrir/")
    inside = browser.get(door)
    assert f"{door}payer/" in inside.content.decode()
    page = browser.get(browser.get(f"{door}payer/")["Location"])
    assert 'value="guest@else.example"' in page.content.decode()
    assert 'value="Gwen"' in page.content.decode()
    start(browser, pay_path([house]), account)
    payment = Payment.objects.get()
    provider.session_of(payment).pay()
    way_back = door.split(":", maxsplit=1)[0]  # the address as it was signed just now
    assert way_back in browser.get(status_path(payment)).content.decode()
    assert way_back not in at_host("alpha").get(status_path(payment)).content.decode()
    assert f"{door}payer/" not in browser.get(door).content.decode(), "it is paid"


def test_browser_that_never_comes_back_does_not_matter(
    provider: ScriptedProvider, payment: Payment, account: ProviderAccount, house: Dossier, browser: Client
) -> None:
    provider.session_of(payment).pay()
    assert notify(browser, account, {"id": "1", "kind": "paid", "code": payment.code}) == 200
    drain_notifications(account_id=account.pk)
    house.refresh_from_db()
    assert house.payment_state == PaymentState.PAID
    assert state(browser.get(status_path(payment))) == "paid"


def test_pages_ask_the_same_number_of_queries_for_one_dossier_and_three(
    provider: ScriptedProvider,
    account: ProviderAccount,
    cast: Cast,
    django_assert_max_num_queries: Any,
) -> None:
    alice = logged_in("alpha", cast.alice)
    counts: dict[str, list[int]] = {}
    for number in (1, 3):
        dossiers = [add_unpaid(f"Lot {n}", "10.00", user=cast.bob, contacts=[cast.alice]) for n in range(number)]
        payment = begin(dossiers, account, contact=cast.alice)
        for name in ("open", "paid"):
            alice.get(status_path(payment))
            with django_assert_max_num_queries(60) as counted:
                alice.get(status_path(payment))
            # what the limit of questions to the provider costs is the cache's
            found = [sql for sql in without_set(counted) if "django_cache" not in sql and "tenants_" not in sql]
            counts.setdefault(name, []).append(len(found))
            provider.session_of(payment).pay()
            later()
    print(without_set(counted))
    assert all(one == three <= 10 for one, three in counts.values()), counts


# --- on to the provider -----------------------------------------------------------------------------------------------


def test_going_on_is_for_attempts_that_can_be_paid(
    provider: ScriptedProvider, payment: Payment, browser: Client
) -> None:
    go = f"{status_path(payment)}continuer/"
    page = browser.get(go)
    assert page.status_code == 200
    assert f'href="{payment.pay_url}"' in page.content.decode()
    assert f'content="2;url={payment.pay_url}"' in page.content.decode()
    for columns in (
        {"expires_at": timezone.now() - timedelta(minutes=1)},
        {"pay_url": "javascript:alert(1)"},
        {"status": PaymentStatus.CANCELLED},
    ):
        before = {name: getattr(payment, name) for name in columns}
        Payment.objects.update(**columns)
        assert browser.get(go)["Location"] == status_path(payment), columns
        Payment.objects.update(**before)
    assert browser.get(go).status_code == 200
    assert browser.post(go).status_code == 405


@pytest.fixture(params=list(CASES))
def world(request: pytest.FixtureRequest, settings: Any) -> Any:
    with world_of(request.param, settings) as made:
        yield made


def test_each_providers_page_is_reached_paid_and_come_back_from(world: World, house: Dossier, browser: Client) -> None:
    begun = start(browser, pay_path([house]), world.account)
    page = browser.get(begun["Location"])
    content = page.content.decode()
    policy = page["Content-Security-Policy"]
    payment = Payment.objects.get()
    if world.uses_form:
        assert f"form-action 'self' {world.stand_in.url};" in policy
        (form,) = re.findall(r"<form[^>]*data-forward[^>]*>.*?</form>", content, flags=re.DOTALL)
        assert f'action="{world.stand_in.url}/vads-payment/"' in form
        assert "csrfmiddlewaretoken" not in form
        fields = dict(re.findall(r'name="(\w+)"\s+value="([^"]*)"', form))
        assert fields["vads_amount"] == "15000"
        assert fields["signature"]
        # the same page again has the same fields; without them there is nothing to post
        assert browser.get(begun["Location"]).content.decode().count(fields["signature"]) == 1
    else:
        assert "form-action 'self';" in policy
        assert "http-equiv" in content
        assert payment.pay_url.replace("&", "&amp;") in content
    if not world.uses_form:
        world.pay(payment.provider_ref)
        later()
        assert state(browser.get(status_path(payment))) == "paid"
        assert browser.get(begun["Location"])["Location"] == status_path(payment)
    else:
        cache.clear()
        assert browser.get(begun["Location"])["Location"] == status_path(payment)


def test_refusal_is_told_in_words(world: World, house: Dossier, browser: Client) -> None:
    payment = world.begin(house)
    world.pay_in_vain(payment.provider_ref)
    world.hand_over(browser)
    shown = browser.get(f"{status_path(payment)}?cancelled=1")
    assert state(shown) == "refused"
    assert "Réessayer" in text(shown)
    assert "banque" in text(shown)
    assert "vads_result" not in text(shown)
    assert "INSTRUMENT_DECLINED" not in text(shown)
    later()
    assert state(browser.get(status_path(payment))) == "refused", "also when the provider was asked once more"


def test_refusal_that_was_told_once_is_kept_until_something_else_happens(
    provider: ScriptedProvider, payment: Payment, browser: Client
) -> None:
    def told(error: str, **more: Any) -> str:
        return merge(payment.pk, Truth(TruthState.PENDING, reference=payment.code, error=error, **more)).error

    assert told("INSTRUMENT_DECLINED") == "INSTRUMENT_DECLINED"
    assert state(browser.get(status_path(payment))) == "refused"
    assert told("ORDER_NOT_APPROVED") == "INSTRUMENT_DECLINED"
    assert told("") == "INSTRUMENT_DECLINED"
    assert told("ECHECK", capture_ref="cap-1") == "ECHECK"
    later()
    assert state(browser.get(status_path(payment))) == "debit"


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "part"),
    [
        ("We are unable to authenticate your payment method.", "3-D Secure"),
        ("Your card has insufficient funds.", "plafond"),
        ("Provision insuffisante", "plafond"),
        ("Your card has expired.", "a expiré"),
        ("Your card's security code is incorrect.", "code de la carte"),
        ("INSTRUMENT_DECLINED", "refusé"),
        ("ACQ_001 Refused", "refusé"),
        ("vads_result 05", "refusé"),
        ("vads_result 17", "abandonné"),
        ("vads_result 96", "incident technique"),
    ],
)
def test_reasons_are_said_in_words_that_help(error: str, part: str) -> None:
    assert part in reason(error)


@pytest.mark.parametrize("error", ["", "Invalid API Key provided: sk_****0001", "No such checkout.session"])
def test_unknown_reason_says_what_is_true_and_not_the_providers_words(error: str) -> None:
    assert known_reason(error) == ""
    assert "Vous pouvez réessayer" in reason(error)


def test_account_numbers_are_found_in_what_a_firm_wrote() -> None:
    told = "Virement à :\nIBAN FR76 3000 6000 0112 3456 7890 189\n\nBE71096123456769\nBIC AGRIFRPP\nRéf. AB12 3456"
    assert [(line.text[:4], line.copy) for line in lines_to_copy(told)] == [
        ("Vire", ""),
        ("IBAN", "FR7630006000011234567890189"),
        ("BE71", "BE71096123456769"),
        ("BIC ", ""),
        ("Réf.", ""),
    ]


def test_amount_raised_after_a_payment_leaves_the_rest_to_be_paid(
    provider: ScriptedProvider, payment: Payment, account: ProviderAccount, house: Dossier, cast: Cast, browser: Client
) -> None:
    provider.session_of(payment).pay()
    settle(payment.pk)
    set_paid([house], paid=False, user=cast.bob)
    set_amount(house, amount=Decimal("180.00"), payer="", payer_name="", user=cast.bob)
    page = browser.get(pay_path([house]))
    assert hidden(page)["total"] == "3000"
    assert "180,00\u00a0€ au total, dont 150,00\u00a0€ déjà reçus" in text(page)
