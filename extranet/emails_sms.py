"""The mail that brings an answer to a text message."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mail.content import MailContent
from mail.kinds import LINK, READER, MailGroup, MailKind, MailTag, Reader, Words, hello
from mail.writing import compose


def sms_answer_mail(*, who: str, number: str, text: str, link: str) -> MailContent:
    """Returns the mail for the firm's administrators; `link` empty: nobody is known by this number."""
    values = {"expediteur": who or number, "message": text, "lien": link}
    facts = [(_("From"), f"{who} – {number}" if who else number)]
    return compose(SMS_ANSWER, {**hello(""), **values}, facts=facts)


def _answer(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Answer to a text message from %(who)s") % {"who": values["expediteur"]},
        paragraphs=[_("This answer came to the number from which your text messages leave:"), values["message"]],
        button=_("See the contact"),
    )


SMS_ANSWER = MailKind(
    key="sms_answer",
    group=MailGroup.ACCOUNTS,
    reader=Reader.FIRM,
    label=gettext_lazy("Answer to a text message"),
    tags=(
        *READER,
        MailTag("expediteur", gettext_lazy("who answers"), "Marie Le Goff"),
        MailTag("message", gettext_lazy("the answer"), gettext_lazy("Yes, that suits me.")),
        LINK,
    ),
    words=_answer,
    facts=((gettext_lazy("From"), "Marie Le Goff – 06 00 00 00 01"),),
)
MAILS = (SMS_ANSWER,)
