"""The receipt of a payment, as a PDF in the active language."""

from collections.abc import Sequence
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace
from PIL import Image

from billing.enums import Method, Mode, Provider, RefundStatus
from billing.models import Payment, PaymentLine, Refund
from billing.queries.settings import billing_settings
from billing.rules import in_euros, is_test, vat_part
from kernel.money import euros
from themes.models.branding import Branding, current_branding

_FONTS = "vendor/pdfjs/standard_fonts/LiberationSans-{style}.ttf"
#: Cents.
_SAMPLE_AMOUNT = 42_000
_GREY, _RED, _BLACK = (105, 105, 105), (192, 30, 30), (0, 0, 0)


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
    pdf = FPDF(format="A4")
    pdf.set_margins(20, 18)
    pdf.set_auto_page_break(auto=True, margin=20)
    for style, file in (("", "Regular"), ("B", "Bold")):
        pdf.add_font("Text", style, _font(file))
    pdf.set_title(_title(payment))
    pdf.add_page()
    _firm(pdf, current_branding())
    _heading(pdf, payment)
    _lines(pdf, payment, lines)
    _refunds(pdf, payment, refunds)
    return bytes(pdf.output())


def _font(style: str) -> Path:
    name = _FONTS.format(style=style)
    found = finders.find(name)
    return Path(found) if isinstance(found, str) else Path(settings.STATIC_ROOT) / name


def _title(payment: Payment) -> str:
    return _("Receipt no. %(number)s") % {"number": payment.receipt_number}


def _write(pdf: FPDF, text: str, *, size: int = 10, bold: bool = False, colour: tuple[int, int, int] = _BLACK) -> None:
    pdf.set_font("Text", "B" if bold else "", size)
    pdf.set_text_color(*colour)
    pdf.multi_cell(0, size * 0.5, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _logo(branding: Branding) -> bytes | None:
    """Returns the firm's logo where it is a picture that a PDF can hold."""
    if not branding.logo_key:
        return None
    with ExitStack() as stack:
        try:
            data: bytes = stack.enter_context(default_storage.open(branding.logo_key)).read()
            picture = stack.enter_context(Image.open(BytesIO(data)))
        except OSError:  # not there, or no bitmap
            return None
        return data if picture.format in {"PNG", "JPEG"} else None


def _firm(pdf: FPDF, branding: Branding) -> None:
    logo = _logo(branding)
    if logo is not None:
        pdf.image(BytesIO(logo), w=50, h=20, keep_aspect_ratio=True)
        pdf.ln(4)
    _write(pdf, branding.site_name, size=14, bold=True)
    if mentions := billing_settings().legal_mentions.strip():
        _write(pdf, mentions, size=9, colour=_GREY)
    pdf.ln(8)


def _heading(pdf: FPDF, payment: Payment) -> None:
    assert payment.paid_at is not None
    _write(pdf, _title(payment), size=18, bold=True)
    if is_test(payment.provider, payment.mode):
        _write(pdf, _("TEST: no money was moved."), size=12, bold=True, colour=_RED)
    pdf.ln(2)
    means = payment.get_method_display() or payment.get_provider_display()
    facts = [
        (_("Paid on"), date_format(timezone.localtime(payment.paid_at), "DATE_FORMAT")),
        (_("Paid by"), payment.payer_name or (payment.contact.name if payment.contact else payment.payer_email)),
        (_("Means of payment"), f"{means} {payment.instrument}".strip()),
        (_("Payment reference"), payment.code),
    ]
    for label, value in facts:
        if value:
            _write(pdf, _("%(label)s: %(value)s") % {"label": label, "value": value})
    pdf.ln(6)


def _lines(pdf: FPDF, payment: Payment, lines: Sequence[PaymentLine]) -> None:
    pdf.set_font("Text", "", 10)
    pdf.set_text_color(*_BLACK)
    with pdf.table(
        col_widths=(35, 95, 40),
        text_align=("LEFT", "LEFT", "RIGHT"),
        borders_layout="HORIZONTAL_LINES",
        line_height=6,
        padding=1,
        headings_style=FontFace(emphasis="BOLD"),
    ) as table:
        table.row([_("Reference"), _("Dossier"), _("Amount incl. VAT")])
        for line in lines:
            table.row([line.reference, line.title, _money(line.amount)])
    pdf.ln(4)
    vat = vat_part(payment.amount, payment.vat_rate)
    if payment.vat_rate:
        _total(pdf, _("Total without VAT"), payment.amount - vat)
        _total(pdf, _("VAT %(rate)s%%") % {"rate": f"{payment.vat_rate.normalize():f}"}, vat)
    _total(pdf, _("Total paid"), payment.amount, bold=True)
    if not payment.vat_rate:
        _write(pdf, _("VAT not applicable, article 293 B of the French tax code (CGI)."), size=9, colour=_GREY)


def _refunds(pdf: FPDF, payment: Payment, done: Sequence[Refund]) -> None:
    if not done:
        return
    pdf.ln(6)
    _write(pdf, _("Refunds"), size=12, bold=True)
    for refund in done:
        day = date_format(timezone.localtime(refund.settled_at or refund.created_at), "DATE_FORMAT")
        _total(pdf, _("Refunded on %(date)s") % {"date": day}, refund.amount)
    _total(pdf, _("Kept after refunds"), payment.net, bold=True)


def _total(pdf: FPDF, label: str, amount: int, *, bold: bool = False) -> None:
    pdf.set_font("Text", "B" if bold else "", 10)
    pdf.set_text_color(*_BLACK)
    pdf.cell(130, 6, label, align="R")
    pdf.cell(40, 6, _money(amount), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _money(amount: int) -> str:
    # the font has no narrow no-break space, which French writes between thousands
    return euros(in_euros(amount)).replace("\u202f", "\u00a0")
