"""The page on which dossiers are paid: what it shows, how a payment begins, and what it says when it cannot."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from billing.actions.manual import record_manual_payment
from billing.enums import Method, Mode
from billing.models import BillingSettings, Payment, ProviderAccount
from billing.tokens import pay_path, status_path
from extranet.actions.payment_state import set_amount, set_paid
from extranet.models import Dossier
from kernel.signing import sign
from kernel.tenancy import firm_context
from tests.billing.payers import EVE, hidden, start, text
from tests.billing.scripted import ScriptedProvider, add_account, add_manual_account, add_unpaid, begin
from tests.factories.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha", "one_second")]


def test_page_shows_what_is_due_with_cents_thousands_and_the_vat_within(
    provider: ScriptedProvider, account: ProviderAccount, cast: Cast, browser: Client
) -> None:
    house = add_unpaid("Maison Le Goff", "12345.67", user=cast.bob)
    flat = add_unpaid("Appartement", "0.10", user=cast.bob)
    transfer = add_manual_account()
    record_manual_payment(
        [(house, 34_567)],
        account=transfer,
        method=Method.TRANSFER,
        received_on=timezone.localdate(),
        reference="",
        payer_name="",
        payer_email="",
        user=cast.bob,
    )
    shown = text(browser.get(pay_path([house, flat])))
    assert "12\u202f345,67\u00a0€" in shown
    assert "345,67\u00a0€" in shown
    assert "12\u202f000,00\u00a0€" in shown
    assert "0,10\u00a0€" in shown
    assert "12\u202f000,10\u00a0€" in shown
    assert "2\u202f000,02\u00a0€" in shown
    assert "20 %" in shown.replace("\u00a0", " ")
    BillingSettings.objects.update(vat_rate=Decimal("5.5"))
    assert "5,5" in text(browser.get(pay_path([flat])))
    BillingSettings.objects.update(vat_rate=None)
    assert "TVA" not in text(browser.get(pay_path([flat])))


def test_titles_and_names_are_text_and_nothing_else(
    provider: ScriptedProvider, account: ProviderAccount, cast: Cast, browser: Client
) -> None:
    bad = "<script>alert(1)</script>"
    house = add_unpaid(bad, "150.00", user=cast.bob)
    Dossier.objects.filter(pk=house.pk).update(reference='"><img src=x>', street=bad)
    ProviderAccount.objects.filter(pk=account.pk).update(label=bad, instructions=bad)
    path = pay_path([house])
    answer = start(browser, path, account, payer_name=bad, payer_email="nobody")
    assert answer.status_code == 422
    assert bad not in answer.content.decode()
    assert answer.content.decode().count(escape(bad)) >= 4
    assert "<img src=x" not in answer.content.decode()
    begun = start(browser, path, account, payer_name=bad)
    for page in (begun["Location"], status_path(Payment.objects.get())):
        assert bad not in browser.get(page).content.decode()


def test_a_single_means_is_no_choice_and_several_stand_in_the_firms_order(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, browser: Client
) -> None:
    only = browser.get(pay_path([house])).content.decode()
    assert "dd-mean-only" in only
    assert only.count('name="means"') == 1
    ProviderAccount.objects.filter(pk=account.pk).update(position=2)
    transfer = add_manual_account()
    add_account(label="Fermé", active=False)
    add_account(label="Parti", deleted_at=timezone.now())
    several = browser.get(pay_path([house])).content.decode()
    assert several.index("Virement") < several.index("Carte")
    assert "Fermé" not in several
    assert "Parti" not in several
    assert re.search(rf'value="{transfer.code}"[^>]*checked', several)
    assert not re.search(rf'value="{account.code}"[^>]*checked', several)


def test_test_mode_is_said_and_live_is_not_called_a_test(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, browser: Client
) -> None:
    words = "aucun argent n’est débité"
    assert words in text(browser.get(pay_path([house])))
    ProviderAccount.objects.update(mode=Mode.LIVE)
    assert words not in text(browser.get(pay_path([house])))
    ProviderAccount.objects.update(is_active=False)
    add_manual_account()
    assert words not in text(browser.get(pay_path([house])))


def test_without_any_means_the_page_says_whom_to_ask(house: Dossier, browser: Client) -> None:
    shown = text(browser.get(pay_path([house])))
    assert "150,00" in shown
    assert "Pas de paiement en ligne" in shown
    assert 'name="means"' not in shown
    assert browser.post(pay_path([house]), EVE).status_code == 422


def test_what_is_paid_or_has_no_amount_is_shown_and_not_asked_for(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast, browser: Client
) -> None:
    paid = add_unpaid("Payé", "70.00", user=cast.bob)
    set_paid([paid], paid=True, user=cast.bob)
    free = set_amount(add_unpaid("Gratuit", "1.00", user=cast.bob), amount=None, payer="", payer_name="", user=cast.bob)
    zero = set_amount(
        add_unpaid("Zéro", "1.00", user=cast.bob), amount=Decimal(0), payer="", payer_name="", user=cast.bob
    )
    path = pay_path([house, paid, free, zero])
    shown = text(browser.get(path))
    assert all(title in shown for title in ("Maison", "Payé", "Gratuit", "Zéro"))
    assert hidden(browser.get(path))["total"] == "15000"
    answer = start(browser, path, account)
    assert answer.status_code == 302
    payment = Payment.objects.get()
    assert (payment.amount, [line.title for line in payment.lines.all()]) == (15_000, ["Maison"])
    nothing = browser.get(pay_path([paid, free, zero]))
    assert nothing.status_code == 200
    assert "Rien à payer" in text(nothing)
    assert 'name="means"' not in text(nothing)


def test_a_dossier_in_the_bin_is_not_there(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast, browser: Client
) -> None:
    flat = add_unpaid("Appartement", "50.00", user=cast.bob)
    Dossier.objects.filter(pk=house.pk).update(deleted_at=timezone.now())
    shown = text(browser.get(pay_path([house, flat])))
    assert "Maison" not in shown
    assert "50,00" in shown
    closed = browser.get(pay_path([house]))
    assert closed.status_code == 404
    assert "Maison" not in text(closed)


def test_links_that_are_forged_old_or_another_firms_open_nothing(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast, browser: Client
) -> None:
    good = pay_path([house])
    with firm_context("firm_beta"):
        foreign = pay_path([add_unpaid("Bêta", "10.00", user=cast.dan)])
        same = f"/payer/{sign([[house.code], ''], purpose='pay')}/"
    status = status_path(begin([house], account))
    for path in (good[:-3] + "/", "/payer/x/", foreign, same, status.replace("suivi/", ""), "/payer/suivi/x/"):
        for answer in (browser.get(path), browser.post(path, EVE)):
            assert answer.status_code == 404, path
            assert "Ce lien ne fonctionne pas" in text(answer)
            assert "Maison" not in text(answer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("billing.tokens.PAY_SECONDS", -1)
        assert browser.get(good).status_code == 404
    assert browser.get(good).status_code == 200


def test_the_address_is_kept_from_robots_caches_and_other_sites(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, browser: Client
) -> None:
    payment = begin([house], account)
    for path in (pay_path([house]), status_path(payment), "/payer/x/", f"{status_path(payment)}continuer/"):
        answer = browser.get(path)
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "same-origin"
        assert 'name="robots" content="noindex' in answer.content.decode()
