"""Writing a quote's history and the text that it is found by; its row, locked."""

from accounts.models import User
from extranet.actions.history import Visit
from extranet.enums_quote import QuoteEventKind
from extranet.models import Order, Quote, QuoteEvent
from kernel.text import search_text


def write_quote_event(
    quote: Quote,
    kind: QuoteEventKind,
    *,
    actor: User | None,
    name: str = "",
    subject: str = "",
    visit: Visit | None = None,
) -> QuoteEvent:
    """Returns a new line of a quote's history; `name` is who acted without an account."""
    return QuoteEvent.objects.create(
        quote=quote,
        kind=kind,
        actor=actor,
        actor_name=str(actor or name)[:120],
        subject=subject[:500],
        address=visit.address if visit else None,
    )


def quote_search_text(quote: Quote) -> str:
    """Returns what a quote is found by."""
    return search_text(
        quote.number,
        quote.client_name,
        quote.client_company,
        quote.client_email,
        quote.client_phone,
        quote.property_address,
        quote.order.number if quote.order is not None else "",
    )


def lock_quote(quote: Quote) -> Quote:
    """Returns the quote as it is now, locked, its order before it: whoever takes both does so in this order."""
    if quote.order_id is not None:
        Order.objects.select_for_update(of=("self",)).filter(pk=quote.order_id).first()
    found = Quote.objects.select_for_update(of=("self",)).select_related("order", "contact__user", "pdf")
    return found.get(pk=quote.pk)
