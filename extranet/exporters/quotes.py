"""A list of quotes as a sheet: all that the firm knows, or what a client sees of its own."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from extranet.enums_quote import AcceptedBy, QuoteState, RefuseReason
from extranet.exporters.sheet import Column, Kind, Sheet, words_of
from extranet.models import Contact, Quote
from extranet.queries.quote_filter import QuoteFilter, filtered_quotes


def quote_sheet(user: User, wanted: QuoteFilter) -> Sheet:
    """Returns the sheet of the quotes that a person sees and that a filter lets through, in its order."""
    return Sheet(_("Quotes"), _columns(for_staff=user.is_firm_staff), _rows(user, wanted))


def quote_columns() -> list[tuple[str, str]]:
    """Returns what is handed over of a contact's quotes: key and title."""
    return [
        ("number", _("Number")),
        ("created_at", _("Prepared")),
        ("issued_at", pgettext("quote", "Sent")),
        ("state", _("State")),
        ("client_name", _("Name")),
        ("client_company", _("Company")),
        ("client_email", _("E-mail")),
        ("client_phone", _("Phone")),
        ("client_address", _("Postal address")),
        ("property", _("Property")),
        ("total", _("Total with VAT")),
        ("accepted_name", _("Accepted by")),
        ("accepted_address", _("IP address")),
        ("accepted_agent", _("Browser")),
        ("reason", _("Reason")),
        ("note", _("Note to the client")),
    ]


def quote_rows(contact: Contact) -> Iterator[tuple[Any, ...]]:
    """Returns a contact's quotes as `quote_columns` names them."""
    for one in Quote.objects.filter(contact=contact).order_by("id").iterator(2_000):
        who = (one.client_name, one.client_company, one.client_email, one.client_phone, one.client_address)
        reason = " – ".join(part for part in (one.get_refuse_reason_display(), one.refuse_text) if part)
        proof = (one.accepted_name, one.accepted_address, one.accepted_agent)
        state = str(one.state_label)
        yield (
            one.number,
            one.created_at,
            one.issued_at,
            state,
            *who,
            one.property_address,
            one.gross,
            *proof,
            reason,
            one.note,
        )


def _columns(*, for_staff: bool) -> tuple[Column, ...]:
    return (
        Column(_("Number"), "number", width=14),
        Column(_("State"), "state", width=20, words=words_of(QuoteState.choices)),
        Column(pgettext("quote", "Sent"), "issued_at", Kind.MOMENT, 17),
        Column(_("Valid until"), "valid_until", Kind.DATE, 13),
        Column(_("Order"), "order_number", width=12),
        Column(_("Client"), "client_name", width=24),
        Column(_("Company"), "client_company", width=24),
        Column(_("E-mail"), "client_email", width=28),
        Column(_("Property"), "property_address", width=40),
        Column(_("Total without VAT"), "net", Kind.MONEY, 14),
        Column(_("VAT"), "vat", Kind.MONEY, 12),
        Column(_("Total with VAT"), "gross", Kind.MONEY, 14),
        Column(_("Answered"), "decided_at", Kind.MOMENT, 17),
        Column(_("Accepted by"), "accepted_name", width=24),
        Column(_("How"), "accepted_by", width=16, words=words_of(AcceptedBy.choices)),
        Column(_("Reason"), "refuse_reason", width=24, words=words_of(RefuseReason.choices)),
        Column(_("In a few words"), "refuse_text", width=32),
        *(
            [
                Column(_("Reminders"), "reminders_sent", Kind.NUMBER, 11),
                Column(_("Prepared by"), "made_by", width=22),
            ]
            if for_staff
            else []
        ),
    )


def _rows(user: User, wanted: QuoteFilter) -> QuerySet[Quote]:
    return filtered_quotes(user, wanted).annotate(order_number=F("order__number"), made_by=F("created_by__full_name"))
