"""The mail that tells a firm of its own mail server, in the active language."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mail.content import MailContent
from mail.kinds import LINK, MailGroup, MailKind, MailTag, Reader, Trust, Words
from mail.writing import compose


def server_failing_mail(*, host: str, reason: str, since: datetime, waiting: int, link: str) -> MailContent:
    """Returns the mail that says that the firm's server takes no mail."""
    values = {
        "depuis": formats.date_format(timezone.localtime(since), "SHORT_DATETIME_FORMAT"),
        "serveur": host,
        "motif": reason,
        "lien": link,
    }
    return compose(MAIL_SERVER_FAILING, values, facts=[(_("Mails that wait"), str(waiting))])


def _failing(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Your mail server does not take your mails"),
        paragraphs=[
            _("Since %(since)s your server %(host)s has not taken the mails of your portal.")
            % {"since": values["depuis"], "host": values["serveur"]},
            values["motif"],
            _("They wait and are tried again for three days. Codes and forgotten passwords leave by our own server."),
        ],
        button=_("See the settings"),
    )


#: The platform's own word to the firm about its settings: nothing to word otherwise.
MAIL_SERVER_FAILING = MailKind(
    key="mail_server_failing",
    group=MailGroup.ACCOUNTS,
    reader=Reader.FIRM,
    label=gettext_lazy("Your mail server does not take your mails"),
    tags=(
        MailTag("depuis", gettext_lazy("when"), "03/12/2026 14:00", Trust.DATE),
        MailTag("serveur", gettext_lazy("the server"), "smtp.exemple.fr", Trust.EXACT),
        MailTag("motif", gettext_lazy("the reason"), gettext_lazy("It does not answer."), Trust.WORDS),
        LINK,
    ),
    words=_failing,
    facts=((gettext_lazy("Mails that wait"), "3"),),
    is_platforms=True,
)
MAILS = (MAIL_SERVER_FAILING,)
