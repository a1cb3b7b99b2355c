"""The mail that tells the firm which of its papers run out, in the active language."""

from collections.abc import Sequence

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from extranet.queries.library import Deadline
from mail.content import Button, MailContent


def deadlines_mail(deadlines: Sequence[Deadline], *, name: str, link: str) -> MailContent:
    """Returns the mail that names the attestations and certificates that expire soon or have expired."""
    subject = ngettext(
        "%(count)d attestation or certificate to renew",
        "%(count)d attestations or certificates to renew",
        len(deadlines),
    )
    return MailContent(
        subject=subject % {"count": len(deadlines)},
        greeting=_("Hello %(name)s,") % {"name": name},
        paragraphs=[
            _("Of the papers of your firm these run out:"),
            "\n".join(_line(each) for each in deadlines),
            _("Add the new version, or its new date, when you have it: your clients then see it at once."),
        ],
        button=Button(label=_("See the documents"), url=link),
    )


def _line(deadline: Deadline) -> str:
    text = _("– %(name)s: expired since %(day)s") if deadline.row.is_expired else _("– %(name)s: valid until %(day)s")
    return text % {"name": deadline.label, "day": formats.date_format(deadline.expires_on, "DATE_FORMAT")}
