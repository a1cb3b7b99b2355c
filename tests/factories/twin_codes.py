"""What the arguments of addresses say for the twins: codes, and the values that open something."""

from dataclasses import dataclass
from typing import Any

from accounts.models import ApiToken, User
from billing.models import (
    Payment,
    PaymentIssue,
    ProviderAccount,
)
from extranet.actions.diagnostician import create_calendar_feed
from extranet.actions.map_feed import create_feed
from extranet.actions.renewal import reminder_token
from extranet.models import (
    Absence,
    AccountRequest,
    Appointment,
    Certification,
    Contact,
    ContactImport,
    Diagnostic,
    Diagnostician,
    DocumentCategory,
    Dossier,
    DossierFile,
    DossierImport,
    DossierStep,
    FileVersion,
    FirmArchive,
    FirmDocument,
    FirmDocumentVersion,
    GuestLink,
    ImportedTable,
    MapFeed,
    Message,
    MessageFile,
    MessageModel,
    MissionModel,
    MissionOrder,
    NeedRule,
    Order,
    OrderFile,
    PriceList,
    Quote,
    RequestedDocument,
    SentDocument,
    StepTemplate,
    SubAccount,
    ValidityRule,
    WebhookDelivery,
    WebhookEndpoint,
    ZoneArea,
)
from extranet.queries.guest_link import guest_token
from extranet.queries.join import join_token
from extranet.queries.mission import mission_token
from extranet.queries.order import order_token
from extranet.queries.quote import quote_token
from kernel.models import FirmModel
from kernel.signing import sign
from mail.models import MailTextVersion, OutgoingMail, OutgoingSms, SmsAccount, StoppedAddress
from tests.factories.mail_things import KIND
from tests.factories.site_things import site_code

#: Which model a code of an address names, by the argument; `code` by the beginning of the route's name.
_BY_ARGUMENT: dict[str, type[FirmModel]] = {
    "file_code": DossierFile,
    "version_code": FileVersion,
    "contact_code": Contact,
    "sub_code": SubAccount,
    "link_code": GuestLink,
    "request_code": RequestedDocument,
    "sent_code": SentDocument,
    "diagnostic_code": Diagnostic,
    "step_code": DossierStep,
    "payment_code": Payment,
    "account_code": ProviderAccount,
    "issue_code": PaymentIssue,
    "attachment_code": OrderFile,
    "piece_code": MessageFile,
    "mission_code": MissionOrder,
    "sms_code": OutgoingSms,
    "webhook_code": WebhookEndpoint,
    "delivery_code": WebhookDelivery,
    "document_code": FirmDocument,
    "category_code": DocumentCategory,
    "docversion_code": FirmDocumentVersion,
    "certification_code": Certification,
    "join_code": AccountRequest,
    "table_code": ImportedTable,
}
_BY_ROUTE: tuple[tuple[str, type[FirmModel]], ...] = (
    ("contact-import-", ContactImport),
    ("dossier-import-", DossierImport),
    ("contact-", Contact),
    ("message-model-", MessageModel),
    ("message-", Message),
    ("step-template-", StepTemplate),
    ("rule-", ValidityRule),
    ("need-rule-", NeedRule),
    ("zone-", ZoneArea),
    ("price-list-", PriceList),
    ("appointment-", Appointment),
    ("diagnostician-", Diagnostician),
    ("absence-", Absence),
    ("mission-model-", MissionModel),
    ("mission", Order),
    ("order-", Order),
    ("quote-", Quote),
    ("team-", User),
    ("payment-", Payment),
    ("account-", ProviderAccount),
    ("issue-", PaymentIssue),
    ("archive-", FirmArchive),
    ("settings-mail-", MailTextVersion),
    ("mail-use-again", StoppedAddress),
    ("mail-", OutgoingMail),
    ("api-key-", ApiToken),
)


@dataclass(frozen=True)
class Tokens:
    """The signed and secret values of a firm's rows."""

    guest: str
    reminder: str
    feed: str
    calendar: str
    #: In the address of notifications, of paying the dossier, and of what became of the payment.
    notify: str
    pay: str
    paid: str


def tokens_of(rows: dict[type[FirmModel], Any]) -> Tokens:
    """Returns the values that open something of these rows without a session, in the current firm."""
    _feed, secret = create_feed(rows[MapFeed].user, query=rows[MapFeed].query)
    _calendar_feed, calendar = create_calendar_feed(rows[Diagnostician], user=rows[MapFeed].user)
    return Tokens(
        calendar=calendar,
        guest=guest_token(rows[GuestLink]),
        reminder=reminder_token(rows[Dossier]),
        feed=secret,
        notify=rows[ProviderAccount].token,
        pay=sign([[rows[Dossier].code], ""], purpose="pay"),
        paid=sign(rows[Payment].code, purpose="payment"),
    )


def code_of(rows: dict[type[FirmModel], Any], tokens: Tokens, route: str, argument: str) -> str | None:
    """Returns what an argument of a route says for these rows; None when it names none of them."""
    if route == "sms-notify":
        return str(rows[SmsAccount].token)
    if route.startswith("site-"):
        return site_code(rows, route, argument)
    if argument == "token" and route.startswith("quote-guest"):
        return quote_token(rows[Quote])
    if argument == "token":
        told = {
            "join-confirm": join_token(rows[AccountRequest]),
            "reminders-stop": tokens.reminder,
            "map-feed-read": tokens.feed,
            "calendar-feed": tokens.calendar,
            "payment-notify": tokens.notify,
            "pay": tokens.pay,
            **dict.fromkeys(
                ["order-visitor-follow", *(f"order-visitor-visit{what}" for what in ("", "-move", "-cancel", "-ics"))],
                order_token(rows[Order]),
            ),
            **dict.fromkeys(["deposit-pay", "deposit-release"], sign(rows[Appointment].code, purpose="deposit")),
            **dict.fromkeys(
                [f"guest-mission{name}" for name in ("", "-code", "-content", "-download")],
                mission_token(rows[MissionOrder]),
            ),
            **dict.fromkeys(["pay-status", "pay-state", "pay-go", "pay-receipt"], tokens.paid),
        }
        return told.get(route, tokens.guest)
    if argument == "step":
        return "bien"
    if argument == "kind" and route.startswith("settings-mail"):
        return KIND
    if argument == "code":
        model = next((model for start, model in _BY_ROUTE if route.startswith(start)), Dossier)
    elif argument in _BY_ARGUMENT:
        model = _BY_ARGUMENT[argument]
    else:
        return None
    return str(rows[model].code)
