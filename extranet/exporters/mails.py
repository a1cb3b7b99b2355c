"""The log of mails as a sheet."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from extranet.exporters.sheet import Column, Kind, Sheet, words_of
from extranet.queries.mail_log import MailFilter, filtered_mails, kind_label, route_label
from mail.models import Bounce, MailState


def mail_sheet(wanted: MailFilter) -> Sheet:
    """Returns the sheet of the mails that a filter lets through, without their words."""
    columns = (
        Column(_("When"), "created_at", Kind.MOMENT, 17),
        Column(_("To"), "to", width=32),
        Column(_("Subject"), "subject", width=48),
        Column(_("Kind"), "kind", width=26, words=kind_label),
        Column(_("State"), "state", width=14, words=words_of(MailState.choices)),
        Column(pgettext("mail", "Left on"), "sent_at", Kind.MOMENT, 17),
        Column(_("Sent by"), "route", width=24, words=route_label),
        Column(_("Tries"), "attempts", Kind.NUMBER, 8),
        Column(_("Next try"), "due_at", Kind.MOMENT, 17),
        Column(_("Came back"), "bounce", width=26, words=words_of([("", ""), *Bounce.choices])),
        Column(_("Reason"), "error", width=60),
    )
    return Sheet(_("Mails sent"), columns, filtered_mails(wanted))
