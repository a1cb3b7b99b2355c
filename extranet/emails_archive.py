"""The mail about the archive of all of a firm's data."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mail.content import MailContent
from mail.kinds import LINK, READER, MailGroup, MailKind, MailTag, Reader, Trust, Words, hello
from mail.writing import compose


def archive_mail(*, name: str, link: str, until: datetime) -> MailContent:
    """Returns the mail that says that the archive can be downloaded, and until when; only after a log-in."""
    day = formats.date_format(timezone.localtime(until), "DATE_FORMAT")
    return compose(FIRM_ARCHIVE, {**hello(name), "echeance": day, "lien": link})


def _archive(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("The archive of your data is ready"),
        paragraphs=[
            _("The archive of all of your firm's data that you asked for is ready."),
            _("You can download it until %(day)s; for that you log in.") % {"day": values["echeance"]},
        ],
        button=_("See the archive"),
    )


FIRM_ARCHIVE = MailKind(
    key="firm_archive",
    group=MailGroup.ACCOUNTS,
    reader=Reader.FIRM,
    label=gettext_lazy("Archive of all data"),
    tags=(*READER, MailTag("echeance", gettext_lazy("the last day to download it"), "31/12/2026", Trust.DATE), LINK),
    words=_archive,
)
MAILS = (FIRM_ARCHIVE,)
