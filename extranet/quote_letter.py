"""A quote and the certificate of its acceptance as PDFs of the firm, in the active language."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from extranet.enums_quote import AcceptedBy
from extranet.models import Quote, QuoteLine
from extranet.queries.company import legal_mentions, signing
from extranet.queries.quote import on_request_labels, totals_of
from extranet.tariff import figure
from themes.letter import GREY, RED, Letter, money
from themes.models import current_branding

_LINE_MM = 6


def quote_pdf(quote: Quote, lines: Sequence[QuoteLine]) -> bytes:
    """Returns the document of a quote; that of a draft says that it is none yet."""
    title = _("Quote no. %(number)s") % {"number": quote.number} if quote.number else _("Quote (draft)")
    letter = Letter(title=title, mentions=legal_mentions())
    letter.write_text(title, size=18, bold=True)
    if quote.is_draft:
        letter.write_text(_("DRAFT: this document commits nobody."), size=12, bold=True, colour=RED)
    letter.ln(2)
    letter.write_facts(_dates(quote))
    letter.ln(3)
    _people(letter, quote)
    _table(letter, quote, lines)
    if quote.note.strip():
        letter.ln(5)
        letter.write_text(quote.note.strip())
    if quote.terms.strip():
        letter.ln(6)
        letter.write_text(_("Terms"), size=11, bold=True)
        letter.ln(1)
        letter.write_text(quote.terms.strip(), size=8, colour=GREY)
    _signed(letter)
    _keep_together(letter, lines=4)
    letter.ln(6)
    letter.write_text(
        _("It is accepted on line by the link of the mail, or by returning this page signed.")
        + "\n"
        + _("Date, name and signature, with the words “Good for agreement”:")
    )
    return letter.data()


def certificate_pdf(quote: Quote) -> bytes:
    """Returns the certificate of an acceptance: who, when, how and of which document; see decisions/0023."""
    assert quote.decided_at is not None
    title = _("Certificate of acceptance")
    letter = Letter(title=f"{title} {quote.number}", mentions=legal_mentions())
    letter.write_text(title, size=18, bold=True)
    letter.ln(2)
    letter.write_text(_("Quote no. %(number)s") % {"number": quote.number}, size=12, bold=True)
    letter.write_facts(_dates(quote))
    letter.write_facts(
        [
            (_("For"), quote.client),
            (_("Property"), quote.property_address),
            (_("Total with VAT") if quote.vat else _("Total"), money(quote.gross)),
        ]
    )
    letter.ln(5)
    letter.write_text(_("Acceptance"), size=12, bold=True)
    moment = timezone.localtime(quote.decided_at)
    facts = [
        (_("Accepted by"), quote.accepted_name),
        (_("How"), str(AcceptedBy(quote.accepted_by).label)),
        (_("Recorded on"), f"{date_format(moment, 'DATETIME_FORMAT')} ({moment:%Y-%m-%dT%H:%M:%S%z})"),
    ]
    if quote.accepted_by == AcceptedBy.ONLINE:
        facts += [
            (_("IP address"), quote.accepted_address or "—"),
            (_("Browser"), quote.accepted_agent or "—"),
        ]
    else:
        facts += [
            (_("Accepted on"), date_format(quote.accepted_on, "DATE_FORMAT") if quote.accepted_on else ""),
            (_("Recorded by"), quote.recorded_by),
        ]
    letter.write_facts(facts)
    letter.ln(5)
    letter.write_text(_("Document"), size=12, bold=True)
    letter.write_text(_("SHA-256 of the PDF that was accepted:"))
    letter.write_text(quote.accepted_sha256, size=9)
    letter.ln(5)
    if quote.accepted_by == AcceptedBy.ONLINE:
        letter.write_text(
            _(
                "The person above typed this name and ticked “I have read the quote and its terms and accept them” "
                "before confirming. Whoever has the file can compute its sum again and compare it."
            ),
            size=9,
            colour=GREY,
        )
    return letter.data()


def _signed(letter: Letter) -> None:
    """Writes who signs for the firm, with the picture of the signature, where the firm has said so."""
    who, picture = signing()
    if who:
        _keep_together(letter, lines=5 if picture else 2)
        letter.ln(4)
        letter.write_signature(_("For %(firm)s: %(who)s") % {"firm": current_branding().site_name, "who": who}, picture)


def _dates(quote: Quote) -> list[tuple[str, str]]:
    if quote.issued_at is None or quote.valid_until is None:
        return []
    return [
        (_("Date"), date_format(timezone.localtime(quote.issued_at), "DATE_FORMAT")),
        (_("Valid until"), date_format(quote.valid_until, "DATE_FORMAT")),
        (_("Order"), quote.order.number if quote.order is not None else ""),
    ]


def _people(letter: Letter, quote: Quote) -> None:
    letter.write_text(_("For"), size=9, colour=GREY)
    for text in (quote.client_company, quote.client_name, quote.client_address):
        if text:
            letter.write_text(text, size=11, bold=text == quote.client)
    if quote.property_address:
        letter.ln(3)
        letter.write_text(_("Property"), size=9, colour=GREY)
        letter.write_text(quote.property_address, size=11)
    facts = [_("%(label)s: %(value)s") % {"label": label, "value": value} for label, value in quote.property_facts]
    if facts:
        letter.write_text(" · ".join(facts), size=9, colour=GREY)
    letter.ln(6)


def _table(letter: Letter, quote: Quote, lines: Sequence[QuoteLine]) -> None:
    totals = totals_of(lines)
    taxed = any(line.vat_rate is not None for line in lines)
    rows = []
    for line in lines:
        label = f"{line.label}\n{line.detail}" if line.detail else line.label
        figures = [figure(line.quantity), money(line.unit)]
        rows.append([label, *figures, *([_rate(line.vat_rate)] if taxed else []), money(line.net)])
    rows += [[label, "", "", *([""] if taxed else []), _("on request")] for label in on_request_labels(quote)]
    head = [_("Service"), _("Qty"), _("Unit price"), *([_("VAT")] if taxed else [])]
    letter.write_table(
        [*head, _("Amount without VAT") if taxed else _("Amount")],
        rows,
        widths=(82, 14, 28, 16, 30) if taxed else (96, 16, 28, 30),
        align=("LEFT", "RIGHT", "RIGHT", "RIGHT", "RIGHT") if taxed else ("LEFT", "RIGHT", "RIGHT", "RIGHT"),
    )
    _keep_together(letter, lines=len(totals.parts) + 4)
    letter.ln(4)
    if taxed:
        letter.write_total(_("Total without VAT"), totals.net)
        for part in totals.parts:
            if part.rate is not None:
                label = _("VAT %(rate)s of %(net)s") % {"rate": _rate(part.rate), "net": money(part.net)}
                letter.write_total(label, part.vat)
        letter.write_total(_("Total with VAT"), totals.gross, bold=True)
    else:
        letter.write_total(_("Total"), totals.gross, bold=True)
        letter.write_without_vat()
    if quote.on_request:
        letter.write_text(_("What is on request is not in the total."), size=9, colour=GREY)


def _keep_together(letter: Letter, *, lines: int) -> None:
    """Begins a page where so many lines do not fit on this one: a total is never far from its sums."""
    if letter.will_page_break(lines * _LINE_MM):
        letter.add_page()


def _rate(rate: Decimal | None) -> str:
    return f"{figure(rate)}\u00a0%" if rate is not None else "—"
