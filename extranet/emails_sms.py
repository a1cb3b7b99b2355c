"""The mail that brings an answer to a text message."""

from django.utils.translation import gettext as _

from mail.content import Button, MailContent


def sms_answer_mail(*, who: str, number: str, text: str, link: str) -> MailContent:
    """Returns the mail for the firm's administrators; `link` empty: nobody is known by this number."""
    return MailContent(
        subject=_("Answer to a text message from %(who)s") % {"who": who or number},
        greeting=_("Hello,"),
        paragraphs=[_("This answer came to the number from which your text messages leave:"), text],
        facts=[(_("From"), f"{who} – {number}" if who else number)],
        button=Button(label=_("See the contact"), url=link) if link else None,
    )
