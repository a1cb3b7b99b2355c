"""The tags that a message of the firm may hold: filled for each recipient when it is sent."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.models import Contact, Dossier, Order
from mail.tags import Tag

MESSAGE_TAGS = (
    Tag("nom", _("Recipient's name"), "Anne Kermarrec"),
    Tag("societe", _("Recipient's company"), "Agence du Port"),
    Tag("dossier", _("Title of the dossier"), "Appartement T3 – Brest"),
    Tag("reference", _("Reference of the dossier or number of the order"), "2026-0142"),
    Tag("adresse_bien", _("Address of the property"), "12 rue de Siam 29200 Brest"),
    Tag("cabinet", _("Name of the firm"), "Armor Diagnostics"),
    Tag("expediteur", _("Your name"), "Gwenaëlle Le Bihan"),
    Tag("date", _("Today’s date"), "12/03/2026"),
)
TAG_NAMES = tuple(tag.name for tag in MESSAGE_TAGS)


def tag_values(
    contact: Contact, *, user: User, firm_name: str, dossier: Dossier | None, order: Order | None
) -> dict[str, str]:
    """Returns what the tags say to one recipient."""
    about = dossier or order
    reference = dossier.reference if dossier else order.number if order else ""
    return {
        "nom": contact.name,
        "societe": contact.company,
        "dossier": dossier.title if dossier else "",
        "reference": reference,
        "adresse_bien": about.address_line if about else "",
        "cabinet": firm_name,
        "expediteur": str(user),
        "date": date_format(timezone.localdate(), "SHORT_DATE_FORMAT"),
    }
