"""All that a firm's portal knows of a contact, for the contact to have: to read and for programs (GDPR, 15 and 20)."""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import TextIOWrapper
from typing import IO, Any

from allauth.usersessions.models import UserSession
from django.db.models import Q, StringAgg, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.models import User
from extranet.enums import AccessKind, Direction, DownloadState, EventKind
from extranet.exporters.quotes import quote_columns, quote_rows
from extranet.exporters.sms import sms_columns, sms_rows
from extranet.models import (
    AccountRequest,
    CollaboratorEmail,
    Contact,
    DossierAccess,
    DossierEvent,
    Message,
    MissionOrder,
    Order,
    SiteContact,
    SubAccount,
)
from kernel.money import euros
from mail.models import MailState, OutgoingMail, SmsConsent, StoppedAddress, StoppedNumber
from mail.sms.numbers import e164_of

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #ccc;padding:.3rem .6rem;text-align:left;"
    "vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere}th{background:#f2f2f2}"
)


@dataclass(frozen=True)
class _Section:
    """One table: its key for programs, its title and columns (key, title) for people, and what reads its rows."""

    key: str
    title: str
    columns: Sequence[tuple[str, str]]
    rows: Callable[[], Iterable[Sequence[Any]]]


def write_personal_data(out: IO[bytes], contact: Contact, *, firm_name: str) -> None:
    """Writes a zip with one page to read and one JSON file, both with all that is known of the contact."""
    sections = _sections(contact)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(_("personal data") + ".html", "w") as page:
            _write_page(TextIOWrapper(page, "utf-8", write_through=True), contact, sections, firm_name)
        with archive.open(_("personal data") + ".json", "w") as data:
            _write_json(TextIOWrapper(data, "utf-8", write_through=True), sections, firm_name)


def _write_page(out: TextIOWrapper, contact: Contact, sections: Sequence[_Section], firm_name: str) -> None:
    title = _("Personal data of %(contact)s") % {"contact": contact}
    out.write(
        format_html(
            '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title><style>{}</style></head>'
            "<body><h1>{}</h1><p>{} — {}</p>",
            get_language() or "fr",
            title,
            _STYLE,
            title,
            firm_name,
            _text(timezone.now()),
        )
    )
    for section in sections:
        out.write(format_html("<h2>{}</h2><table><tr>", section.title))
        out.writelines(format_html("<th>{}</th>", label) for _key, label in section.columns)
        out.write("</tr>")
        for row in section.rows():
            cells = "".join(format_html("<td>{}</td>", _text(value)) for value in row)
            print(f"<tr>{cells}</tr>", file=out)
        out.write("</table>")
    out.write("</body></html>")
    out.detach()


