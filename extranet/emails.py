"""The mails of the portal, in the active language: the action that sends one activates its reader's."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from extranet.mail_tags import DOSSIER
from extranet.models import Contact, Dossier, Message
from kernel.money import euros
from mail.content import MailContent
from mail.kinds import LINK, READER, MailGroup, MailKind, MailTag, Reader, Trust, Words, hello
from mail.writing import compose


def dossier_available_mail(
    dossier: Dossier, contact: Contact, *, file_count: int, link: str, pay_link: str = ""
) -> MailContent:
    """Returns the mail that tells a client that a dossier can be read, and with `pay_link` that it can be paid."""
    amount = euros(dossier.amount) if dossier.amount is not None else ""
    to_pay = ""
    if pay_link and amount:
        told = {"amount": amount, "link": pay_link}
        to_pay = _("Its amount of %(amount)s, VAT included, can be paid on line: %(link)s") % told
    values = {
        "dossier": dossier.title,
        "fichiers": ngettext("It holds %(count)d file.", "It holds %(count)d files.", file_count)
        % {"count": file_count},
        "montant": amount,
        "paiement": to_pay,
        "lien": link,
    }
    return compose(DOSSIER_AVAILABLE, {**hello(contact.name), **values})


def message_mail(message: Message, *, name: str, link: str) -> MailContent:
    """Returns the mail that tells of a message: its subject, and the way to it, not what it says."""
    return compose(MESSAGE, {**hello(name), "objet": message.subject, "lien": link})


# --- our words --------------------------------------------------------------------------------------------------------


def _dossier_available(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Your dossier is available: %(title)s") % {"title": values["dossier"]},
        paragraphs=[
            _("This dossier is now on your portal, to read and to download:"),
            values["dossier"],
            values["fichiers"],
            values["paiement"],
        ],
        button=_("See the dossier"),
    )


def _message(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("New message: %(subject)s") % {"subject": values["objet"]},
        paragraphs=[_("A message waits for you on the portal:"), values["objet"]],
        button=_("Read the message"),
    )


DOSSIER_AVAILABLE = MailKind(
    key="dossier_available",
    group=MailGroup.MAIN,
    reader=Reader.CLIENT,
    label=gettext_lazy("Dossier available"),
    tags=(
        *READER,
        DOSSIER,
        MailTag("fichiers", gettext_lazy("how many files"), gettext_lazy("It holds 3 files."), Trust.WORDS),
        MailTag("montant", gettext_lazy("the amount"), "450,00 €", Trust.MONEY),
        MailTag(
            "paiement",
            gettext_lazy("the way to pay, if it is unpaid"),
            gettext_lazy("Its amount of 450.00 €, VAT included, can be paid on line: https://exemple.fr/payer"),
            Trust.WORDS,
        ),
        LINK,
    ),
    words=_dossier_available,
)
MESSAGE = MailKind(
    key="message",
    group=MailGroup.ACCOUNTS,
    reader=Reader.BOTH,
    label=gettext_lazy("New message"),
    tags=(*READER, MailTag("objet", gettext_lazy("the subject"), gettext_lazy("Keys of the flat")), LINK),
    words=_message,
)
MAILS = (DOSSIER_AVAILABLE, MESSAGE)
