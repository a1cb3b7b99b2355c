"""The mail that tells the firm which of its papers run out, in the active language."""

from collections.abc import Mapping, Sequence

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from extranet.queries.library import Deadline
from mail.content import MailContent
from mail.kinds import LINK, READER, MailGroup, MailKind, MailTag, Reader, Trust, Words, hello
from mail.tags import fence
from mail.writing import compose


def deadlines_mail(deadlines: Sequence[Deadline], *, name: str, link: str) -> MailContent:
    """Returns the mail that names the attestations and certificates that expire soon or have expired."""
    count = ngettext(
        "%(count)d attestation or certificate to renew",
        "%(count)d attestations or certificates to renew",
        len(deadlines),
    )
    values = {
        "nombre": count % {"count": len(deadlines)},
        "pieces": "\n".join(_line(each) for each in deadlines),
        "lien": link,
    }
    return compose(DEADLINES, {**hello(name), **values})


def _line(deadline: Deadline) -> str:
    text = _("– %(name)s: expired since %(day)s") if deadline.row.is_expired else _("– %(name)s: valid until %(day)s")
    return text % {"name": fence(str(deadline.label)), "day": formats.date_format(deadline.expires_on, "DATE_FORMAT")}


def _deadlines(values: Mapping[str, str]) -> Words:
    return Words(
        subject=values["nombre"],
        paragraphs=[
            _("Of the papers of your firm these run out:"),
            values["pieces"],
            _("Add the new version, or its new date, when you have it: your clients then see it at once."),
        ],
        button=_("See the documents"),
    )


DEADLINES = MailKind(
    key="deadlines",
    group=MailGroup.DOSSIERS,
    reader=Reader.FIRM,
    label=gettext_lazy("Attestations and certificates to renew"),
    tags=(
        *READER,
        MailTag(
            "nombre", gettext_lazy("how many"), gettext_lazy("2 attestations or certificates to renew"), Trust.WORDS
        ),
        MailTag(
            "pieces",
            gettext_lazy("what expires, and when"),
            gettext_lazy("– Energy performance: valid until 31/12/2026"),
            Trust.WORDS,
        ),
        LINK,
    ),
    words=_deadlines,
)
MAILS = (DEADLINES,)
