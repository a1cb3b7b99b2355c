"""How quotes are read: one, those of an order, what was agreed."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from accounts.models import User
from extranet.enums import DiagnosticKind
from extranet.enums_quote import QuoteState
from extranet.models import Order, Quote, QuoteEvent, QuoteLine, QuoteSettings
from extranet.queries.contact import contact_id_of
from extranet.queries.order import diagnostic_labels
from extranet.queries.quote_filter import QuoteFilter, filtered_quotes, visible_quotes
from extranet.quoting import QuoteTerms, QuoteTotals, added_up
from kernel.pagination import Page, paginate
from kernel.signing import BadSignature, sign, unsign

_PURPOSE = "quote"
#: How long the link of a quote's mail works: the proof stays at hand longer than any quote is valid.
LINK_SECONDS = int(timedelta(days=3 * 366).total_seconds())


def quote_settings() -> QuoteSettings:
    """Returns how the firm makes its quotes: its one row."""
    return QuoteSettings.objects.get(pk=1)


def quote_page(user: User, *, wanted: QuoteFilter, page: str | None, size: int) -> Page[Quote]:
    """Returns a page of the list with its orders: two queries."""
    found = filtered_quotes(user, wanted).select_related("order")
    return paginate(found.defer("search", "note", "terms", "property_facts", "order__search"), page=page, size=size)


def quotes_of_order(order: Order, *, for_staff: bool) -> list[Quote]:
    """Returns the quotes of an order, the last first: one query. Drafts are the firm's alone."""
    found = Quote.objects.filter(order=order)
    if not for_staff:
        found = found.exclude(state=QuoteState.DRAFT)
    return list(found.order_by("-id"))


def agreed_quote(order: Order) -> Quote | None:
    """Returns the accepted quote of an order, what was agreed for it; None without one."""
    # an order that is not saved (a sample) has no key: it would find those that belong to no order
    if order._state.adding:
        return None
    return Quote.objects.filter(order_id=order.pk, state=QuoteState.ACCEPTED).first()


def agreed_total(order: Order) -> Decimal | None:
    """Returns what was agreed for an order, VAT included; None without an accepted quote."""
    agreed = agreed_quote(order)
    return None if agreed is None else agreed.gross


def open_quotes_of(user: User) -> int:
    """Returns how many quotes wait for a client's answer."""
    return visible_quotes(user).filter(state=QuoteState.ISSUED).count() if contact_id_of(user) else 0


def lines_of_quote(quote: Quote) -> list[QuoteLine]:
    """Returns the lines in their order."""
    return list(QuoteLine.objects.filter(quote=quote).order_by("rank"))


def events_of_quote(quote: Quote) -> list[QuoteEvent]:
    """Returns the history, the last first."""
    return list(QuoteEvent.objects.filter(quote=quote).order_by("-at", "-id"))


def terms_of(lines: Iterable[QuoteLine]) -> list[QuoteTerms]:
    """Returns lines as the computation takes them."""
    return [
        QuoteTerms(
            label=line.label,
            unit=line.unit,
            quantity=line.quantity,
            vat_rate=line.vat_rate,
            kind=line.kind,
            diagnostic=line.diagnostic,
            detail=line.detail,
        )
        for line in lines
    ]


def totals_of(lines: Iterable[QuoteLine]) -> QuoteTotals:
    """Returns what lines add up to, by rate of VAT."""
    return added_up(terms_of(lines))


def quoted_diagnostics(quote: Quote, lines: Sequence[QuoteLine]) -> list[str]:
    """Returns the diagnostics that a quote is about, in the order of their list; those on request too."""
    found = {line.diagnostic for line in lines if line.diagnostic} | set(quote.on_request)
    return [kind for kind in DiagnosticKind.values if kind in found]


def on_request_labels(quote: Quote) -> list[str]:
    """Returns the names of the diagnostics that have no price yet."""
    return diagnostic_labels(quote.on_request)


def quote_token(quote: Quote) -> str:
    """Returns what stands in the address by which anybody with the mail reads a quote."""
    return sign(quote.code, purpose=_PURPOSE)


def quote_of_token(token: str) -> Quote | None:
    """Returns the quote of such an address; None when it is forged or too old, and for a draft."""
    try:
        code = unsign(token, purpose=_PURPOSE, max_age=LINK_SECONDS)
    except BadSignature:
        return None
    found = Quote.objects.select_related("pdf", "certificate", "order")
    return found.filter(code=code).exclude(state=QuoteState.DRAFT).first()
