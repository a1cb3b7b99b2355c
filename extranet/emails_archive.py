"""The mail about the archive of all of a firm's data."""

from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from mail.content import Button, MailContent


def archive_mail(*, name: str, link: str, until: datetime) -> MailContent:
    """Returns the mail that says that the archive can be downloaded, and until when; only after a log-in."""
    day = formats.date_format(timezone.localtime(until), "DATE_FORMAT")
    return MailContent(
        subject=_("The archive of your data is ready"),
        greeting=_("Hello %(name)s,") % {"name": name},
        paragraphs=[
            _("The archive of all of your firm's data that you asked for is ready."),
            _("You can download it until %(day)s; for that you log in.") % {"day": day},
        ],
        button=Button(label=_("See the archive"), url=link),
    )
