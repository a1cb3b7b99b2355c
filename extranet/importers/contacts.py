"""A contact in a line of a table: which column fills what, and whether its texts can be a contact's."""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import USERNAME_LENGTH
from extranet.enums import ContactKind
from extranet.importers.table import Head, Line, NoValue, NumberText
from extranet.models import Contact
from kernel.text import fold

#: What a column can fill, and how the page calls it.
FIELDS: Mapping[str, str | Promise] = {
    "email": gettext_lazy("E-mail"),
    "name": gettext_lazy("Name"),
    "company": gettext_lazy("Company"),
    "kind": gettext_lazy("Type"),
    "phone": gettext_lazy("Phone"),
    "street": gettext_lazy("Address"),
    "postcode": gettext_lazy("Postcode"),
    "city": gettext_lazy("Town"),
    "collaborators": gettext_lazy("Collaborators' e-mails"),
    "username": gettext_lazy("Identifier"),
}
REQUIRED = ("email",)
#: How others call them, folded and without spaces or signs.
_SYNONYMS: Mapping[str, str] = {
    "email": "email mail courriel adressemail adresseemail emailaddress courrielprincipal emailprincipal",
    "name": "nom name nomcomplet fullname contact nometprenom nomprenom prenometnom interlocuteur nomducontact",
    "company": "societe company raisonsociale entreprise agence organisation cabinet etude denomination nomdelasociete",
    "kind": "type kind categorie category typedecontact profil profession",
    "phone": "telephone phone tel mobile portable telephonefixe telfixe telmobile telephonemobile gsm numero",
    "street": "adresse address rue street voie adresse1 adressepostale adresseligne1 numeroetvoie",
    "postcode": "codepostal postcode cp zip zipcode postalcode",
    "city": "ville city town commune localite",
    "collaborators": "collaborateurs collaborators emailscollaborateurs emailcollaborateurs emaildescollaborateurs"
    " collaboratorsemails adressesdescollaborateurs autresemails",
    "username": "identifiant username login identifier nomdutilisateur utilisateur",
}  # fmt: skip
_KINDS: Mapping[str, str] = {
    ContactKind.AGENCY: "agence agency agenceimmobiliere estateagency agent immobilier agentimmobilier",
    ContactKind.NOTARY: "notaire notary etude etudenotariale officenotarial",
    ContactKind.OWNER: "proprietaire owner particulier vendeur bailleur",
    ContactKind.MANAGER: "syndic manager gestionnaire propertymanager syndicdecopropriete administrateurdebiens",
    ContactKind.OTHER: "autre other divers",
}
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_SEPARATORS = re.compile(r"[\s,;]+")
_USERNAME = re.compile(r"[\w.@+-]+")
_MAX_EMAIL = 254
_SHOWN = 100


@dataclass(frozen=True)
class Person:
    """What a line says of a contact; "" where it says nothing."""

    email: str
    name: str = ""
    company: str = ""
    kind: str = ""
    phone: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    collaborators: tuple[str, ...] = ()
    username: str = ""


@dataclass(frozen=True)
class LineError:
    """Why a line is refused: the column, what stands there, and the reason for a person to read."""

    column: str
    value: str
    text: str

    def at(self, line: int) -> dict[str, Any]:
        """Returns it as the report keeps it."""
        return {"line": line, "column": self.column, "value": self.value[:_SHOWN], "text": self.text}


def guess_columns(head: Head) -> dict[str, int]:
    """Returns which column (from 0) fills which field, by the titles in French or English, else by what is in it."""
    known = _known_titles()
    guessed: dict[str, int] = {}
    for column, title in enumerate(head.titles):
        name = known.get(_bare(title))
        if name and name not in guessed:
            guessed[name] = column
    if "email" not in guessed:
        for column in range(len(head.titles)):
            texts = head.samples_of(column)
            if column not in guessed.values() and texts and all(_is_email(text) for text in texts):
                guessed["email"] = column
                break
    return guessed


