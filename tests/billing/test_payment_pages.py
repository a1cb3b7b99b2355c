"""The page of a payment, its refunds, announced payments, receipt, notifications; who may see it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from billing.actions.issues import note_issue
from billing.actions.settling import settle
from billing.enums import IssueKind, Mode, PaymentStatus, RefundStatus
from billing.models import Notification, Payment, PaymentIssue, ProviderAccount, Refund
from billing.providers.base import ProviderRefused, ProviderUnavailable
from extranet.actions.payment_state import set_paid
from extranet.enums import PaymentState
from extranet.models import Dossier
from kernel.tenancy import firm_context
from kernel.text import new_code
from tests.billing.books import add_payment
from tests.billing.scripted import ScriptedProvider, add_account, add_unpaid, begin
from tests.billing.worlds import world_of
from tests.factories.cast import Cast
from tests.support import body, logged_in, said, without_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(cast: Cast) -> ProviderAccount:
    with firm_context("firm_alpha"):
        return add_account()


@pytest.fixture
def house(cast: Cast) -> Dossier:
    with firm_context("firm_alpha"):
        return add_unpaid("Maison", "150.00", user=cast.bob, contacts=[cast.alice])


@pytest.fixture
def flat(cast: Cast) -> Dossier:
    with firm_context("firm_alpha"):
        return add_unpaid("Appartement", "50.00", user=cast.bob, contacts=[cast.alice])


@pytest.fixture
def paid(provider: ScriptedProvider, account: ProviderAccount, house: Dossier, flat: Dossier, cast: Cast) -> Payment:
    """Two dossiers that Alice has paid at once: 150 and 50 euros."""
    with firm_context("firm_alpha"):
        payment = begin([house, flat], account, contact=cast.alice)
        provider.session_of(payment).pay()
        return settle(payment.pk)


def path_of(payment: Payment, rest: str = "") -> str:
    return f"/paiements/{payment.code}/{rest}"


def page(client: Client, path: str, *, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def after(client: Client, path: str, **data: object) -> str:
    """Posts a form that is accepted; returns the page that follows."""
    answer = client.post(path, data, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain
    return answer.content.decode()


def state_of(dossier: Dossier) -> str:
    with firm_context("firm_alpha"):
        return Dossier.objects.get(pk=dossier.pk).payment_state


def refunds() -> list[tuple[int, str]]:
    with firm_context("firm_alpha"):
        return list(Refund.objects.order_by("pk").values_list("amount", "status"))


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_firm_sees_all_of_it(cast: Cast, paid: Payment, house: Dossier) -> None:
    text = page(logged_in("alpha", cast.bob), path_of(paid))
    for part in ("200,00\xa0€", "33,33\xa0€", "Visa •••• 4242", "Paul Payeur", paid.code, "cap-ses-0", "Appartement"):
        assert part in text, part
    assert f"/dossiers/{house.code}/" in text
    assert path_of(paid, "recu/") in text
    assert path_of(paid, "rembourser/") in text
    assert "pay.example" not in text, "where the payer pays is nobody else's"


def test_its_client_sees_it_and_nobody_elses_does(cast: Cast, paid: Payment) -> None:
    text = page(logged_in("alpha", cast.alice), path_of(paid))
    assert "200,00\xa0€" in text
    assert "33,33\xa0€" in text
    assert path_of(paid, "recu/") in text
    assert "rembourser" not in text
    assert "cap-ses-0" not in text
    charlie = logged_in("alpha", cast.charlie)
    for rest in ("", "recu/", "rembourser/", "confirmer/", "notifications/"):
        page(charlie, path_of(paid, rest), status=404)


def test_a_dossier_that_the_client_may_no_longer_read_is_a_name(cast: Cast, paid: Payment, house: Dossier) -> None:
    with firm_context("firm_alpha"):
        house.accesses.all().delete()
    text = page(logged_in("alpha", cast.alice), path_of(paid))
    assert "Maison" in text
    assert f"/dossiers/{house.code}/" not in text


def test_the_receipt_is_a_pdf_for_the_firm_and_its_client(cast: Cast, paid: Payment) -> None:
    for person in (cast.bob, cast.alice):
        answer = logged_in("alpha", person).get(path_of(paid, "recu/"))
        assert body(answer).startswith(b"%PDF")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert "recu-1.pdf" in answer.headers["Content-Disposition"]
    with firm_context("firm_alpha"):
        none = add_payment(100)
    page(logged_in("alpha", cast.bob), path_of(none, "recu/"), status=404)


def test_each_page_takes_the_same_number_of_queries_whatever_its_rows(cast: Cast, paid: Payment) -> None:
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)

    def add(rank: int) -> None:
        with firm_context("firm_alpha"):
            line = paid.lines.all()[0]
            Refund.objects.create(
                payment=paid, line=line, amount=1, status=RefundStatus.SUCCEEDED, provider_ref=str(rank)
            )
            Notification.objects.create(account=paid.account, mode=Mode.TEST, dedupe_key=str(rank), payment=paid)
            note_issue(paid, IssueKind.DIFFERS, str(rank))
            note_issue(paid, IssueKind.PAID_TWICE, f"Maison, {rank}")

    def queries(client: Client, path: str) -> int:
        page(client, path)
        with CaptureQueriesContext(connection) as captured:
            page(client, path)
        return len([sql for sql in without_set(captured) if '"tenants_' not in sql])

    asked = [(bob, path_of(paid)), (alice, path_of(paid)), (bob, path_of(paid, "rembourser/"))]
    add(0)
    before = [queries(*where) for where in asked]
    add(1)
    add(2)
    assert [queries(*where) for where in asked] == before
    assert max(before) <= 10, before


# --- refunds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["stripe", "paypal", "payzen-rest"])
def test_a_refund_reaches_the_provider_once(cast: Cast, house: Dossier, settings: object, case: str) -> None:
    client = logged_in("alpha", cast.bob)
    with firm_context("firm_alpha"), world_of(case, settings) as world:
        payment = world.begin(house)
        world.pay(payment.provider_ref)
        payment = settle(payment.pk)
        assert payment.status == PaymentStatus.SUCCEEDED
        form = client.get(path_of(payment, "rembourser/")).context["form"]
        data = {"amount": "20,50", "reason": "Geste", "once": form["once"].value()}
        for _time in range(2):
            text = after(client, path_of(payment, "rembourser/"), **data)
            assert said("%(amount)s were refunded.", amount="20,50\xa0€") in text
        assert world.refunded(payment.provider_ref) == 2_050
        assert refunds() == [(2_050, "succeeded")]
        payment.refresh_from_db()
        assert payment.refunded == 2_050
    assert state_of(house) == PaymentState.PAID


def test_a_refund_that_makes_the_dossier_unpaid_again(cast: Cast, paid: Payment, house: Dossier, flat: Dossier) -> None:
    client = logged_in("alpha", cast.bob)
    form = page(client, path_of(paid, "rembourser/?ligne=2&motif=Pay%C3%A9+deux+fois"))
    assert 'value="50,00"' in form
    assert "Payé deux fois" in form
    after(client, path_of(paid, "rembourser/"), amount="50", line="2", reopens="on", once=new_code())
    assert (state_of(house), state_of(flat)) == (PaymentState.PAID, PaymentState.UNPAID)
    with firm_context("firm_alpha"):
        assert list(paid.lines.order_by("pk").values_list("refunded", flat=True)) == [0, 5_000]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?montant=1234", "12,34"),
        ("?montant=99999999", "200,00"),
        ("?montant=-5", "200,00"),
        ("?montant=abc&ligne=9", "200,00"),
        ("?ligne=2&montant=6000", "50,00"),
        ("?montant=²", "200,00"),
    ],
)
def test_what_the_address_fills_in(cast: Cast, paid: Payment, query: str, shown: str) -> None:
    assert f'value="{shown}"' in page(logged_in("alpha", cast.bob), path_of(paid, f"rembourser/{query}"))


@pytest.mark.parametrize(
    "data",
    [
        {"amount": "200,01"},
        {"amount": "0"},
        {"amount": "-1"},
        {"amount": "abc"},
        {"amount": ""},
        {"amount": "50,01", "line": "2"},
        {"amount": "1", "line": "7"},
        {"amount": "1,005"},
    ],
)
def test_a_wrong_refund_is_refused_and_what_was_typed_stays(
    cast: Cast, paid: Payment, provider: ScriptedProvider, data: dict[str, str]
) -> None:
    before = list(provider.calls)
    answer = logged_in("alpha", cast.bob).post(path_of(paid, "rembourser/"), {"reason": "Mon motif"} | data)
    assert answer.status_code == 422
    assert "Mon motif" in answer.content.decode()
    assert refunds() == []
    assert provider.calls == before


def test_a_refusal_of_the_provider_is_told(cast: Cast, paid: Payment, provider: ScriptedProvider) -> None:
    provider.trouble.append(ProviderRefused("the charge is too old", code="charge_expired"))
    text = after(logged_in("alpha", cast.bob), path_of(paid, "rembourser/"), amount="20", once=new_code())
    assert "the charge is too old" in text
    assert refunds() == [(2_000, "failed")]


def test_an_unknown_outcome_is_told_as_such_and_asked_once(
    cast: Cast, paid: Payment, provider: ScriptedProvider
) -> None:
    client, once = logged_in("alpha", cast.bob), new_code()
    provider.lost.append("refund")
    warned = said(
        "The provider has not answered about the refund of %(amount)s: we do not know yet whether it was made. "
        "We go on asking; do not refund it a second time elsewhere.",
        amount="20,00\xa0€",
    )
    assert warned in after(client, path_of(paid, "rembourser/"), amount="20", once=once)
    assert said("Outcome not known yet") in page(client, path_of(paid))
    assert warned in after(client, path_of(paid, "rembourser/"), amount="20", once=once), "the same form once more"
    assert provider.calls.count("refund") == 1
    after(client, path_of(paid, "relire/"))
    assert refunds() == [(2_000, "succeeded")]


def test_a_form_of_one_payment_makes_nothing_of_another(cast: Cast, paid: Payment, provider: ScriptedProvider) -> None:
    client, once = logged_in("alpha", cast.bob), new_code()
    after(client, path_of(paid, "rembourser/"), amount="20", once=once)
    with firm_context("firm_alpha"):
        other = add_payment(5_000)
    answer = client.post(path_of(other, "rembourser/"), {"amount": "20", "once": once})
    assert answer.status_code == 422
    assert refunds() == [(2_000, "succeeded")]


def test_what_is_refunded_whole_offers_no_refund(cast: Cast, paid: Payment) -> None:
    client = logged_in("alpha", cast.bob)
    after(client, path_of(paid, "rembourser/"), amount="200")
    assert path_of(paid, "rembourser/") not in page(client, path_of(paid))
    assert client.get(path_of(paid, "rembourser/")).status_code == 302
    after(client, path_of(paid, "rembourser/"), amount="1", once=new_code())
    assert refunds() == [(20_000, "succeeded")]
    assert said("Refunded") in page(logged_in("alpha", cast.alice), path_of(paid))


# --- reading again ----------------------------------------------------------------------------------------------------


def test_reading_again(cast: Cast, provider: ScriptedProvider, account: ProviderAccount, house: Dossier) -> None:
    client = logged_in("alpha", cast.bob)
    with firm_context("firm_alpha"):
        payment = begin([house], account)
    provider.trouble.append(ProviderUnavailable("down"))
    down = said("The provider does not answer: nothing was changed. Try again in a moment.")
    assert down in after(client, path_of(payment, "relire/"))
    assert said("Read again: nothing new.") in after(client, path_of(payment, "relire/"))
    provider.session_of(payment).pay()
    assert said("Read again: the payment was brought up to date.") in after(client, path_of(payment, "relire/"))
    assert state_of(house) == PaymentState.PAID
    provider.trouble.append(ProviderRefused("no such session"))
    refused = said("The provider refuses to tell about this payment: check the keys of your account.")
    assert refused in after(client, path_of(payment, "relire/"))
    provider.session_of(payment).refund(1_000)
    text = after(client, path_of(payment, "relire/"))
    assert said("Read again: the payment was brought up to date.") in text
    assert escape(str(IssueKind.REFUNDED_ELSEWHERE.label)) in text


# --- what is to be looked at ------------------------------------------------------------------------------------------


def test_an_issue_has_advice_and_is_settled_and_taken_back(cast: Cast, paid: Payment, house: Dossier) -> None:
    client = logged_in("alpha", cast.bob)
    with firm_context("firm_alpha"):
        issue = note_issue(paid, IssueKind.PAID_TWICE, "Maison, 150,00 €")
    text = page(client, path_of(paid))
    assert said("A dossier that counted as paid already was paid once more.") in text
    assert f"{path_of(paid, 'rembourser/')}?motif=" in text
    assert "ligne=1" in text
    text = after(client, f"/paiements/a-verifier/{issue.code}/")
    assert said("Marked as settled") in text
    assert f"/paiements/a-verifier/{issue.code}/rouvrir/" in text, "the toast takes it back"
    assert page(client, path_of(paid)).count(said("It is settled")) == 0
    after(client, f"/paiements/a-verifier/{issue.code}/rouvrir/")
    assert said("It is settled") in page(client, path_of(paid))


def test_every_kind_of_issue_has_a_page(cast: Cast, paid: Payment) -> None:
    with firm_context("firm_alpha"):
        for kind in IssueKind:
            note_issue(paid, kind, "Maison, 1,00 €")
    answer = logged_in("alpha", cast.bob).get(path_of(paid))
    assert {advice.issue.kind for advice in answer.context["advices"]} == set(IssueKind.values)


def test_a_dossier_marked_by_hand_while_somebody_pays_is_told_as_paid_twice(
    cast: Cast, provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    client = logged_in("alpha", cast.bob)
    with firm_context("firm_alpha"):
        payment = begin([house], account)
    client.post("/dossiers/selection/payer/", {"code": [house.code], "paid": "1"})
    provider.session_of(payment).pay()
    text = after(client, path_of(payment, "relire/"))
    assert escape(str(IssueKind.PAID_TWICE.label)) in text
    with firm_context("firm_alpha"):
        assert list(PaymentIssue.objects.values_list("kind", flat=True)) == [IssueKind.PAID_TWICE]
    assert state_of(house) == PaymentState.PAID
    after(client, path_of(payment, "rembourser/"), amount="150", once=new_code())
    assert state_of(house) == PaymentState.PAID, "the money marked by hand stays"


# --- announced payments -----------------------------------------------------------------------------------------------


@pytest.fixture
def announced(cast: Cast, house: Dossier) -> Payment:
    with firm_context("firm_alpha"):
        return add_payment(
            15_000, status=PaymentStatus.PENDING, dossiers=[(house, 15_000)], contact=cast.alice, payer_name="Alice"
        )


def test_an_announced_payment_is_confirmed_once(cast: Cast, announced: Payment, house: Dossier) -> None:
    client = logged_in("alpha", cast.bob)
    day = (timezone.localdate() - timedelta(days=2)).isoformat()
    assert said("It has arrived") in page(client, path_of(announced))
    text = after(client, path_of(announced, "confirmer/"), received_on=day, reference="VIR 7", next="/paiements/")
    assert said("The payment is confirmed: the payer gets the receipt.") in text
    assert state_of(house) == PaymentState.PAID
    with firm_context("firm_alpha"):
        announced.refresh_from_db()
        assert (announced.status, announced.provider_ref, announced.receipt_number) == ("succeeded", "VIR 7", 1)
        assert announced.paid_at is not None
        assert timezone.localdate(announced.paid_at).isoformat() == day
    again = said("This payment no longer waits to be confirmed.")
    assert again in after(client, path_of(announced, "confirmer/"), received_on=day)
    assert again in after(client, path_of(announced, "annuler/"))
    assert client.get(path_of(announced, "confirmer/")).status_code == 302


@pytest.mark.parametrize("day", ["2999-01-01", "31/02/2026", ""])
def test_a_wrong_day_is_refused(cast: Cast, announced: Payment, house: Dossier, day: str) -> None:
    client = logged_in("alpha", cast.bob)
    answer = client.post(path_of(announced, "confirmer/"), {"received_on": day, "reference": "VIR 7"})
    assert answer.status_code == 422
    assert "VIR 7" in answer.content.decode()
    assert state_of(house) == PaymentState.UNPAID


def test_an_announced_payment_is_given_up(cast: Cast, announced: Payment, house: Dossier) -> None:
    text = after(logged_in("alpha", cast.bob), path_of(announced, "annuler/"))
    assert said("The announced payment is given up. What it was for is still due.") in text
    assert state_of(house) == PaymentState.UNPAID


def test_a_transfer_that_comes_after_it_was_paid_by_hand_is_looked_at(
    cast: Cast, announced: Payment, house: Dossier
) -> None:
    with firm_context("firm_alpha"):
        set_paid([house], paid=True, user=cast.bob)
    text = after(
        logged_in("alpha", cast.bob),
        path_of(announced, "confirmer/"),
        received_on=timezone.localdate().isoformat(),
        next="/paiements/",
    )
    assert escape(str(IssueKind.PAID_TWICE.label)) in text, "its page says what to do, not the list"


# --- notifications ----------------------------------------------------------------------------------------------------


def test_administrators_read_what_came_without_secrets(cast: Cast, paid: Payment) -> None:
    told = '{"id": "evt_1", "client_secret": "sk_live_oops1", "data": {"api_key": "oops2", "x": "<script>"}}'
    form = "vads_order_id=abc&signature=oops3&kr-hash=oops4&kr-answer=%7B%22password%22%3A%22oops5%22%7D"
    with firm_context("firm_alpha"):
        for rank, text in enumerate((told, form, "no form, no JSON")):
            Notification.objects.create(
                account=paid.account, mode=Mode.TEST, dedupe_key=str(rank), payment=paid, kind="event", body=text
            )
    shown = page(logged_in("alpha", cast.anna), path_of(paid, "notifications/"))
    assert "evt_1" in shown
    assert "vads_order_id = abc" in shown
    assert "no form, no JSON" in shown
    assert "oops" not in shown
    assert "&lt;script&gt;" in shown
    assert path_of(paid, "notifications/") in page(logged_in("alpha", cast.anna), path_of(paid))
    bob = logged_in("alpha", cast.bob)
    page(bob, path_of(paid, "notifications/"), status=404)
    assert path_of(paid, "notifications/") not in page(bob, path_of(paid))
