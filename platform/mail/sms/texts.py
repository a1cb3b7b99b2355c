"""What text messages say: the tags of each kind, the texts that a firm starts with, how a text is filled."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from mail.sms.enums import SmsKind, SmsLanguage
from mail.tags import Tag, fill_tags

#: Of a model; with its values a message is cut to LONGEST_SENT.
LONGEST_TEXT = 612
#: Six messages of GSM-7: nobody pays for more by mistake.
LONGEST_SENT = 918
_LONGEST_VALUE = 60
#: The one tag whose value is an address.
LINK = "lien"

_FIRM = Tag("cabinet", _("the firm's name"), "Armor Diagnostics")
_CLIENT = Tag("client", _("the client's name"), "Claire Le Goff")
_DOSSIER = Tag("dossier", _("the dossier's name"), "Maison Le Goff")
_LINK = Tag(LINK, _("the address of its page"), "https://armor.example.fr/dossiers/x7k2/")
_AMOUNT = Tag("montant", _("what is due"), "240,00 €")
_VISIT = (
    Tag("date", _("the day of the visit"), _("Tuesday 8 December")),
    Tag("heure", _("its time"), "14:30"),
    Tag("adresse", _("where it is"), "12 rue du Port, Brest"),
    Tag("technicien", _("who comes"), "Yann Kerbrat"),
    Tag("telephone", _("who comes: phone"), "06 12 34 56 78"),
)
TAGS: Mapping[str, tuple[Tag, ...]] = {
    SmsKind.DOSSIER: (_FIRM, _CLIENT, _DOSSIER, _LINK),
    SmsKind.PAYMENT: (_FIRM, _CLIENT, _DOSSIER, _AMOUNT, _LINK),
    SmsKind.VISIT: (
        _FIRM,
        _CLIENT,
        Tag("etat", _("confirmed, moved or cancelled"), pgettext_lazy("visit", "confirmed")),
        *_VISIT,
    ),
    SmsKind.VISIT_REMINDER: (_FIRM, _CLIENT, *_VISIT),
}
#: Without accents that would make them UCS-2: each is one or two messages with ordinary values.
DEFAULTS: Mapping[tuple[str, str], str] = {
    (SmsKind.DOSSIER, SmsLanguage.FRENCH): "{cabinet} : vos diagnostics pour {dossier} sont disponibles : {lien}",
    (SmsKind.DOSSIER, SmsLanguage.ENGLISH): "{cabinet}: your reports for {dossier} are available: {lien}",
    (SmsKind.PAYMENT, SmsLanguage.FRENCH): (
        "{cabinet} : sauf erreur, {montant} restent à régler pour {dossier}. Régler en ligne : {lien}"
    ),
    (SmsKind.PAYMENT, SmsLanguage.ENGLISH): (
        "{cabinet}: unless we are mistaken, {montant} is still due for {dossier}. Pay online: {lien}"
    ),
    (SmsKind.VISIT, SmsLanguage.FRENCH): (
        "{cabinet} : votre rendez-vous du {date} à {heure} est {etat}. {adresse}. {technicien} {telephone}"
    ),
    (SmsKind.VISIT, SmsLanguage.ENGLISH): (
        "{cabinet}: your visit of {date} at {heure} is {etat}. {adresse}. {technicien} {telephone}"
    ),
    (SmsKind.VISIT_REMINDER, SmsLanguage.FRENCH): (
        "Rappel {cabinet} : visite de diagnostic le {date} à {heure}, {adresse}. {technicien} {telephone}"
    ),
    (SmsKind.VISIT_REMINDER, SmsLanguage.ENGLISH): (
        "Reminder from {cabinet}: survey on {date} at {heure}, {adresse}. {technicien} {telephone}"
    ),
}
_DOTTED = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")


def visit_word(news: str) -> str:
    """Returns what became of a visit in one word: booked, moved or cancelled."""
    words = {"moved": pgettext("visit", "moved"), "cancelled": pgettext("visit", "cancelled")}
    return words.get(news, pgettext("visit", "confirmed"))


def fill_text(text: str, values: Mapping[str, str]) -> str:
    """Returns a model's text with its values, each fenced but the link; what has no value goes."""
    told = {name: value if name == LINK else fence(value) for name, value in values.items()}
    missing = {tag.name for tags in TAGS.values() for tag in tags if not told.get(tag.name)}
    # with the stop or comma that would follow it
    text = re.sub(rf"\{{ *(?:{'|'.join(missing)}) *\}}[.,;]?", "", text)
    filled = fill_tags(text, told)
    return re.sub(r"[ \t]+(?=\s|[.,;!?]|$)|(?<=\n)[ \t]+", "", filled).strip()[:LONGEST_SENT]


def fence(value: str) -> str:
    """Returns a value on one line, short, and with nothing that a phone would make a link of.

    Not as mails do it (mail.tags.fence): their mark would make the whole message UCS-2.
    """
    flat = " ".join(value.split())[:_LONGEST_VALUE].rstrip()
    return _DOTTED.sub(". ", flat.replace("://", " ").replace("@", " "))


def with_signature(text: str, signature: str) -> str:
    """Returns the text with the firm's signature on a line of its own."""
    return f"{text}\n{signature}" if signature.strip() else text
