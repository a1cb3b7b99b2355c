"""What the tables of a dossier say, as values of the portal's kind; what is missing or broken is told, not fatal."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from extranet.enums import ContactKind, PropertyKind, Transaction
from extranet.importers.liciel.ademe import DEPOSIT, NUMBER, AdemeDpe, read_ademe
from extranet.importers.liciel.conclusions import FoundDiagnostic, read_diagnostics
from extranet.importers.liciel.dossier import PROPERTY, TABLES, DossierFolder
from extranet.importers.liciel.safe_xml import MAX_BYTES, BrokenXml, UnsafeXml
from extranet.importers.liciel.source import SourceFile
from extranet.importers.liciel.table import Table, decode, read_table
from kernel.errors import DomainError
from kernel.text import fold

ADMIN = "table_admin_donnees_dossiers"
_PHOTOS = "table_general_photo"
#: The tables whose fields are read; the others are kept as they are.
_KNOWN = frozenset(
    (
        PROPERTY,
        ADMIN,
        _PHOTOS,
        "table_general_bien_conclusions",
        "table_z_conclusions_details",
        "table_z_dpe_2020_general",
    )
)
#: Characters of a dossier's other tables that are kept, together and of one.
MAX_RAW, MAX_RAW_TABLE = 4_000_000, 1_000_000
_MAX_RAW_TABLES = 300
#: Bytes of all tables of a dossier.
_MAX_TABLES = 64 * 1024 * 1024
_PICTURES = (".jpg", ".jpeg", ".png")
_PHONE = re.compile(r"(?:\+33|0033|0)[\s.\-]?(?:\(0\)[\s.\-]?)?[1-9](?:[\s.\-]?\d{2}){4}")
_SEPARATORS = re.compile(r"[\s,;]+")
_POSTCODE = re.compile(r"\d{4,5}")
_PROPERTIES = (
    ("maison", PropertyKind.HOUSE),
    ("pavillon", PropertyKind.HOUSE),
    ("villa", PropertyKind.HOUSE),
    ("appartement", PropertyKind.FLAT),
    ("studio", PropertyKind.FLAT),
    ("immeuble", PropertyKind.BUILDING),
    ("parties communes", PropertyKind.BUILDING),
    ("local", PropertyKind.COMMERCIAL),
    ("commerc", PropertyKind.COMMERCIAL),
    ("bureau", PropertyKind.COMMERCIAL),
    ("terrain", PropertyKind.LAND),
)
_TRANSACTIONS = (
    ("vente", Transaction.SALE),
    ("locati", Transaction.RENTAL),
    ("travaux", Transaction.WORKS),
    ("demolition", Transaction.WORKS),
)
_ORDERERS = (
    ("agence", ContactKind.AGENCY),
    ("immobili", ContactKind.AGENCY),
    ("notaire", ContactKind.NOTARY),
    ("syndic", ContactKind.MANAGER),
    ("gestionnaire", ContactKind.MANAGER),
    ("proprietaire", ContactKind.OWNER),
    ("particulier", ContactKind.OWNER),
)


@dataclass(frozen=True)
class Person:
    """Somebody whom a dossier names; "" for what it does not say."""

    name: str = ""
    kind: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Operator:
    """Who made the diagnostics, with the certificate."""

    name: str = ""
    certified_by: str = ""
    number: str = ""
    certified_on: date | None = None


@dataclass(frozen=True)
class FoundFile:
    """A file of a dossier; `inside` is its path in the folder, in lower case."""

    inside: str
    file: SourceFile


@dataclass(frozen=True)
class RawTable:
    """A table that is kept as it is."""

    name: str
    content: str


@dataclass(frozen=True)
class LicielDossier:
    """A dossier of the software: what the portal has a place for, typed; the rest raw; what people should know."""

    folder: str
    is_named: bool
    reference: str
    visited_on: date | None
    reported_on: date | None
    transaction: str
    property_kind: str
    street: str
    street_extra: str
    postcode: str
    city: str
    cadastre: str
    owner: Person
    orderer: Person
    notary: Person
    occupant: Person
    #: Who gets the reports, by e-mail.
    recipients: tuple[str, ...]
    operator: Operator
    diagnostics: tuple[FoundDiagnostic, ...]
    photo: FoundFile | None
    reports: tuple[FoundFile, ...]
    raw: tuple[RawTable, ...]
    software: str
    warnings: tuple[str, ...]


def read_dossier(folder: DossierFolder) -> LicielDossier:
    """Returns the dossier in a folder.

    Raises DomainError `no_dossier` (why the folder is none), `table_refused` (its table of the property cannot be read)
    or as SourceFile.read does.
    """
    if folder.problem:
        raise DomainError("no_dossier", folder.problem)
    reader = _Reader(folder)
    tables, raw = reader.tables()
    bien = tables.get(PROPERTY)
    if bien is None or not bien.rows:
        raise DomainError("table_refused", _("The table of the property (Table_General_Bien.xml) cannot be read."))
    admin = tables.get(ADMIN, Table(ADMIN))
    if ADMIN not in tables:
        reader.warn(_("The administrative table is missing: phone numbers, e-mails and the notary are not known."))
    dpe = reader.ademe()
    visited_on = bien.day("mission_date_visite") or admin.day("rdv_date")
    told = bien.text("mission_date_visite")
    if visited_on is None and told:
        reader.warn(_("The day of the visit (%(text)s) is not understood.") % {"text": told[:40]})
    diagnostics = read_diagnostics(tables, bien, dpe, made_on=visited_on or bien.day("mission_date_rapport"))
    if not diagnostics:
        reader.warn(_("No mission is marked in the dossier."))
    photo = reader.photo(tables, admin)
    reports = reader.reports()
    if not reports:
        reader.warn(_("There is no PDF report in the folder."))
    return LicielDossier(
        folder=folder.name,
        is_named=folder.is_named,
        reference=(bien.text("mission_num_dossier") or admin.text("num_dossier"))[:60],
        visited_on=visited_on,
        reported_on=bien.day("mission_date_rapport") or admin.day("rapport_date"),
        transaction=_transaction(bien, admin),
        property_kind=_word(f"{bien.text('immeuble_type_bien')} {bien.text('immeuble_nature_bien')}", _PROPERTIES),
        street=_either(bien, "immeuble_adresse1", admin, "bien_adresse")[:200],
        street_extra=_extra(bien, admin)[:200],
        postcode=_postcode(_either(bien, "immeuble_departement", admin, "bien_cp")),
        city=_either(bien, "immeuble_commune", admin, "bien_ville")[:100],
        cadastre=_either(bien, "immeuble_cadastre", admin, "bien_cadastre")[:100],
        owner=_person(bien, "prop", admin, "proprietaire"),
        orderer=_person(bien, "dordre", admin, "dordre"),
        notary=_person(Table(""), "", admin, "notaire"),
        occupant=_on_the_spot(admin),
        recipients=_addresses(admin.text("rapport_destinataires_mail")),
        operator=_operator(bien, admin),
        diagnostics=diagnostics,
        photo=photo,
        reports=reports,
        raw=raw,
        software=bien.text("versionlogiciel")[:60],
        warnings=tuple(reader.warnings),
    )


class _Reader:
    """Reads the files of a folder, and remembers what people should know of them."""

    def __init__(self, folder: DossierFolder) -> None:
        self._files = folder.files
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        """Remembers a warning, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def tables(self) -> tuple[Mapping[str, Table], tuple[RawTable, ...]]:
        """Returns the tables that are read, by their folded names, and the others as they are."""
        tables: dict[str, Table] = {}
        raw: list[RawTable] = []
        left, room = _MAX_TABLES, MAX_RAW
        for inside, file in self._files.items():
            stem, _dot, extension = inside[-1].rpartition(".")
            if extension != "xml" or len(inside) > 2 or (len(inside) == 2 and inside[0] != TABLES):
                continue
            if not stem.startswith("table_"):
                continue
            left -= file.size
            if left < 0 or file.size > MAX_BYTES:
                self.warn(_("The table %(name)s is too large and was left out.") % {"name": file.name})
                continue
            data = file.read(MAX_BYTES)
            table = self._table(stem, file, data)
            if table is not None:
                tables[stem] = table
            if (table is None or stem not in _KNOWN) and data.strip():
                content = decode(data)
                if len(content) > min(MAX_RAW_TABLE, room) or len(raw) >= _MAX_RAW_TABLES:
                    self.warn(_("The table %(name)s is too large to be kept.") % {"name": file.name})
                    continue
                room -= len(content)
                raw.append(RawTable(file.name[:150], content))
        return tables, tuple(raw)

    def _table(self, stem: str, file: SourceFile, data: bytes) -> Table | None:
        if not data.strip():
            return None
        try:
            return read_table(stem, data)
        except UnsafeXml:
            self.warn(_("The table %(name)s is refused: no table of the software looks so.") % {"name": file.name})
        except BrokenXml:
            self.warn(_("The table %(name)s is damaged; what it says is missing.") % {"name": file.name})
        return None

    def ademe(self) -> AdemeDpe | None:
        """Returns the DPE of the file for the observatory: the one called by its number, else the last deposit."""
        named, deposits = [], []
        for inside, file in self._files.items():
            if len(inside) == 1 and inside[0].endswith(".xml"):
                if NUMBER.fullmatch(file.name[:-4].upper()):
                    named.append(file)
                elif (deposit := DEPOSIT.fullmatch(file.name)) is not None:
                    deposits.append((deposit[1], int(deposit[2]), file))
        files = [*named, *(file for _at, _attempt, file in sorted(deposits, key=lambda one: one[:2], reverse=True))]
        for file in files:
            try:
                dpe = read_ademe(file.read(MAX_BYTES), name=file.name) if file.size <= MAX_BYTES else None
            except UnsafeXml:
                self.warn(_("The file %(name)s is refused: no DPE looks so.") % {"name": file.name})
            except BrokenXml:
                self.warn(_("The file %(name)s is damaged; what it says is missing.") % {"name": file.name})
                if file in named:
                    return AdemeDpe(number=file.name[:-4].upper())
            else:
                if dpe is not None:
                    return dpe
        return None

    def photo(self, tables: Mapping[str, Table], admin: Table) -> FoundFile | None:
        """Returns the main picture: the one called so, else the one that a table names."""
        for inside, file in self._files.items():
            stem, _dot, extension = inside[-1].rpartition(".")
            if stem == "presentation" and f".{extension}" in _PICTURES:
                return FoundFile("/".join(inside), file)
        named = [admin.raw("photo_de_presentation")]
        for row in tables.get(_PHOTOS, Table(_PHOTOS)).rows:
            if "presentation" in fold(" ".join(row.values())):
                named += [row.get("photo", ""), row.get("chemin_acces", "")]
        for path in named:
            name = path.replace("\\", "/").rpartition("/")[2].strip().lower()
            if name.endswith(_PICTURES):
                for inside, file in self._files.items():
                    if inside[-1] == name:
                        return FoundFile("/".join(inside), file)
        return None

    def reports(self) -> tuple[FoundFile, ...]:
        """Returns the PDFs of the folder, wherever they lie in it."""
        return tuple(
            FoundFile("/".join(inside), file)
            for inside, file in sorted(self._files.items(), key=lambda one: one[0])
            if inside[-1].endswith(".pdf")
        )


