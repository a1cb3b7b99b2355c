"""The demo's own words of a mail."""

from accounts.models import User
from mail.actions.text import save_text
from mail.kinds import mail_kinds
from mail.writing import OwnWords

_SUBJECT = "Nous arrivons : {date_visite}"
_BODY = (
    "<p>{salutation}</p><p>{cabinet} sera chez vous <strong>{date_visite}</strong>. Pour que tout aille vite :</p>"
    "<ul><li>les clés de toutes les pièces, de la cave et du garage,</li><li>l’accès aux compteurs,</li>"
    "<li>vos anciens rapports, s’il y en a.</li></ul><p>À très bientôt !</p>"
)


def seed_words(*, admin: User) -> None:
    """Words the reminder of visits as a firm would, with one earlier version."""
    kind = mail_kinds()["visit_reminder"]
    for subject in ("Rappel de votre visite", _SUBJECT):
        save_text(kind, "fr", words=OwnWords(subject, _BODY, "Voir ma visite"), user=admin)
