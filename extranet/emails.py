"""The mails of the portal, in the active language: the action that sends one activates its reader's."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from extranet.models import Contact, Dossier
from mail.content import Button, MailContent


def dossier_available_mail(dossier: Dossier, contact: Contact, *, file_count: int, link: str) -> MailContent:
    """Returns the mail that tells a client that a dossier can be read."""
    return MailContent(
        subject=_("Your dossier is available: %(title)s") % {"title": dossier.title},
        greeting=_("Hello %(name)s,") % {"name": contact.name},
        paragraphs=[
            _("This dossier is now on your portal, to read and to download:"),
            dossier.title,
            ngettext("It holds %(count)d file.", "It holds %(count)d files.", file_count) % {"count": file_count},
        ],
        button=Button(label=_("See the dossier"), url=link),
    )
