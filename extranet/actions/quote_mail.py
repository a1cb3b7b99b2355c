"""Who is told what of a quote, in its own language."""

from collections.abc import Sequence

from django.utils import translation

from accounts.models import User
from extranet.actions.readers import told_of_firm
from extranet.emails_quote import (
    quote_accepted_mail,
    quote_answered_mail,
    quote_issued_mail,
    quote_prolonged_mail,
    quote_reminder_mail,
)
from extranet.enums_quote import QuoteState
from extranet.models import Quote
from extranet.queries.quote import quote_token
from mail.actions.outgoing import queue_mail
from mail.content import Attachment
from tenants.links import here_url
from themes.models import current_branding


def tell_quote_issued(quote: Quote, *, data: bytes) -> None:
    """Mails whom it is for, with the document unless the address was never proved."""
    if quote.client_email:
        with translation.override(quote.language):
            content = quote_issued_mail(
                quote,
                link=quote_url(quote),
                firm_name=current_branding().site_name,
                attachments=[] if quote.is_link_only else _attached(quote, data),
            )
            queue_mail(to=quote.client_email, content=content, kind="quote_issued")


def tell_quote_answered(quote: Quote, *, data: bytes | None = None) -> None:
    """Mails the firm what was answered; with the certificate of an acceptance (`data`) the client too."""
    attachments = [Attachment(f"{quote.number}-acceptance.pdf", "application/pdf", data)] if data else []
    if attachments and quote.client_email:
        with translation.override(quote.language):
            content = quote_accepted_mail(
                quote, link=quote_url(quote), firm_name=current_branding().site_name, attachments=attachments
            )
            queue_mail(to=quote.client_email, content=content, kind="quote_accepted")
    for person in _concerned(quote):
        with person.in_own_language():
            content = quote_answered_mail(quote, name=str(person), link=staff_quote_url(quote), attachments=attachments)
            kind = "quote_refused" if quote.state == QuoteState.REFUSED else "quote_answered"
            queue_mail(to=person.email, content=content, kind=kind)


def tell_quote_prolonged(quote: Quote) -> None:
    """Mails whom it is for until when it can be accepted now."""
    if quote.client_email:
        with translation.override(quote.language):
            content = quote_prolonged_mail(quote, link=quote_url(quote), firm_name=current_branding().site_name)
            queue_mail(to=quote.client_email, content=content, kind="quote_prolonged")


def tell_quote_reminder(quote: Quote) -> None:
    """Reminds whom it is for that the quote waits for an answer."""
    with translation.override(quote.language):
        content = quote_reminder_mail(
            quote,
            link=quote_url(quote),
            stop_link=here_url("quote-guest-stop", quote_token(quote)),
            firm_name=current_branding().site_name,
        )
        queue_mail(to=quote.client_email, content=content, kind="quote_reminder")


def quote_url(quote: Quote) -> str:
    """Returns the full address at which anybody with the mail reads a quote."""
    return here_url("quote-guest", quote_token(quote))


def staff_quote_url(quote: Quote) -> str:
    """Returns the full address of a quote for those with an account."""
    return here_url("quote-detail", quote.code)


def _attached(quote: Quote, data: bytes) -> Sequence[Attachment]:
    return [Attachment(f"{quote.number}.pdf", "application/pdf", data)]


def _concerned(quote: Quote) -> list[User]:
    """Returns who of the firm is told: whom the order is assigned to, else who made the quote, else administrators."""
    return told_of_firm(quote.order.assigned_to_id if quote.order is not None else None, quote.created_by_id)
