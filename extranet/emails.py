"""The mails of the portal, in the active language: the action that sends one activates its reader's."""

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from extranet.mail_tags import DOSSIER
from extranet.models import Contact, Dossier, Message
from kernel.money import euros
from mail.content import MailContent
from mail.kinds import LINK, READER, MailGroup, MailKind, MailTag, Reader, Trust, Words, hello
from mail.reply_text import answer_line
from mail.writing import compose

#: Of a message, how many characters the mail that tells of it shows.
MAX_MESSAGE = 5_000


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


def message_mail(message: Message, *, name: str, link: str, answered_by_mail: bool) -> MailContent:
    """Returns the mail that tells of a message: who wrote, what it says, and the way to it.

    With `answered_by_mail` it begins with the line above which an answer is written.
    """
    files = [file.name for file in message.files.all()]
    content = compose(
        MESSAGE,
        {**hello(name), "objet": message.subject, "expediteur": message.sender_name, "lien": link},
        facts=[(_("Attachments"), ", ".join(files))] if files else [],
    )
    text = message.body[:MAX_MESSAGE] + ("…" if len(message.body) > MAX_MESSAGE else "")
    return replace(content, quote=text, above=answer_line() if answered_by_mail else "")


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
        paragraphs=[_("%(name)s has written to you:") % {"name": values["expediteur"]}],
        button=_("Read and answer"),
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
    tags=(
        *READER,
        MailTag("expediteur", gettext_lazy("who wrote it"), "Anne Kermarrec"),
        MailTag("objet", gettext_lazy("the subject"), gettext_lazy("Keys of the flat")),
        LINK,
    ),
    words=_message,
)
MAILS = (DOSSIER_AVAILABLE, MESSAGE)
