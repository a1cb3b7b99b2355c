"""Dossiers of Liciel's software as facts of the field describe them (§ 1.6, 1.7): files by their path."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from tests.storage.builders import image, pdf

type Files = dict[str, bytes]

NUMBER = "2529E0402213K"
BIEN = {
    "Mission_Num_Dossier": "25/LE GOFF/0123",
    "Mission_Date_Visite": "14/03/2025",
    "Mission_Date_Rapport": "17/03/2025",
    "Mission_Heure_Arrivee": "09 h 30",
    "DOrdre_Entete": "Agence",
    "DOrdre_Nom": "Immobilière de l’Œuvre & Cie",
    "DOrdre_Type": "Agence",
    "DOrdre_Adresse1": "3 quai de la Douane",
    "DOrdre_Departement": "29200",
    "DOrdre_Commune": "BREST",
    "Prop_Entete": "Mme",
    "Prop_Nom": "LE GOFF Hélène",
    "Prop_Adresse1": "12 rue de l’Église",
    "Prop_Departement": "29000",
    "Prop_Commune": "QUIMPER",
    "Immeuble_Adresse1": "12 rue de l’Église",
    "Immeuble_Departement": "29000",
    "Immeuble_Commune": "QUIMPER",
    "Immeuble_Lot": "17",
    "Immeuble_Loc_copro": "2ème étage porte gauche",
    "Immeuble_Cadastre": "Section AB numéro 112",
    "Immeuble_Type_bien": "Appartement",
    "Immeuble_Nature_bien": "Habitation (partie privative d’immeuble)",
    "Immeuble_Type_Dossier": "Vente",
    "Immeuble_Occupe_vide": "0",
    "Gen_Nom_operateur": "KERVELLA Yann",
    "Gen_certif_societe": "Qualixpert",
    "Gen_num_certif": "C1234",
    "Gen_certif_date": "06/01/2024",
    "Notes_libres": "#",
    "VersionLogiciel": "5.2.13",
}
ADMIN = {
    "Num_dossier": "25/LE GOFF/0123",
    "dordre_nom": "Immobilière de l’Œuvre & Cie",
    "dordre_tel": "02 98 00 00 01",
    "dordre_mail": "Vente@Oeuvre.example",
    "proprietaire_nom": "LE GOFF Hélène",
    "proprietaire_tel": "06 12 34 56 78",
    "proprietaire_mail": "helene@legoff.example",
    "notaire_Entete": "Maître",
    "notaire_nom": "BŒUF",
    "notaire_mail": "etude@boeuf.example",
    "rdv_contact_nom_tel": "M. Martin (locataire) 07 11 22 33 44",
    "rapport_destinataires_mail": "vente@oeuvre.example; etude@boeuf.example",
    "type_de_dossier": "Vente",
}
CONCLUSIONS = (
    ("Amiante", "Il n’a pas été repéré de matériaux et produits contenant de l’amiante."),
    ("DPE", "Consommation D, émissions B."),
    ("Electricité", "L’installation comporte une ou des anomalies.\nAppareil général de commande"),
    ("Etat Habitabilité", "#"),
)
DPE = {"txtLettreEnergie": "E", "txtLettreCo2": "C", "txtValEnergie": "271", "txtValCo2": "23"}


def flags(*places: int) -> str:
    """Returns the string of flags with these set."""
    return "".join("1" if place in places else "0" for place in range(41))


def single(name: str, values: Mapping[str, str]) -> bytes:
    """Returns a table of one row as the software writes it: Windows-1252, no declaration."""
    return _table(f"LiTable_{name}", _columns(values))


def multiple(name: str, *rows: Mapping[str, str]) -> bytes:
    """Returns a table of several rows."""
    item = f"LiItem_table_{name}"
    return _table(f"LiTable_{name}", "".join(f"<{item}>{_columns(row)}</{item}>" for row in rows))


def _columns(values: Mapping[str, str]) -> str:
    return "".join(f"<LiColonne_{name}>{escape(text)}</LiColonne_{name}>" for name, text in values.items())


def _table(root: str, inside: str) -> bytes:
    return f"<{root}>{inside}</{root}>\r\n".encode("cp1252")


def ademe(
    number: str = NUMBER, *, energy: str = "D", climate: str = "B", value: str = "231.4", made_on: str = "2025-03-18"
) -> bytes:
    """Returns a DPE as it is sent to the observatory."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<dpe version="2.4"><numero_dpe>{number}</numero_dpe><statut>ACTIF</statut>
