"""The log of text messages as a sheet, and a contact's part of it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from extranet.exporters.sheet import Column, Kind, Sheet, words_of
from extranet.models import Contact
from extranet.queries.sms_filter import SmsFilter, filtered_sms
from mail.sms.enums import Encoding, SmsCarrier, SmsKind, SmsState
from mail.sms.numbers import e164_of
from mail.sms.queries import sms_of_contact


def sms_sheet(wanted: SmsFilter) -> Sheet:
    """Returns the sheet of the messages that a filter lets through, the last first."""
    columns = (
        Column(_("When"), "created_at", Kind.MOMENT, 17),
        Column(_("To"), "to", Kind.TEXT, 16),
        Column(_("Type"), "kind", Kind.TEXT, 24, words_of(SmsKind.choices)),
        Column(_("About"), "about", Kind.TEXT, 28),
        Column(_("Text"), "text", Kind.TEXT, 60),
        Column(_("State"), "state", Kind.TEXT, 18, words_of(SmsState.choices)),
        Column(_("Error"), "error", Kind.TEXT, 30),
        Column(_("Sent"), "sent_at", Kind.MOMENT, 17),
        Column(_("Delivered"), "delivered_at", Kind.MOMENT, 17),
        Column(_("Messages"), "parts", Kind.NUMBER, 10),
        Column(_("Encoding"), "encoding", Kind.TEXT, 10, words_of(Encoding.choices)),
        Column(_("Provider"), "carrier", Kind.TEXT, 12, words_of(SmsCarrier.choices)),
        Column(_("Price"), "price", Kind.DECIMAL, 10),
        Column(_("Currency"), "currency", Kind.TEXT, 10),
        Column(_("By"), "sent_by", Kind.TEXT, 20),
    )
    return Sheet(_("Text messages"), columns, filtered_sms(wanted))


def sms_columns() -> list[tuple[str, str]]:
    """Returns what is handed over of a contact's text messages: key and title."""
    return [
        ("created_at", _("When")),
        ("to", _("To")),
        ("kind", _("Type")),
        ("text", _("Text")),
        ("state", _("State")),
    ]


def sms_rows(contact: Contact) -> Iterator[Sequence[Any]]:
    """Returns a contact's text messages as `sms_columns` names them."""
    for one in sms_of_contact(contact.code, [e164_of(contact.phone)]):
        yield one.created_at, one.to, str(SmsKind(one.kind).label), one.text, str(SmsState(one.state).label)