def _write_json(out: TextIOWrapper, sections: Sequence[_Section], firm_name: str) -> None:
    head = {"firm": firm_name, "written_at": timezone.now().isoformat()}
    out.write(json.dumps(head, ensure_ascii=False)[:-1])
    for section in sections:
        out.write(f", {json.dumps(section.key)}: [")
        keys = [key for key, _label in section.columns]
        for number, row in enumerate(section.rows()):
            values = [value.isoformat() if isinstance(value, datetime) else value for value in row]
            entry = json.dumps(dict(zip(keys, values, strict=True)), ensure_ascii=False, default=str)
            out.write(f"{',' if number else ''}\n{entry}")
        out.write("]")
    out.write("}\n")
    out.detach()


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def _sections(contact: Contact) -> list[_Section]:
    users = [contact.user, *User.objects.filter(sub_account__contact=contact).order_by("pk")]
    keys = [user.pk for user in users]
    addresses = [user.email.lower() for user in users]
    return [
        _Section("contact", _("Contact"), _contact_columns(), lambda: [_contact_row(contact)]),
        _Section(
            "collaborators",
            _("Collaborators' e-mails"),
            [("email", _("E-mail"))],
            lambda: CollaboratorEmail.objects.filter(contact=contact).order_by("id").values_list("email"),
        ),
        _Section(
            "sub_accounts",
            _("Sub-accounts"),
            [
                ("name", _("Name")),
                ("email", _("E-mail")),
                ("username", _("Identifier")),
                ("is_active", _("May log in")),
                ("created_at", _("Created")),
                ("last_login", _("Last log-in")),
            ],
            lambda: (
                SubAccount.objects.filter(contact=contact)
                .order_by("id")
                .values_list(
                    "user__full_name",
                    "user__email",
                    "user__username",
                    "user__is_active",
                    "created_at",
                    "user__last_login",
                )
            ),
        ),
        _Section(
            "sessions",
            _("Open sessions"),
            [("since", _("Since")), ("address", _("From")), ("browser", _("Browser"))],
            lambda: (
                UserSession.objects.filter(user_id__in=keys)
                .order_by("id")
                .values_list("created_at", "ip", "user_agent")
            ),
        ),
        _Section("accesses", _("Dossiers"), _access_columns(), lambda: _access_rows(contact)),
        _Section("messages", _("Messages"), _message_columns(), lambda: _message_rows(contact)),
        _Section(
            "site_contacts",
            _("Messages on the web site"),
            [
                ("at", _("When")),
                ("name", _("Name")),
                ("email", _("E-mail")),
                ("phone", _("Phone")),
                ("text", _("Message")),
            ],
            lambda: (
                SiteContact.objects.annotate(address=Lower("email"))
                .filter(address__in=addresses)
                .order_by("id")
                .values_list("at", "name", "email", "phone", "text")
            ),
        ),
        _Section("orders", _("Orders"), _order_columns(), lambda: _order_rows(contact)),
        _Section("mission_orders", _("Mission orders"), _mission_columns(), lambda: _mission_rows(contact)),
        _Section("quotes", _("Quotes"), quote_columns(), lambda: quote_rows(contact)),
        _Section("payments", _("Payments"), _payment_columns(), lambda: _payment_rows(contact)),
        _Section(
            "price_lists",
            _("Price lists"),
            [("name", _("Name")), ("valid_from", _("Valid from")), ("valid_until", _("Valid until"))],
            lambda: contact.price_lists.order_by("id").values_list("name", "valid_from", "valid_until"),
        ),
        _Section(
            "visits",
            _("Visits"),
            [
                ("starts_at", _("Begins")),
                ("ends_at", _("Ends")),
                ("state", _("State")),
                ("street", _("Address")),
                ("postcode", _("Postcode")),
                ("city", _("Town")),
                ("person_name", _("Who opens the door")),
                ("person_phone", _("Phone")),
                ("person_email", _("E-mail")),
                ("access_note", _("Access, keys")),
            ],
            lambda: contact.appointments.order_by("starts_at", "id").values_list(
                "starts_at",
                "ends_at",
                "state",
                "street",
                "postcode",
                "city",
                "person_name",
                "person_phone",
                "person_email",
                "access_note",
            ),
        ),
        _Section(
            "account_requests",
            _("Account requests"),
            [
                ("created_at", _("Sent")),
                ("name", _("Name")),
                ("company", _("Company")),
                ("email", _("E-mail")),
                ("phone", _("Phone")),
                ("message", _("Message")),
                ("decided_at", _("Decided")),
            ],
            lambda: (
                AccountRequest.objects.annotate(folded=Lower("email"))
                .filter(Q(contact=contact) | Q(folded__in=addresses))
                .order_by("id")
                .values_list("created_at", "name", "company", "email", "phone", "message", "decided_at")
            ),
        ),
        _Section("history", _("History"), _history_columns(), lambda: _history_rows(contact)),
        _Section(
            "mails",
            _("Mails sent"),
            [("created_at", _("When")), ("to", _("To")), ("subject", _("Subject")), ("state", _("State"))],
            lambda: _mail_rows(addresses),
        ),
        _Section(
            "stopped_addresses",
            _("Stopped addresses"),
            [("address", _("Address")), ("since", _("Since")), ("reason", _("Reason"))],
            lambda: (
                StoppedAddress.objects.annotate(folded=Lower("address"))
                .filter(folded__in=addresses)
                .order_by("id")
                .values_list("address", "since", "reason")
            ),
        ),
        _Section("text_messages", _("Text messages"), sms_columns(), lambda: sms_rows(contact)),
        _Section(
            "text_message_consent",
            _("Consent to text messages"),
            [("number", _("Phone")), ("given_on", _("Given on")), ("how", _("How")), ("noted_by", _("By"))],
            lambda: SmsConsent.objects.filter(number=e164_of(contact.phone)).values_list(
                "number", "given_on", "how", "noted_by"
            ),
        ),
        _Section(
            "stopped_number",
            _("No more text messages"),
            [("number", _("Phone")), ("since", _("Since")), ("said", _("Message"))],
            lambda: StoppedNumber.objects.filter(number=e164_of(contact.phone)).values_list("number", "since", "said"),
        ),
    ]