def _either(first: Table, column: str, second: Table, other: str) -> str:
    return first.text(column) or second.text(other)


def _person(bien: Table, prefix: str, admin: Table, other: str) -> Person:
    """Returns a person of the table of the property, completed by the administrative one."""
    title = _either(bien, f"{prefix}_entete", admin, f"{other}_entete")
    name = _either(bien, f"{prefix}_nom", admin, f"{other}_nom")
    return Person(
        name=" ".join(part for part in (title, name) if part)[:120] if name else "",
        kind=_word(_either(bien, f"{prefix}_type", admin, f"{other}_type"), _ORDERERS),
        street=_either(bien, f"{prefix}_adresse1", admin, f"{other}_adresse")[:200],
        postcode=_postcode(_either(bien, f"{prefix}_departement", admin, f"{other}_cp")),
        city=_either(bien, f"{prefix}_commune", admin, f"{other}_ville")[:100],
        phone=_either(bien, f"{prefix}_tel", admin, f"{other}_tel")[:30],
        email=next(iter(_addresses(_either(bien, f"{prefix}_mail", admin, f"{other}_mail"))), ""),
    )


def _on_the_spot(admin: Table) -> Person:
    """Returns whom the diagnostician meets: one text with name and phone."""
    text = admin.text("rdv_contact_nom_tel")
    phone = _PHONE.search(text)
    if phone is None:
        return Person(name=text[:120])
    name = " ".join(f"{text[: phone.start()]} {text[phone.end() :]}".split())
    return Person(name=name.replace("( )", "").strip(" -–,;:/")[:120], phone=phone[0][:30])


