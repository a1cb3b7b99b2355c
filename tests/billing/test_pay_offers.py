"""Where paying is offered: lists, the dossier's page, home, files that are withheld; and choosing what to pay."""

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from accounts.models import User
from billing.actions.manual import record_manual_payment
from billing.enums import Method, PaymentStatus
from billing.models import Payment, ProviderAccount
from billing.queries import paying
from billing.queries.dues import dues_of
from billing.queries.paying import due_total
from billing.tokens import read_pay_token
from extranet.actions.dossier_access import notify_clients
from extranet.actions.payment_state import set_paid
from extranet.models import Contact, Dossier, PortalSettings, SubAccount
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tests.billing.payers import text
from tests.billing.scripted import ScriptedProvider, add_manual_account, add_unpaid, begin
from tests.factories.cast import PASSWORD, Cast
from tests.factories.portal import add_dossier, files_of
from tests.storage.builders import pdf
from tests.support import logged_in, without_set

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


@pytest.fixture
def alice(cast: Cast) -> Client:
    return logged_in("alpha", cast.alice)


@pytest.fixture
def own(cast: Cast) -> Dossier:
    """A dossier of Alice's for which 150 euros are due."""
    return add_unpaid("Maison", "150.00", user=cast.bob, contacts=[cast.alice])


def chosen(answer: Any) -> set[str]:
    """Returns the dossiers that an answer leads to be paid."""
    assert answer.status_code == 302
    return set(read_pay_token(answer["Location"].split("/")[2]).dossiers)


def record(dossier: Dossier, cents: int, cast: Cast) -> Payment:
    """Records a part of what is due."""
    return record_manual_payment(
        [(dossier, cents)],
        account=ProviderAccount.objects.filter(provider="manual").first() or add_manual_account(),
        method=Method.TRANSFER,
        received_on=timezone.localdate(),
        reference="",
        payer_name="",
        payer_email="",
        user=cast.bob,
    )


OFFERED = ("/", "/dossiers/", "dossier")


def pages(client: Client, dossier: Dossier) -> dict[str, str]:
    return {
        path: text(client.get(path.replace("dossier", f"/dossiers/{dossier.code}/", path == "dossier")))
        for path in OFFERED
    }


def test_paying_is_offered_wherever_an_unpaid_dossier_is_seen(
    account: ProviderAccount, own: Dossier, alice: Client, cast: Cast
) -> None:
    for path, shown in pages(alice, own).items():
        assert "/payer/" in shown, path
    assert f"/payer/?dossier={own.code}" in text(alice.get("/dossiers/"))
    assert "À payer\u00a0: 150,00\u00a0€" in text(alice.get("/"))
    assert "Peut être payé en ligne" in text(logged_in("alpha", cast.bob).get("/dossiers/"))
    set_paid([own], paid=True, user=cast.bob)
    for path, shown in pages(alice, own).items():
        assert "/payer/" not in shown, path
    assert "Peut être payé en ligne" not in text(logged_in("alpha", cast.bob).get("/dossiers/"))


@pytest.mark.parametrize("columns", [{"is_active": False}, {"deleted_at": timezone.now()}])
def test_without_any_means_nothing_is_offered(
    account: ProviderAccount, own: Dossier, alice: Client, cast: Cast, columns: dict[str, object]
) -> None:
    ProviderAccount.objects.update(**columns)
    for path, shown in pages(alice, own).items():
        assert "/payer/" not in shown, path
    assert "Peut être payé en ligne" not in text(logged_in("alpha", cast.bob).get("/dossiers/"))


def test_a_transfer_is_offered_to_clients_and_is_not_called_on_line(own: Dossier, alice: Client, cast: Cast) -> None:
    add_manual_account()
    for path, shown in pages(alice, own).items():
        assert "/payer/" in shown, path
    assert "Peut être payé en ligne" not in text(logged_in("alpha", cast.bob).get("/dossiers/"))


def test_withheld_file_says_where_to_pay(account: ProviderAccount, cast: Cast, alice: Client) -> None:
    dossier = add_dossier("Grange", user=cast.bob, contacts=[cast.alice], files={"dpe.pdf": pdf()})
    Dossier.objects.filter(pk=dossier.pk).update(amount=80, payment_state="unpaid")
    PortalSettings.objects.update(block_unpaid=True)
    (file,) = files_of(dossier)
    for path in (f"/dossiers/{dossier.code}/fichiers/{file.code}/", f"/dossiers/{dossier.code}/zip/"):
        answer = alice.get(path)
        assert answer.status_code == 403, path
        assert f"/payer/?dossier={dossier.code}" in text(answer)
    ProviderAccount.objects.update(is_active=False)
    assert "/payer/" not in text(alice.get(path))


