"""The mail that reminds an owner of what expires, in the active language."""

from collections.abc import Sequence
from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _

from extranet.models import Diagnostic, Dossier
from mail.content import Button, MailContent


def renewal_mail(
    dossier: Dossier, diagnostics: Sequence[Diagnostic], *, firm_name: str, link: str, stop_link: str, today: date
) -> MailContent:
    """Returns the mail that tells the owner of a property which of its diagnostics expire, or have."""
    name = dossier.owner_name
    return MailContent(
        subject=_("Diagnostics to renew: %(title)s") % {"title": dossier.title},
        greeting=_("Hello %(name)s,") % {"name": name} if name else _("Hello,"),
        paragraphs=[
            _("%(firm)s made the diagnostics of this property:") % {"firm": firm_name},
            dossier.address_line or dossier.title,
            _("Some of them can soon no longer be used for a sale or a rental, or already cannot:"),
            "\n".join(_line(diagnostic, today) for diagnostic in diagnostics),
            _("If you plan to sell or let, contact %(firm)s to have them made again.") % {"firm": firm_name},
            _(
                "You get this e-mail from %(firm)s because it was given your address as that of the owner. "
                "If you do not want to be reminded again, open this address: %(link)s"
            )
            % {"firm": firm_name, "link": stop_link},
        ],
        button=Button(label=_("Go to the site of %(firm)s") % {"firm": firm_name}, url=link),
    )


def _line(diagnostic: Diagnostic, today: date) -> str:
    day = diagnostic.expires_on
    assert day is not None
    text = _("– %(name)s: expired since %(day)s") if day < today else _("– %(name)s: valid until %(day)s")
    return text % {"name": diagnostic, "day": formats.date_format(day, "DATE_FORMAT")}