def _operator(bien: Table, admin: Table) -> Operator:
    parts = (bien.text("gen_nom_operateur_uniquementprenom"), bien.text("gen_nom_operateur_uniquementnomfamille"))
    name = _either(bien, "gen_nom_operateur", admin, "operateur_reperage") or " ".join(filter(None, parts))
    return Operator(
        name=name[:120],
        certified_by=_either(bien, "gen_certif_societe", admin, "operateur_certif_societe")[:120],
        number=_either(bien, "gen_num_certif", admin, "operateur_certif_num")[:60],
        certified_on=bien.day("gen_certif_date") or admin.day("operateur_certif_date"),
    )


def _extra(bien: Table, admin: Table) -> str:
    """Returns the building, floor and lot on one line."""
    lot = _either(bien, "immeuble_lot", admin, "bien_lot")
    place = _either(bien, "immeuble_loc_copro", admin, "bien_lieu_interne")
    if lot and "lot" not in fold(lot):
        lot = f"Lot {lot}"
    return ", ".join(part for part in (place, lot) if part)


def _transaction(bien: Table, admin: Table) -> str:
    return _word(f"{bien.text('immeuble_type_dossier')} {admin.text('type_de_dossier')}", _TRANSACTIONS)


def _word(text: str, words: Iterable[tuple[str, str]]) -> str:
    folded = fold(text)
    return next((value for word, value in words if word in folded), "")


def _postcode(text: str) -> str:
    found = _POSTCODE.search(text)
    return found[0].zfill(5) if found else ""


def _addresses(text: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for entry in _SEPARATORS.split(text.lower()):
        try:
            validate_email(entry)
        except ValidationError:
            continue
        if len(entry) <= 150:
            found[entry] = None
    return tuple(found)