def read_person(line: Line, columns: Mapping[str, int]) -> tuple[Person | None, list[LineError]]:
    """Returns the person in a line; None with the reasons when a text cannot be a contact's."""
    errors: list[LineError] = []
    texts = {name: line.cell(column) for name, column in columns.items()}

    def refuse(name: str, text: str) -> None:
        errors.append(LineError(str(FIELDS[name]), texts[name], text))

    for name, text in texts.items():
        if isinstance(text, NoValue):
            refuse(name, _("The cell holds a formula without a result: open the file in Excel and save it again."))
        elif len(text) > _most(name):
            refuse(name, _("Too long: %(most)s characters at most.") % {"most": _most(name)})
    if errors:
        return None, errors
    email = texts["email"].lower()
    if not email:
        refuse("email", _("The e-mail is missing."))
    elif not _is_email(email):
        refuse("email", _("This is not an e-mail address."))
    kind = _known_kinds().get(_bare(texts.get("kind", "")), "")
    if texts.get("kind") and not kind:
        labels = ", ".join(str(label) for label in ContactKind.labels)
        refuse("kind", _("This type is not known; there are: %(kinds)s.") % {"kinds": labels})
    username = texts.get("username", "").lower()
    if username and not _USERNAME.fullmatch(username):
        refuse("username", _("Use letters, digits and . @ + - _ only, without spaces."))
    collaborators: list[str] = []
    for entry in filter(None, _SEPARATORS.split(texts.get("collaborators", "").lower())):
        if not _is_email(entry):
            refuse("collaborators", _("“%(entry)s” is not an e-mail address.") % {"entry": entry[:_SHOWN]})
        elif entry not in collaborators:
            collaborators.append(entry)
    if errors:
        return None, errors
    return (
        Person(
            email=email,
            name=_one_line(texts.get("name", "")),
            company=_one_line(texts.get("company", "")),
            kind=kind,
            phone=_with_zero(texts.get("phone", ""), 10),
            street=_one_line(texts.get("street", "")),
            postcode=_with_zero(texts.get("postcode", ""), 5),
            city=_one_line(texts.get("city", "")),
            collaborators=tuple(collaborators),
            username=username,
        ),
        [],
    )


@functools.cache
def _known_titles() -> dict[str, str]:
    known = {title: name for name, titles in _SYNONYMS.items() for title in titles.split()}
    for language in ("fr", "en"):
        with translation.override(language):
            known |= {_bare(str(label)): name for name, label in FIELDS.items()}
    return known


@functools.cache
def _known_kinds() -> dict[str, str]:
    known = {word: str(kind) for kind, words in _KINDS.items() for word in words.split()}
    for language in ("fr", "en"):
        with translation.override(language):
            known |= {_bare(str(kind.label)): kind.value for kind in ContactKind}
    return known


def _bare(text: str) -> str:
    return _NO_LETTER.sub("", fold(text))


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= _MAX_EMAIL


def _most(name: str) -> int:
    if name == "collaborators":
        return 5_000
    if name == "email":
        return USERNAME_LENGTH
    if name == "username":
        return 60
    if name == "kind":
        return _SHOWN
    most: int = Contact._meta.get_field(name).max_length  # type: ignore[union-attr, assignment]
    return most


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _with_zero(text: str, length: int) -> str:
    """Returns a French number with the zero that a cell of numbers has lost."""
    if isinstance(text, NumberText) and len(text) == length - 1 and text.isdigit():
        return f"0{text}"
    return _one_line(text)


def as_columns(data: Mapping[str, Any]) -> dict[str, int]:
    """Returns a stored matching: the column by the field."""
    return {name: int(column) for name, column in data.items() if name in FIELDS}


def letters(column: int) -> str:
    """Returns how Excel calls a column (from 0): A, B … Z, AA and so on."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def title_of(titles: Sequence[str], column: int) -> str:
    """Returns how a page calls a column: its letters and its title."""
    return f"{letters(column)} – {titles[column]}" if titles[column] else letters(column)
