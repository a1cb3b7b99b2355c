"""Quotes for tests: drafts with lines, issued ones with their document, accepted ones with their certificate."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from extranet.actions.history import Visit
from extranet.actions.quote import begin_quote, issue_quote, save_quote
from extranet.actions.quote_answer import accept_quote
from extranet.actions.quote_paper import file_certificate, file_quote
from extranet.models import Contact, Quote
from extranet.queries.quote import quote_token
from extranet.quoting import QuoteTerms
from kernel.tenancy import firm_context
from tests.factories.cast import Cast

LINES = (
    QuoteTerms(label="DPE", unit=Decimal("110.00"), vat_rate=Decimal("20.00"), kind="diagnostic", diagnostic="dpe"),
    QuoteTerms(label="État des risques", unit=Decimal("25.00"), vat_rate=Decimal("20.00"), diagnostic="erp"),
)


def add_draft(contact: Contact | None, *, user: User, lines: tuple[QuoteTerms, ...] = LINES, **values: Any) -> Quote:
    """Returns a draft of the current firm."""
    quote = begin_quote(user=user, contact=contact)
    return save_quote(quote, version=quote.version, values=values, lines=lines, user=user)


def add_issued(contact: Contact | None, *, user: User, **values: Any) -> Quote:
    """Returns a quote that waits for an answer, with its document."""
    quote = issue_quote(add_draft(contact, user=user, **values), user=user)
    file_quote(quote_id=quote.pk)
    return Quote.objects.get(pk=quote.pk)


def add_accepted(contact: Contact | None, *, user: User, **values: Any) -> Quote:
    """Returns a quote that was accepted on line, with its certificate."""
    quote = add_issued(contact, user=user, **values)
    accept_quote(quote, name="Alice Agence", sha256=quote.pdf_sha256, visit=Visit("203.0.113.9", "Firefox"), user=None)
    file_certificate(quote_id=quote.pk)
    return Quote.objects.get(pk=quote.pk)


@dataclass
class QuoteThings:
    """One of each, Alice's."""

    draft: Quote
    issued: Quote
    accepted: Quote


def add_quote_things(cast: Cast) -> QuoteThings:
    """Returns what the route matrix asks of quotes."""
    return QuoteThings(
        add_draft(cast.alice, user=cast.bob),
        add_issued(cast.alice, user=cast.bob),
        add_accepted(cast.alice, user=cast.bob),
    )


def quote_arguments(things: QuoteThings, *, order_code: str) -> dict[str, dict[str, object]]:
    """Returns the arguments of the addresses of quotes."""
    with firm_context("firm_alpha"):
        issued, accepted = quote_token(things.issued), quote_token(things.accepted)
    names = ("detail", "pdf", "accept", "refuse", "copy", "record", "withdraw", "prolong", "reminders")
    links = ("quote-guest", *(f"quote-guest-{name}" for name in ("pdf", "accept", "refuse", "stop")))
    return {
        "order-quote": {"code": order_code},
        **{f"quote-{name}": {"code": things.issued.code} for name in names},
        **{f"quote-{name}": {"code": things.draft.code} for name in ("edit", "preview", "issue", "delete")},
        "quote-certificate": {"code": things.accepted.code},
        **{name: {"token": issued} for name in links},
        "quote-guest-certificate": {"token": accepted},
    }


def settings_data(**changed: str) -> dict[str, Any]:
    """Returns what the form of the settings sends."""
    return {
        "issue_mode": "check",
        "prefix": "DV",
        "valid_days": "45",
        "terms": "Paiement comptant",
        "remind_after_days": "7",
        "remind_before_days": "3",
        "most_reminders": "2",
        "sites": "https://www.cabinet.example",
    } | changed


def edit_data(quote: Quote, *lines: dict[str, str], **changed: str) -> dict[str, str]:
    """Returns what the form of a draft sends."""
    rows = lines or ({"label": "Visite", "quantity": "1", "unit": "80", "vat_rate": "20.00"},)
    sent = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": "0"}
    sent |= {f"form-{rank}-{name}": text for rank, row in enumerate(rows) for name, text in row.items()}
    return sent | {"version": str(quote.version), "client_name": "Alice"} | changed


def quote_data(things: QuoteThings) -> dict[str, Callable[[], dict[str, Any]]]:
    """Returns what the forms of quotes send."""
    accept = {"name": "Alice", "agreed": "on", "sha256": things.issued.pdf_sha256}
    later = (timezone.localdate() + timedelta(days=60)).isoformat()
    return {
        "settings-quotes": settings_data,
        **dict.fromkeys(["quote-accept", "quote-guest-accept"], lambda: accept),
        **dict.fromkeys(["quote-refuse", "quote-guest-refuse"], lambda: {"reason": "price"}),
        "quote-edit": lambda: edit_data(things.draft),
        "quote-record": lambda: {"how": "phone", "name": "Alice", "on": timezone.localdate().isoformat()},
        "quote-withdraw": lambda: {"reason": "Erreur"},
        "quote-prolong": lambda: {"until": later},
    }