def test_rest_of_a_dossier_is_told_to_the_cent(
    account: ProviderAccount, own: Dossier, alice: Client, cast: Cast
) -> None:
    path = f"/payer/reste/{own.code}/"
    assert "Reste à payer\u00a0: 150,00\u00a0€" in text(alice.get(path))
    record(own, 4_999, cast)
    shown = text(alice.get(path))
    assert "Reste à payer\u00a0: 100,01\u00a0€" in shown
    assert "150,00\u00a0€ au total, dont 49,99\u00a0€ déjà reçus" in shown
    assert "<html" not in shown
    begin([own], add_manual_account(), contact=cast.alice)
    shown = text(alice.get(path))
    assert "a été annoncé" in shown
    assert "/payer/suivi/" in shown
    set_paid([own], paid=True, user=cast.bob)
    assert "Reste" not in text(alice.get(path))


def test_rest_is_nobody_elses_business(account: ProviderAccount, own: Dossier, cast: Cast) -> None:
    path = f"/payer/reste/{own.code}/"
    for person in (cast.charlie, cast.bob, cast.anna):
        assert logged_in("alpha", person).get(path).status_code == 404
    assert logged_in("beta", cast.dora).get(path).status_code == 404


def test_announced_payment_of_somebody_else_is_not_linked(account: ProviderAccount, cast: Cast, alice: Client) -> None:
    shared = add_unpaid("Maison", "150.00", user=cast.bob, contacts=[cast.alice, cast.charlie])
    begin([shared], add_manual_account(), contact=cast.charlie)
    shown = text(alice.get(f"/payer/reste/{shared.code}/"))
    assert "a été annoncé" in shown
    assert "/payer/suivi/" not in shown


def test_one_dossier_that_is_due_is_paid_at_once_and_several_are_chosen(
    account: ProviderAccount, own: Dossier, alice: Client, cast: Cast
) -> None:
    answer = alice.get(f"/payer/?dossier={own.code}")
    assert chosen(answer) == {own.code}
    assert read_pay_token(answer["Location"].split("/")[2]).contact == cast.alice.code
    other = add_unpaid("Grange", "1234.50", user=cast.bob, contacts=[cast.alice])
    page = alice.get(f"/payer/?dossier={own.code}")
    content = page.content.decode()
    assert re.search(rf'value="{own.code}"[^>]*checked', content)
    assert not re.search(rf'value="{other.code}"[^>]*checked', content)
    assert "1\u202f384,50\u00a0€" in text(page)
    assert chosen(alice.post("/payer/", {"code": [other.code]})) == {other.code}
    assert chosen(alice.post("/payer/", {"code": [own.code, other.code]})) == {own.code, other.code}
    assert chosen(alice.post("/payer/", {"all": "1"})) == {own.code, other.code}


def test_choosing_nothing_or_what_is_not_ones_own_is_said(
    account: ProviderAccount, own: Dossier, alice: Client, cast: Cast
) -> None:
    foreign = add_unpaid("Charlie", "10.00", user=cast.bob, contacts=[cast.charlie])
    with firm_context("firm_beta"):
        elsewhere = add_unpaid("Dora", "10.00", user=cast.dan, contacts=[cast.dora])
    for sent in ([], [foreign.code], [elsewhere.code], ["x' OR 1=1"], ["\x00"]):
        answer = alice.post("/payer/", {"code": sent})
        assert answer.status_code == 422
        assert "Choisissez au moins un dossier" in text(answer)
        assert "Charlie" not in text(answer)
    assert chosen(alice.post("/payer/", {"code": [foreign.code, own.code]})) == {own.code}
    assert alice.get(f"/payer/?dossier={foreign.code}").status_code == 200


def test_staff_and_clients_without_dues_have_nothing_to_choose(
    account: ProviderAccount, own: Dossier, cast: Cast
) -> None:
    assert logged_in("alpha", cast.bob).get("/payer/").status_code == 404
    charlie = logged_in("alpha", cast.charlie).get("/payer/")
    assert charlie.status_code == 200
    assert "Tous vos dossiers sont payés" in text(charlie)


def test_what_is_being_confirmed_cannot_be_chosen(
    provider: ScriptedProvider, account: ProviderAccount, own: Dossier, alice: Client
) -> None:
    payment = begin([own], account)
    Payment.objects.filter(pk=payment.pk).update(method=Method.DIRECT_DEBIT, status=PaymentStatus.PENDING)
    page = alice.get("/payer/")
    assert "Un paiement est en cours de confirmation" in text(page)
    assert 'name="code"' not in page.content.decode()
    assert alice.post("/payer/", {"code": [own.code]}).status_code == 422


