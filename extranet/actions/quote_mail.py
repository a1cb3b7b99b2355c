"""Who is told what of a quote, in its own language."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import translation

from accounts.models import Role, User
from extranet.emails_quote import (
    quote_accepted_mail,
    quote_answered_mail,
    quote_issued_mail,
    quote_prolonged_mail,
    quote_reminder_mail,
)
from extranet.models import Quote
from extranet.queries.quote import quote_token
from kernel.tenancy import current_schema
from mail.actions.outgoing import queue_mail
from mail.content import Attachment
from tenants.links import schema_url
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
            queue_mail(to=person.email, content=content, kind="quote_answered")


def tell_quote_prolonged(quote: Quote) -> None:
    """Mails whom it is for until when it can be accepted now."""
    if quote.client_email:
        with translation.override(quote.language):
            content = quote_prolonged_mail(quote, link=quote_url(quote), firm_name=current_branding().site_name)
            queue_mail(to=quote.client_email, content=content, kind="quote_prolonged")


def tell_quote_reminder(quote: Quote) -> None:
    """Reminds whom it is for that the quote waits for an answer."""
    with translation.override(quote.language):
        stop = reverse("quote-guest-stop", args=[quote_token(quote)], urlconf="config.urls_firm")
        content = quote_reminder_mail(
            quote,
            link=quote_url(quote),
            stop_link=schema_url(current_schema(), stop),
            firm_name=current_branding().site_name,
        )
        queue_mail(to=quote.client_email, content=content, kind="quote_reminder")


def quote_url(quote: Quote) -> str:
    """Returns the full address at which anybody with the mail reads a quote."""
    path = reverse("quote-guest", args=[quote_token(quote)], urlconf="config.urls_firm")
    return schema_url(current_schema(), path)


def staff_quote_url(quote: Quote) -> str:
    """Returns the full address of a quote for those with an account."""
    return schema_url(current_schema(), reverse("quote-detail", args=[quote.code], urlconf="config.urls_firm"))


def _attached(quote: Quote, data: bytes) -> Sequence[Attachment]:
    return [Attachment(f"{quote.number}.pdf", "application/pdf", data)]


def _concerned(quote: Quote) -> list[User]:
    """Returns who of the firm is told: whom the order is assigned to, else who made the quote, else administrators."""
    staff = User.objects.filter(role__in=[Role.ADMIN, Role.STAFF], is_active=True)
    assigned = quote.order.assigned_to_id if quote.order is not None else None
    for key in (assigned, quote.created_by_id):
        if key is not None and (found := list(staff.filter(pk=key))):
            return found
    return list(staff.filter(role=Role.ADMIN).order_by("pk"))
