"""The mail that reminds an owner of what expires, in the active language."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.mail_tags import DOSSIER, STOP
from extranet.models import Diagnostic, Dossier
from mail.content import MailContent
from mail.kinds import FIRM, LINK, READER, MailGroup, MailKind, MailTag, Reader, Trust, Words, hello
from mail.tags import fence
from mail.writing import compose


def renewal_mail(
    dossier: Dossier, diagnostics: Sequence[Diagnostic], *, firm_name: str, link: str, stop_link: str, today: date
) -> MailContent:
    """Returns the mail that tells the owner of a property which of its diagnostics expire, or have."""
    values = {
        "cabinet": firm_name,
        "dossier": dossier.title,
        "bien": dossier.address_line or dossier.title,
        "diagnostics": "\n".join(_line(diagnostic, today) for diagnostic in diagnostics),
        "lien": link,
        "lien_arret": stop_link,
    }
    return compose(RENEWAL, {**hello(dossier.owner_name), **values})


def _line(diagnostic: Diagnostic, today: date) -> str:
    day = diagnostic.expires_on
    assert day is not None
    text = _("– %(name)s: expired since %(day)s") if day < today else _("– %(name)s: valid until %(day)s")
    return text % {"name": fence(str(diagnostic)), "day": formats.date_format(day, "DATE_FORMAT")}


# --- our words --------------------------------------------------------------------------------------------------------


def _renewal(values: Mapping[str, str]) -> Words:
    firm = {"firm": values["cabinet"]}
    return Words(
        subject=_("Diagnostics to renew: %(title)s") % {"title": values["dossier"]},
        paragraphs=[
            _("%(firm)s made the diagnostics of this property:") % firm,
            values["bien"],
            _("Some of them can soon no longer be used for a sale or a rental, or already cannot:"),
            values["diagnostics"],
            _("If you plan to sell or let, contact %(firm)s to have them made again.") % firm,
            _(
                "You get this e-mail from %(firm)s because it was given your address as that of the owner. "
                "If you do not want to be reminded again, open this address: %(link)s"
            )
            % {**firm, "link": values["lien_arret"]},
        ],
        button=_("Go to the site of %(firm)s") % firm,
    )


RENEWAL = MailKind(
    key="renewal",
    group=MailGroup.DOSSIERS,
    reader=Reader.CLIENT,
    label=gettext_lazy("Diagnostics to renew"),
    tags=(
        *READER,
        FIRM,
        DOSSIER,
        MailTag("bien", gettext_lazy("the property"), "12 rue de Siam, 29200 Brest"),
        MailTag(
            "diagnostics",
            gettext_lazy("what expires, and when"),
            gettext_lazy("– Energy performance: valid until 31/12/2026"),
            Trust.WORDS,
        ),
        LINK,
        STOP,
    ),
    words=_renewal,
    # whoever is reminded can end it
    secrets=("lien_arret",),
)
MAILS = (RENEWAL,)