def test_archived_dossiers_are_due_and_those_in_the_bin_are_not(
    account: ProviderAccount, own: Dossier, alice: Client, cast: Cast
) -> None:
    binned = add_unpaid("Corbeille", "10.00", user=cast.bob, contacts=[cast.alice])
    Dossier.objects.filter(pk=binned.pk).update(deleted_at=timezone.now())
    Dossier.objects.filter(pk=own.pk).update(archived_at=timezone.now())
    assert chosen(alice.post("/payer/", {"all": "1"})) == {own.code}


def test_more_than_can_be_paid_at_once_is_said(
    account: ProviderAccount, alice: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        add_unpaid(f"Lot {number}", "10.00", user=cast.bob, contacts=[cast.alice])
    monkeypatch.setattr(paying, "MOST", 2)
    monkeypatch.setattr("billing.views.portal.choose.MOST", 2)
    page = alice.get("/payer/")
    assert page.content.decode().count('name="code"') == 2
    assert "Les 2 dossiers les plus récents" in text(page)


def test_total_due_is_the_sum_of_what_is_left(account: ProviderAccount, cast: Cast) -> None:
    dossiers = [
        add_unpaid(f"Lot {number}", amount, user=cast.bob, contacts=[cast.alice, cast.charlie])
        for number, amount in enumerate(("100.10", "0.20", "99999999.99", "50.00"))
    ]
    record(dossiers[0], 1, cast)
    record(dossiers[0], 2_000, cast)
    whole = record(dossiers[3], 5_000, cast)
    user = cast.alice.user
    for _step in range(2):
        dues = [due for due in dues_of(Dossier.objects.order_by("pk")) if due.left]
        assert (due_total(user).count, due_total(user).left) == (len(dues), sum(due.left for due in dues))
        Payment.objects.filter(pk=whole.pk).update(refunded=0)
        Dossier.objects.filter(pk=dossiers[3].pk).update(payment_state="unpaid")
    assert due_total(user).count == 3


def test_lists_cost_the_same_for_one_row_and_three(
    account: ProviderAccount, cast: Cast, alice: Client, django_assert_max_num_queries: Any
) -> None:
    counts: dict[str, list[int]] = {}
    for _time in range(2):
        dossier = add_unpaid("Lot", "10.00", user=cast.bob, contacts=[cast.alice])
        for path in ("/payer/", "/", "/dossiers/", f"/payer/reste/{dossier.code}/"):
            alice.get(path)
            with django_assert_max_num_queries(60) as counted:
                alice.get(path)
            counts.setdefault(path[:9], []).append(len(without_set(counted)))
        add_unpaid("Lot", "10.00", user=cast.bob, contacts=[cast.alice])
    assert all(one == three <= 12 for one, three in counts.values()), counts


@pytest.mark.parametrize("online", [True, False])
def test_mail_that_a_dossier_is_available_says_where_to_pay(cast: Cast, online: bool) -> None:
    dossier = add_dossier("Grange", user=cast.bob, contacts=[cast.alice], files={"dpe.pdf": pdf()})
    PortalSettings.objects.update(online_payment=online)
    sent: list[bool] = []
    for columns in ({"amount": None}, {"amount": 80, "payment_state": "unpaid"}, {"payment_state": "paid"}):
        Dossier.objects.filter(pk=dossier.pk).update(**columns)
        dossier.refresh_from_db()
        notify_clients(dossier, user=cast.bob, link="https://alpha.example/dossiers/x/")
        mail = OutgoingMail.objects.latest("pk")
        sent.append(f"https://alpha.example/payer/?dossier={dossier.code}" in mail.text)
        assert not sent[-1] or "80,00" in mail.text
    assert sent == [False, online, False]


def test_sub_accounts_pay_for_their_contact(account: ProviderAccount, own: Dossier, cast: Cast) -> None:
    user = User.objects.create(
        username="sub", email="sub@client.example", role="client", full_name="Sub", password=make_password(PASSWORD)
    )
    SubAccount.objects.create(contact=Contact.objects.get(pk=cast.alice.pk), user=user)
    sub = logged_in("alpha", user)
    assert read_pay_token(sub.get(f"/payer/?dossier={own.code}")["Location"].split("/")[2]).contact == cast.alice.code
    page = sub.get(sub.get(f"/payer/?dossier={own.code}")["Location"])
    assert "sub@client.example" in text(page)
