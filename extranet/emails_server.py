"""The mail that tells a firm of its own mail server, in the active language."""

from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from mail.content import Button, MailContent


def server_failing_mail(*, host: str, reason: str, since: datetime, waiting: int, link: str) -> MailContent:
    """Returns the mail that says that the firm's server takes no mail."""
    return MailContent(
        subject=_("Your mail server does not take your mails"),
        paragraphs=[
            _("Since %(since)s your server %(host)s has not taken the mails of your portal.")
            % {"since": formats.date_format(timezone.localtime(since), "SHORT_DATETIME_FORMAT"), "host": host},
            reason,
            _("They wait and are tried again for three days. Codes and forgotten passwords leave by our own server."),
        ],
        facts=[(_("Mails that wait"), str(waiting))],
        button=Button(label=_("See the settings"), url=link),
    )
