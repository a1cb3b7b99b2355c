"""A list of messages as a sheet."""

from django.db.models import Case, CharField, Count, F, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from extranet.enums import MessageState
from extranet.exporters.sheet import Column, Kind, Sheet, words_of
from extranet.models import Message
from extranet.queries.message import incoming
from extranet.queries.message_filter import MessageFilter, filtered_messages


def message_sheet(user: User, wanted: MessageFilter) -> Sheet:
    """Returns the sheet of the messages that a person sees and that a filter lets through, in the list's order."""
    return Sheet(_("Messages"), _columns(for_staff=user.is_firm_staff), _rows(user, wanted))


def _columns(*, for_staff: bool) -> tuple[Column, ...]:
    ways = [("in", pgettext("message", "Received")), ("out", pgettext("message", "Sent"))]
    contact = [
        Column(_("Contact"), "contact__name", width=24),
        Column(_("Company"), "contact__company", width=24),
        Column(_("E-mail"), "contact__user__email", width=28),
    ]
    return (
        Column(_("Date"), "created_at", Kind.MOMENT, 17),
        Column(_("Direction"), "way", width=12, words=words_of(ways)),
        Column(_("State"), "state", width=14, words=words_of(MessageState.choices)),
        Column(_("Read on"), "read_at", Kind.MOMENT, 17),
        Column(_("Cancelled on"), "cancelled_at", Kind.MOMENT, 17),
        Column(_("From"), "sender_name", width=24),
        *(contact if for_staff else []),
        *(
            [Column(_("Dossier"), "dossier__title", width=32), Column(_("Order"), "order__number", width=12)]
            * for_staff
        ),
        Column(_("Subject"), "subject", width=36),
        Column(_("Message"), "body", width=60),
        Column(_("Attachments"), "file_count", Kind.NUMBER, 12),
    )


def _rows(user: User, wanted: MessageFilter) -> QuerySet[Message]:
    way = Case(When(direction=incoming(user), then=Value("in")), default=Value("out"), output_field=CharField())
    return filtered_messages(user, wanted).annotate(way=way, file_count=Count(F("files")))
