"""The mails of the portal, in the active language: the action that sends one activates its reader's."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from extranet.models import Contact, Dossier, Message
from kernel.money import euros
from mail.content import Button, MailContent


def dossier_available_mail(
    dossier: Dossier, contact: Contact, *, file_count: int, link: str, pay_link: str = ""
) -> MailContent:
    """Returns the mail that tells a client that a dossier can be read, and with `pay_link` that it can be paid."""
    paragraphs = [
        _("This dossier is now on your portal, to read and to download:"),
        dossier.title,
        ngettext("It holds %(count)d file.", "It holds %(count)d files.", file_count) % {"count": file_count},
    ]
    if pay_link and dossier.amount is not None:
        told = {"amount": euros(dossier.amount), "link": pay_link}
        paragraphs.append(_("Its amount of %(amount)s, VAT included, can be paid on line: %(link)s") % told)
    return MailContent(
        subject=_("Your dossier is available: %(title)s") % {"title": dossier.title},
        greeting=_("Hello %(name)s,") % {"name": contact.name},
        paragraphs=paragraphs,
        button=Button(label=_("See the dossier"), url=link),
    )


def message_mail(message: Message, *, name: str, link: str) -> MailContent:
    """Returns the mail that tells of a message: its subject, and the way to it, not what it says."""
    return MailContent(
        subject=_("New message: %(subject)s") % {"subject": message.subject},
        greeting=_("Hello %(name)s,") % {"name": name},
        paragraphs=[_("A message waits for you on the portal:"), message.subject],
        button=Button(label=_("Read the message"), url=link),
    )
