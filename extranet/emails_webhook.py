"""The mail that tells a firm that a webhook was switched off, in the active language."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mail.content import MailContent
from mail.kinds import LINK, MailGroup, MailKind, MailTag, Reader, Trust, Words
from mail.writing import compose


def webhook_off_mail(*, address: str, reason: str, waiting: int, link: str) -> MailContent:
    """Returns the mail that says that an address gets nothing any more, and why."""
    values = {"adresse": address, "motif": reason, "lien": link}
    return compose(WEBHOOK_OFF, values, facts=[(_("Events that did not arrive"), str(waiting))])


def _off(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("A webhook was switched off"),
        paragraphs=[
            _("Your portal no longer tells %(address)s of events.") % {"address": values["adresse"]},
            values["motif"],
            _("Once the address works again, switch it on and have the events that failed sent anew: they are kept."),
        ],
        button=_("See the webhook"),
    )


#: The platform's own word to the firm about its settings: nothing to word otherwise.
WEBHOOK_OFF = MailKind(
    key="webhook_off",
    group=MailGroup.ACCOUNTS,
    reader=Reader.FIRM,
    label=gettext_lazy("A webhook was switched off"),
    tags=(
        MailTag("adresse", gettext_lazy("the address"), "https://logiciel.exemple.fr/diagdesk", Trust.EXACT),
        MailTag("motif", gettext_lazy("the reason"), gettext_lazy("It took nothing for five days."), Trust.WORDS),
        LINK,
    ),
    words=_off,
    facts=((gettext_lazy("Events that did not arrive"), "12"),),
    is_platforms=True,
)
MAILS = (WEBHOOK_OFF,)