def _contact_columns() -> list[tuple[str, str]]:
    return [
        ("kind", _("Type")),
        ("name", _("Name")),
        ("company", _("Company")),
        ("email", _("E-mail")),
        ("username", _("Identifier")),
        ("phone", _("Phone")),
        ("street", _("Address")),
        ("postcode", _("Postcode")),
        ("city", _("Town")),
        ("notes", _("Internal notes")),
        ("reads_unpaid", _("May read unpaid dossiers")),
        ("language", _("Language")),
        ("created_at", _("Created")),
        ("codes_sent_at", _("Access codes sent")),
        ("last_login", _("Last log-in")),
    ]


def _contact_row(contact: Contact) -> list[Any]:
    user = contact.user
    return [
        contact.get_kind_display(),
        contact.name,
        contact.company,
        user.email,
        user.username,
        contact.phone,
        contact.street,
        contact.postcode,
        contact.city,
        contact.notes,
        contact.reads_unpaid,
        user.language,
        contact.created_at,
        contact.codes_sent_at,
        user.last_login,
    ]


def _access_columns() -> list[tuple[str, str]]:
    return [
        ("reference", _("Dossier number")),
        ("title", _("Dossier")),
        ("access", _("Access")),
        ("origin", _("Origin")),
        ("state", _("State")),
        ("given_at", _("Access given")),
        ("notified_at", _("Notified")),
    ]


def _access_rows(contact: Contact) -> Iterator[Sequence[Any]]:
    rows = DossierAccess.objects.filter(contact=contact).order_by("id")
    fields = ("dossier__reference", "dossier__title", "kind", "origin", "download_state", "created_at", "notified_at")
    for reference, title, kind, origin, state, given, notified in rows.values_list(*fields).iterator(2_000):
        words = (AccessKind(kind).label, origin, DownloadState(state).label)
        yield reference, title, *map(str, words), given, notified


def _message_columns() -> list[tuple[str, str]]:
    return [
        ("at", _("When")),
        ("direction", _("Direction")),
        ("sender", _("From")),
        ("dossier", _("Dossier")),
        ("subject", _("Subject")),
        ("body", _("Message")),
        ("attachments", _("Attachments")),
        ("mail_from", _("E-mail")),
        ("mail", _("The whole e-mail")),
        ("read_at", _("Read on")),
    ]


def _message_rows(contact: Contact) -> Iterator[Sequence[Any]]:
    joined = StringAgg("files__name", Value(", "), order_by="files__id", default=Value(""))
    rows = Message.objects.filter(contact=contact).annotate(joined=joined).order_by("created_at", "id")
    fields = ("created_at", "direction", "sender_name", "dossier__title", "subject", "body")
    more = ("joined", "mail_from", "mail_text", "read_at")
    for at, direction, *rest in rows.values_list(*fields, *more).iterator(2_000):
        yield at, _("to the firm") if direction == Direction.TO_FIRM else _("from the firm"), *rest