<administratif><date_visite_diagnostiqueur>2025-03-14</date_visite_diagnostiqueur>
<date_etablissement_dpe>{made_on}</date_etablissement_dpe>
<diagnostiqueur><nom>Kervella</nom></diagnostiqueur></administratif>
<logement><sortie><ef_conso/><ep_conso><ep_conso_5_usages>18000</ep_conso_5_usages>
<ep_conso_5_usages_m2>{value}</ep_conso_5_usages_m2><classe_bilan_dpe>{energy}</classe_bilan_dpe></ep_conso>
<emission_ges><emission_ges_5_usages_m2>7</emission_ges_5_usages_m2>
<classe_emission_ges>{climate}</classe_emission_ges></emission_ges></sortie></logement></dpe>
""".encode()


@dataclass
class Liciel:
    """A dossier to be written: `files()` gives its folder."""

    name: str = "25-LE-GOFF-0123"
    bien: dict[str, str] = field(default_factory=dict)
    admin: dict[str, str] | None = field(default_factory=dict)
    missions: tuple[int, ...] = (1, 11, 13, 20)
    conclusions: tuple[tuple[str, str], ...] = CONCLUSIONS
    dpe: bytes | None = field(default_factory=ademe)
    reports: dict[str, bytes] = field(
        default_factory=lambda: {"25-0123 DPE.pdf": pdf(2), "Facture 25-0123.pdf": pdf(1)}
    )
    more: Files = field(default_factory=dict)
    #: As the software of a machine writes the names of its folders.
    xml_folder: str = "XML"

    def files(self) -> Files:
        """Returns the files of the folder by their path in it."""
        tables = f"{self.xml_folder}/"
        bien = BIEN | {"Mission_Missions_programmees": flags(*self.missions)} | self.bien
        found: Files = {
            f"{tables}Table_General_Bien.xml": single("General_Bien", bien),
            f"{tables}Table_General_Bien_conclusions.xml": multiple(
                "General_Bien_conclusions",
                *({"nom": name, "conclusion_liciel": text} for name, text in self.conclusions),
            ),
            f"{tables}Table_Z_DPE_2020_General.xml": single("Z_DPE_2020_General", DPE),
            f"{tables}Table_Z_Elec_General.xml": multiple(
                "Z_Elec_General", {"Anomalie": "B3.3.6 a1", "Commentaire": ""}
            ),
            f"{tables}Table_Z_Gaz_General.xml": b"",
            "photos/presentation.jpg": image("JPEG"),
            "images/DPE_2020_Etiquette_Energie.jpg": image("JPEG"),
            **self.reports,
        }
        if self.admin is not None:
            admin = single("Admin_Donnees_Dossiers", ADMIN | self.admin)
            found[f"{tables}Table_Admin_Donnees_Dossiers.xml"] = admin
        else:
            found["xml.admin"] = b"\x8a\x01encrypted"
        if self.dpe is not None:
            found[f"{NUMBER}.xml"] = self.dpe
        return found | self.more


def write_folder(root: Path, *dossiers: Liciel) -> Path:
    """Writes dossiers below a folder, which it returns."""
    for dossier in dossiers:
        for name, content in dossier.files().items():
            path = root / dossier.name / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return root


def zipped(*dossiers: Liciel, inside: str = "") -> bytes:
    """Returns a ZIP with a folder for each dossier, below another folder where one is named."""
    return packed(
        {f"{inside}{dossier.name}/{name}": data for dossier in dossiers for name, data in dossier.files().items()}
    )


def packed(files: Mapping[str, bytes]) -> bytes:
    """Returns a ZIP of files by their path."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
