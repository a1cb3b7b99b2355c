"""Recording transfers, cheques and cash; comparing with the providers; the payments of a dossier on its page."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.enums import IssueKind, PaymentStatus
from billing.models import Payment, ReminderStop, UnpaidReminder
from billing.providers.base import ProviderUnavailable
from extranet.actions.dossier_life import delete_dossiers
from extranet.actions.payment_state import set_paid
from extranet.enums import PaymentState
from extranet.models import Dossier
from kernel.tenancy import firm_context, public_context
from kernel.text import new_code
from tests.billing.books import add_payment
from tests.billing.scripted import ScriptedProvider, add_account, add_unpaid, begin
from tests.factories.cast import Cast
from tests.support import logged_in, run_jobs, said, without_set

pytestmark = pytest.mark.django_db
RECORD, CHOOSE, COMPARE = "/paiements/enregistrer/", "/paiements/dossiers/", "/paiements/rapprochement/"


@pytest.fixture
def house(cast: Cast) -> Dossier:
    with firm_context("firm_alpha"):
        return add_unpaid("Maison", "150.00", user=cast.bob, contacts=[cast.alice])


@pytest.fixture
def flat(cast: Cast) -> Dossier:
    with firm_context("firm_alpha"):
        return add_unpaid("Appartement", "50.00", user=cast.bob, contacts=[cast.charlie])


def told(*amounts: tuple[Dossier, str], **fields: Any) -> dict[str, Any]:
    """Returns what the form sends."""
    return {
        "chosen": [dossier.code for dossier, _amount in amounts],
        **{f"amount-{dossier.code}": amount for dossier, amount in amounts},
        "method": "cheque",
        "received_on": timezone.localdate().isoformat(),
        "reference": "CHQ 1234",
        "once": new_code(),
    } | fields


def payments() -> list[Payment]:
    with firm_context("firm_alpha"):
        return list(Payment.objects.order_by("pk"))


def state_of(dossier: Dossier) -> str:
    with firm_context("firm_alpha"):
        return Dossier.objects.get(pk=dossier.pk).payment_state


def test_the_form_is_prefilled_with_what_is_due(cast: Cast, house: Dossier, flat: Dossier) -> None:
    answer = logged_in("alpha", cast.bob).get(RECORD, {"dossier": [house.code, flat.code]})
    page = answer.content.decode()
    assert 'value="150,00"' in page
    assert 'value="50,00"' in page
    assert timezone.localdate().isoformat() in page
    assert "Agence Alice" in page
    assert "Agence Charlie" in page
    alone = logged_in("alpha", cast.bob).get(RECORD, {"dossier": house.code})
    assert alone.context["form"]["contact"].value() == cast.alice.code, "the only one who may have paid"


def test_a_cheque_for_two_dossiers(cast: Cast, house: Dossier, flat: Dossier) -> None:
    client = logged_in("alpha", cast.bob)
    answer = client.post(RECORD, told((house, "150"), (flat, "20,50"), contact=cast.alice.code), follow=True)
    assert said("%(amount)s recorded. Still to be paid: %(left)s.", amount="170,50\xa0€", left="29,50\xa0€") in (
        answer.content.decode()
    )
    (payment,) = payments()
    assert (payment.amount, payment.method, payment.provider_ref) == (17_050, "cheque", "CHQ 1234")
    assert payment.contact_id == cast.alice.pk
    assert (state_of(house), state_of(flat)) == (PaymentState.PAID, PaymentState.UNPAID)
    answer = client.post(RECORD, told((flat, "29,50"), next="/dossiers/"))
    assert answer.headers["Location"] == "/dossiers/"
    assert state_of(flat) == PaymentState.PAID
    with firm_context("firm_alpha"):
        assert not Payment.objects.filter(issues__isnull=False).exists()


def test_the_same_form_sent_twice_records_once(cast: Cast, house: Dossier) -> None:
    client, data = logged_in("alpha", cast.bob), told((house, "100"))
    addresses = {client.post(RECORD, data).headers["Location"] for _time in range(2)}
    (payment,) = payments()
    assert addresses == {f"/paiements/{payment.code}/"}
    assert client.post(RECORD, told((house, "50"))).status_code == 302
    assert [row.amount for row in payments()] == [10_000, 5_000], "another form is another payment"


def test_a_form_cannot_take_the_place_of_another_payment(cast: Cast, house: Dossier) -> None:
    with firm_context("firm_alpha"):
        other = add_payment(100, account=add_account())
    answer = logged_in("alpha", cast.bob).post(RECORD, told((house, "100"), once=other.code))
    assert answer.status_code == 422
    assert len(payments()) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "0"},
        {"amount": ""},
        {"amount": "-5"},
        {"amount": "1,005"},
        {"amount": "beaucoup"},
        {"received_on": "2999-01-01"},
        {"received_on": ""},
        {"method": "card"},
        {"method": ""},
        {"payer_email": "nobody"},
        {"contact": "xxxxxxxxxxxx"},
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(cast: Cast, house: Dossier, wrong: dict[str, str]) -> None:
    data = told((house, wrong.pop("amount", "100"))) | wrong
    answer = logged_in("alpha", cast.bob).post(RECORD, data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "CHQ 1234" in page
    assert "is-invalid" in page or "dd-form-errors" in page
    assert payments() == []
    assert state_of(house) == PaymentState.UNPAID


def test_a_dossier_that_goes_meanwhile_stops_the_record(cast: Cast, house: Dossier, flat: Dossier) -> None:
    client, data = logged_in("alpha", cast.bob), told((house, "150"), (flat, "50"))
    with firm_context("firm_alpha"):
        delete_dossiers([flat], user=cast.bob)
    answer = client.post(RECORD, data)
    assert answer.status_code == 422
    assert said("One of the dossiers is no longer there: check the amounts.") in answer.content.decode()
    assert payments() == []
    assert client.get(RECORD, {"dossier": flat.code}).status_code == 404


def test_money_for_what_is_paid_already_leads_to_what_to_do(cast: Cast, house: Dossier) -> None:
    with firm_context("firm_alpha"):
        set_paid([house], paid=True, user=cast.bob)
    answer = logged_in("alpha", cast.bob).post(RECORD, told((house, "150"), next="/dossiers/"), follow=True)
    assert escape(str(IssueKind.PAID_TWICE.label)) in answer.content.decode()


def test_what_was_typed_stays_when_a_dossier_is_added(cast: Cast, house: Dossier, flat: Dossier) -> None:
    answer = logged_in("alpha", cast.bob).get(
        RECORD,
        {
            "dossier": [house.code, flat.code],
            f"amount-{house.code}": "12,34",
            "method": "cash",
            "reference": "Enveloppe",
            "payer_name": "<b>Luc</b>",
        },
    )
    form = answer.context["form"]
    assert (form["method"].value(), form["reference"].value()) == ("cash", "Enveloppe")
    page = answer.content.decode()
    assert 'value="12,34"' in page
    assert 'value="50,00"' in page
    assert "<b>Luc" not in page


@pytest.mark.parametrize("target", ["https://evil.example/", "javascript:alert(1)", "//evil.example/"])
def test_the_way_back_is_a_page_of_ours(cast: Cast, house: Dossier, target: str) -> None:
    client = logged_in("alpha", cast.bob)
    page = client.get(RECORD, {"dossier": house.code, "next": target}).content.decode()
    assert f'href="{target}"' not in page
    assert f'value="{target}"' not in page.split("<main")[1]
    answer = client.post(RECORD, told((house, "1"), next=target))
    assert answer.headers["Location"].startswith("/paiements/")


def test_dossiers_are_searched_those_unpaid_first(cast: Cast, house: Dossier, flat: Dossier) -> None:
    client = logged_in("alpha", cast.bob)
    with firm_context("firm_alpha"):
        set_paid([flat], paid=True, user=cast.bob)
        gone = add_unpaid("Maison supprimée", "1.00", user=cast.bob)
        delete_dossiers([gone], user=cast.bob)
    assert [row["value"] for row in client.get(CHOOSE).json()["results"]] == [house.code]
    assert [row["value"] for row in client.get(CHOOSE, {"q": "appart"}).json()["results"]] == [flat.code]
    assert [row["text"] for row in client.get(CHOOSE, {"q": "ma"}).json()["results"]] == ["Maison"]


# --- comparing --------------------------------------------------------------------------------------------------------


def forget_rechecks() -> None:
    """Takes away the jobs that would read the payments before the comparison does."""
    with public_context():
        ProcrastinateJob.objects.filter(task_name__endswith=".recheck_payment").delete()


def test_a_period_is_compared(cast: Cast, provider: ScriptedProvider, house: Dossier, flat: Dossier) -> None:
    client = logged_in("alpha", cast.bob)
    with firm_context("firm_alpha"):
        account = add_account()
        late, wrong = begin([house], account), begin([flat], account)
        lost = add_payment(300, account=account, provider_ref="ses-gone", payer_name="Perdu")
    provider.session_of(late).pay()
    provider.session_of(wrong).reference = "another"
    forget_rechecks()
    today = timezone.localdate()
    answer = client.post(COMPARE, {"since": (today - timedelta(days=1)).isoformat(), "until": today.isoformat()})
    address = answer.headers["Location"]
    going = client.get(address).content.decode()
    assert said("The payments are being read at the providers…") in going
    assert 'hx-trigger="every 1s"' in going
    run_jobs()
    done = client.get(address, headers={"HX-Request": "true"})
    page = done.content.decode()
    assert "<html" not in page
    assert "every 1s" not in page
    assert said("Done: some payments need you.") in page
    assert [payment.code for payment in done.context["changed"]] == [late.code]
    assert [payment.code for payment in done.context["differing"]] == [wrong.code]
    assert [payment.code for payment in done.context["untold"]] == [lost.code]
    assert f"/paiements/{wrong.code}/" in page
    assert state_of(house) == PaymentState.PAID


def test_a_provider_that_is_down_is_told(cast: Cast, provider: ScriptedProvider, house: Dossier) -> None:
    client, today = logged_in("alpha", cast.bob), timezone.localdate().isoformat()
    with firm_context("firm_alpha"):
        begin([house], add_account())
    forget_rechecks()
    provider.trouble.append(ProviderUnavailable("down"))
    address = client.post(COMPARE, {"since": today, "until": today}).headers["Location"]
    run_jobs()
    assert said("What could not be read") in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("since", "until"), [("2026-05-02", "2026-05-01"), ("2024-01-01", "2026-01-01"), ("", "2026-01-01"), ("x", "y")]
)
def test_a_wrong_period_is_refused(cast: Cast, since: str, until: str) -> None:
    answer = logged_in("alpha", cast.bob).post(COMPARE, {"since": since, "until": until})
    assert answer.status_code == 422


@pytest.mark.parametrize("run_id", ["nothing", "../x", "é" * 12, "x" * 500])
def test_an_unknown_comparison_says_so(cast: Cast, run_id: str) -> None:
    client = logged_in("alpha", cast.bob)
    answer = client.get(COMPARE, {"suivi": run_id})
    assert answer.status_code == 404
    assert said("This comparison is no longer there") in answer.content.decode()
    assert client.get(COMPARE, {"suivi": run_id}, headers={"HX-Request": "true"}).status_code == 404


def test_another_firms_comparison_is_not_there(cast: Cast) -> None:
    today = timezone.localdate().isoformat()
    address = logged_in("beta", cast.dan).post(COMPARE, {"since": today, "until": today}).headers["Location"]
    assert logged_in("alpha", cast.anna).get(address).status_code == 404


# --- on the dossier's page --------------------------------------------------------------------------------------------


def part(client: Client, dossier: Dossier) -> str:
    answer = client.get(f"/dossiers/{dossier.code}/paiements/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_firm_sees_what_came_and_what_is_left(cast: Cast, house: Dossier) -> None:
    client = logged_in("alpha", cast.bob)
    with firm_context("firm_alpha"):
        add_payment(4_000, dossiers=[(house, 4_000)])
        failed = add_payment(11_000, dossiers=[(house, 11_000)], status=PaymentStatus.FAILED)
        UnpaidReminder.objects.create(dossier=house, number=1, to="owner@x.example")
        ReminderStop.objects.create(dossier=house, stopped_by="Bob Staff")
    text = part(client, house)
    for told_there in ("150,00\xa0€", "40,00\xa0€", "110,00\xa0€", "owner@x.example", failed.code, "Bob Staff"):
        assert told_there in text, told_there
    assert f"{RECORD}?dossier={house.code}" in text
    assert 'data-copy="http://alpha.localhost/payer/' in text
    assert f"/dossiers/{house.code}/paiements/" in client.get(f"/dossiers/{house.code}/").content.decode()
    whole = client.get(f"/dossiers/{house.code}/paiements/").content.decode()
    assert "<html" in whole, "a page for whoever has no scripts"
    with firm_context("firm_alpha"):
        set_paid([house], paid=True, user=cast.bob)
    text = part(client, house)
    assert "data-copy=" not in text
    assert said("It was marked as paid by hand: what came otherwise is not counted here.") in text


def test_a_client_sees_its_payments_and_what_is_left(cast: Cast, house: Dossier) -> None:
    with firm_context("firm_alpha"):
        own = add_payment(4_000, dossiers=[(house, 4_000)], contact=cast.alice)
        others = add_payment(1_000, dossiers=[(house, 1_000)], contact=cast.charlie)
        tried = add_payment(500, dossiers=[(house, 500)], contact=cast.alice, status=PaymentStatus.FAILED)
    alice = logged_in("alpha", cast.alice)
    text = part(alice, house)
    assert own.code in text
    assert others.code not in text
    assert tried.code not in text
    assert "100,00\xa0€" in text
    assert said("Still to be paid") in text
    assert logged_in("alpha", cast.charlie).get(f"/dossiers/{house.code}/paiements/").status_code == 404
    with firm_context("firm_alpha"):
        add_payment(10_000, dossiers=[(house, 10_000)])
    assert said("Still to be paid") not in part(alice, house)


def test_the_payments_of_a_dossier_take_the_same_number_of_queries(cast: Cast, house: Dossier) -> None:
    clients = [logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)]

    def add(rank: int) -> None:
        with firm_context("firm_alpha"):
            add_payment(100, dossiers=[(house, 100)], contact=cast.alice)
            UnpaidReminder.objects.create(dossier=house, number=rank, to="owner@x.example")

    def queries(client: Client) -> int:
        part(client, house)
        with CaptureQueriesContext(connection) as captured:
            part(client, house)
        return len([sql for sql in without_set(captured) if '"tenants_' not in sql])

    add(1)
    before = [queries(client) for client in clients]
    add(2)
    add(3)
    assert [queries(client) for client in clients] == before
    assert max(before) <= 10, before


def test_the_record_form_takes_the_same_number_of_queries(cast: Cast, house: Dossier, flat: Dossier) -> None:
    client = logged_in("alpha", cast.bob)

    def queries(*dossiers: Dossier) -> int:
        address = f"{reverse('payment-record', urlconf='config.urls_firm')}?" + "&".join(
            f"dossier={dossier.code}" for dossier in dossiers
        )
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len([sql for sql in without_set(captured) if '"tenants_' not in sql])

    assert queries(house) == queries(house, flat) <= 10