def _order_columns() -> list[tuple[str, str]]:
    return [
        ("number", _("Number")),
        ("begun_at", _("Begun")),
        ("sent_at", pgettext("order", "Sent")),
        ("state", _("State")),
        ("orderer_name", _("Orderer")),
        ("orderer_company", _("Company")),
        ("orderer_email", _("E-mail")),
        ("orderer_phone", _("Phone")),
        ("orderer_address", _("Postal address")),
        ("property", _("Property")),
        ("remarks", _("Remarks")),
        ("notes", _("Internal notes")),
    ]


def _order_rows(contact: Contact) -> Iterator[Sequence[Any]]:
    for one in Order.objects.filter(contact=contact).order_by("id").iterator(2_000):
        state = str(one.get_state_display())
        who = (one.orderer_name, one.orderer_company, one.orderer_email, one.orderer_phone, one.orderer_address)
        yield one.number, one.created_at, one.sent_at, state, *who, one.address_line, one.remarks, one.staff_notes


def _mission_columns() -> list[tuple[str, str]]:
    return [
        ("number", _("Number")),
        ("made_at", _("Mission order made")),
        ("email", _("E-mail")),
        ("state", _("State")),
        ("signed_by", _("Signed by")),
        ("signed_at", _("Signed on")),
        ("way", _("Way")),
        ("address", _("From")),
        ("browser", _("Browser")),
    ]


def _mission_rows(contact: Contact) -> Iterator[Sequence[Any]]:
    found = MissionOrder.objects.filter(order__contact=contact).select_related("order", "signature").order_by("id")
    for one in found.iterator(2_000):
        proof = getattr(one, "signature", None)
        told: tuple[Any, ...] = ("", None, "", "", "")
        if proof is not None:
            told = (proof.name, proof.signed_at, proof.get_way_display(), proof.address or "", proof.user_agent)
        yield one.number, one.created_at, one.email, str(one.get_state_display()), *told


def _payment_columns() -> list[tuple[str, str]]:
    return [
        ("at", _("When")),
        ("code", _("Code")),
        ("payer_name", _("Payer")),
        ("payer_email", _("Payer's email")),
        ("amount", _("Amount")),
        ("provider", _("Provider")),
        ("state", _("State")),
    ]


def _payment_rows(contact: Contact) -> Iterator[Sequence[Any]]:
    for one in contact.payments.order_by("created_at", "id").iterator(2_000):
        amount = euros(Decimal(one.amount).scaleb(-2))
        state = one.get_status_display()
        yield one.created_at, one.code, one.payer_name, one.payer_email, amount, one.get_provider_display(), state


def _history_columns() -> list[tuple[str, str]]:
    return [
        ("at", _("When")),
        ("action", _("Action")),
        ("dossier", _("Dossier")),
        ("subject", _("Subject")),
        ("by", _("By")),
        ("address", _("From")),
        ("browser", _("Browser")),
    ]


def _history_rows(contact: Contact) -> Iterator[Sequence[Any]]:
    rows = DossierEvent.objects.filter(contact=contact).order_by("at", "id")
    fields = ("at", "kind", "dossier__title", "subject", "actor_name", "address", "user_agent")
    for at, kind, *rest in rows.values_list(*fields).iterator(2_000):
        yield at, str(EventKind(kind).label), *rest


def _mail_rows(addresses: Sequence[str]) -> Iterator[Sequence[Any]]:
    rows = OutgoingMail.objects.annotate(address=Lower("to")).filter(address__in=addresses).order_by("created_at")
    for at, to, subject, state in rows.values_list("created_at", "to", "subject", "state").iterator(2_000):
        yield at, to, subject, str(MailState(state).label)
