"""The receipt of a payment, and the mails that bring it."""

from datetime import date
from io import BytesIO

import pytest
from django.utils import translation
from pypdf import PdfReader

from billing.actions.manual import record_manual_payment
from billing.emails import card_payment_mail, payment_confirmation_mail
from billing.enums import Method, Mode, Provider
from billing.models import Payment
from billing.receipt import receipt_pdf
from extranet.models import Dossier, PortalSettings
from tests.billing.scripted import add_manual_account
from tests.factories.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


@pytest.fixture
def paid(house: Dossier, cast: Cast) -> Payment:
    """A cheque of 150 euros for a dossier with a name that takes several lines."""
    house.title = "Maison de Zoé Œuvrard-Lefèvre, " + "bâtiment très éloigné " * 6
    house.title = house.title[:150]
    house.save(update_fields=["title"])
    PortalSettings.objects.filter(pk=1).update(legal_mentions="SARL au capital de 1 000 €\nSIREN 123 456 789")
    return record_manual_payment(
        [(house, 15_000)],
        account=add_manual_account(),
        method=Method.CHEQUE,
        received_on=date(2026, 1, 15),
        reference="BNP 0042",
        payer_name="Hélène Müller-Štěpánek",
        payer_email="",
        user=cast.bob,
    )


def text_of(payment: Payment) -> str:
    with translation.override("en"):
        pages = PdfReader(BytesIO(receipt_pdf(payment))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u00a0", " ").split())


def test_receipt_says_who_paid_what_with_its_vat(paid: Payment) -> None:
    text = text_of(paid)
    assert "Receipt no. 1" in text
    assert "Hélène Müller-Štěpánek" in text
    assert "SARL au capital de 1 000 €" in text
    assert "Maison de Zoé Œuvrard-Lefèvre" in text
    assert "Total without VAT €125.00" in text
    assert "VAT 20% €25.00" in text
    assert "Total paid €150.00" in text
    assert "TEST" not in text


def test_receipt_without_vat_names_the_article(paid: Payment) -> None:
    paid.vat_rate = None
    text = text_of(paid)
    assert "article 293 B" in text
    assert "Total without VAT" not in text


def test_receipt_of_a_test_is_marked(paid: Payment) -> None:
    paid.mode = Mode.TEST
    assert "TEST" not in text_of(paid), "a cheque is never a test"
    paid.provider = Provider.STRIPE
    assert "TEST: no money was moved." in text_of(paid)


def test_receipt_needs_a_number(paid: Payment) -> None:
    paid.receipt_number = None
    with pytest.raises(ValueError, match="has no receipt"):
        receipt_pdf(paid)


def test_mails_say_what_was_paid_and_where_the_receipt_is(paid: Payment) -> None:
    lines = list(paid.lines.all())
    with translation.override("en"):
        mail = payment_confirmation_mail(paid, lines, link="https://x.example/p", receipt_link="https://x.example/r")
        card = card_payment_mail(paid, lines, link="https://x.example/p", receipt_link="https://x.example/r")
    assert "€150.00" in mail.subject
    assert "card" not in mail.subject
    assert "card" in card.subject
    assert "https://x.example/r" in " ".join(mail.paragraphs)
    assert (" ".join(lines[0].title.split()), "€150.00") in mail.facts
