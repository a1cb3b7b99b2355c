"""The receipt of a payment, as a PDF in the active language."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.enums import Method, Mode, Provider, RefundStatus
from billing.models import Payment, PaymentLine, Refund
from billing.queries.settings import billing_settings
from billing.rules import in_euros, is_test, vat_part
from extranet.queries.company import legal_mentions
from themes.letter import RED, Letter, money

#: Cents.
_SAMPLE_AMOUNT = 42_000


def receipt_pdf(payment: Payment) -> bytes:
    """Returns the receipt of a payment that succeeded; raises ValueError for one without a receipt number."""
    if payment.receipt_number is None or payment.paid_at is None:
        raise ValueError(f"payment {payment.code} has no receipt")
    done = [refund for refund in payment.refunds.all() if refund.status == RefundStatus.SUCCEEDED]
    return _drawn(payment, list(payment.lines.all()), done)


def sample_receipt_pdf() -> bytes:
    """Returns the receipt of a payment that never was, so that a firm sees what its receipts say."""
    payment = Payment(
        code=_("sample").upper(),
        provider=Provider.MANUAL,
        mode=Mode.LIVE,
        method=Method.TRANSFER,
        amount=_SAMPLE_AMOUNT,
        vat_rate=billing_settings().vat_rate,
        payer_name=_("Agency of the Harbour"),
        paid_at=timezone.now(),
        receipt_number=0,
    )
    title = _("House, 12 rue des Capucins, 29200 Brest")
    line = PaymentLine(payment=payment, reference="2026-0001", title=title, amount=_SAMPLE_AMOUNT)
    return _drawn(payment, [line], [])


def _drawn(payment: Payment, lines: Sequence[PaymentLine], refunds: Sequence[Refund]) -> bytes:
    letter = Letter(title=_title(payment), mentions=legal_mentions())
    _heading(letter, payment)
    _lines(letter, payment, lines)
    _refunds(letter, payment, refunds)
    return letter.data()


def _title(payment: Payment) -> str:
    return _("Receipt no. %(number)s") % {"number": payment.receipt_number}


def _heading(letter: Letter, payment: Payment) -> None:
    assert payment.paid_at is not None
    letter.write_text(_title(payment), size=18, bold=True)
    if is_test(payment.provider, payment.mode):
        letter.write_text(_("TEST: no money was moved."), size=12, bold=True, colour=RED)
    letter.ln(2)
    means = payment.get_method_display() or payment.get_provider_display()
    letter.write_facts(
        [
            (_("Paid on"), date_format(timezone.localtime(payment.paid_at), "DATE_FORMAT")),
            (_("Paid by"), payment.payer_name or (payment.contact.name if payment.contact else payment.payer_email)),
            (_("Means of payment"), f"{means} {payment.instrument}".strip()),
            (_("Payment reference"), payment.code),
        ]
    )
    letter.ln(6)


def _lines(letter: Letter, payment: Payment, lines: Sequence[PaymentLine]) -> None:
    letter.write_table(
        [_("Reference"), _("Dossier"), _("Amount incl. VAT")],
        [[line.reference, line.title, money(in_euros(line.amount))] for line in lines],
        widths=(35, 95, 40),
        align=("LEFT", "LEFT", "RIGHT"),
    )
    letter.ln(4)
    vat = vat_part(payment.amount, payment.vat_rate)
    if payment.vat_rate:
        letter.write_total(_("Total without VAT"), in_euros(payment.amount - vat))
        letter.write_total(_("VAT %(rate)s%%") % {"rate": f"{payment.vat_rate.normalize():f}"}, in_euros(vat))
    letter.write_total(_("Total paid"), in_euros(payment.amount), bold=True)
    if not payment.vat_rate:
        letter.write_without_vat()


def _refunds(letter: Letter, payment: Payment, done: Sequence[Refund]) -> None:
    if not done:
        return
    letter.ln(6)
    letter.write_text(_("Refunds"), size=12, bold=True)
    for refund in done:
        day = date_format(timezone.localtime(refund.settled_at or refund.created_at), "DATE_FORMAT")
        letter.write_total(_("Refunded on %(date)s") % {"date": day}, in_euros(refund.amount))
    letter.write_total(_("Kept after refunds"), in_euros(payment.net), bold=True)
