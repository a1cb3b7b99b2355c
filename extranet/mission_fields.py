"""What the fields of a mission order's PDF mean, by their names, and the tags of its texts: pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extranet.enums import DiagnosticKind
from extranet.enums_mission import MissionDatum
from kernel.text import fold

#: A box for each diagnostic: `diag_dpe` and so on.
DIAGNOSTIC_PREFIX = "diag_"
_LETTERS = re.compile(r"[^a-z0-9]+")
_INDEX = re.compile(r"\[\d+\]|#\d+$")
#: Names that other people's forms have for the same.
_ALIASES: Mapping[str, MissionDatum] = {
    **dict.fromkeys(("dordre", "donneur_ordre", "donneur_d_ordre", "client", "client_nom"), MissionDatum.DORDRE_NOM),
    **dict.fromkeys(("client_adresse", "donneur_ordre_adresse"), MissionDatum.DORDRE_ADRESSE),
    **dict.fromkeys(("client_tel", "client_telephone", "dordre_telephone"), MissionDatum.DORDRE_TEL),
    **dict.fromkeys(("client_mail", "client_email", "dordre_email"), MissionDatum.DORDRE_MAIL),
    **dict.fromkeys(("societe", "dordre_raison_sociale"), MissionDatum.DORDRE_SOCIETE),
    **dict.fromkeys(("proprietaire", "proprietaire_nom_prenom"), MissionDatum.PROPRIETAIRE_NOM),
    "proprietaire_telephone": MissionDatum.PROPRIETAIRE_TEL,
    "proprietaire_email": MissionDatum.PROPRIETAIRE_MAIL,
    **dict.fromkeys(("occupant", "locataire", "locataire_nom"), MissionDatum.OCCUPANT_NOM),
    **dict.fromkeys(("occupant_telephone", "locataire_tel"), MissionDatum.OCCUPANT_TEL),
    "notaire": MissionDatum.NOTAIRE_NOM,
    **dict.fromkeys(("adresse_bien", "adresse_du_bien", "immeuble_adresse1"), MissionDatum.BIEN_ADRESSE),
    **dict.fromkeys(("bien_code_postal", "immeuble_departement"), MissionDatum.BIEN_CP),
    **dict.fromkeys(("bien_commune", "immeuble_commune"), MissionDatum.BIEN_VILLE),
    **dict.fromkeys(("cadastre", "bien_parcelle", "immeuble_cadastre"), MissionDatum.BIEN_CADASTRE),
    **dict.fromkeys(("lot", "immeuble_lot"), MissionDatum.BIEN_LOT),
    **dict.fromkeys(("surface", "bien_surface_habitable"), MissionDatum.BIEN_SURFACE),
    **dict.fromkeys(("annee_construction", "bien_annee"), MissionDatum.BIEN_ANNEE),
    **dict.fromkeys(("type_bien", "bien_type", "immeuble_type_bien"), MissionDatum.BIEN_NATURE),
    **dict.fromkeys(("date_rdv", "mission_date_visite", "date_visite"), MissionDatum.RDV_DATE),
    **dict.fromkeys(("heure_rdv", "mission_heure_arrivee"), MissionDatum.RDV_HEURE),
    **dict.fromkeys(("clefs", "cles", "rdv_cles"), MissionDatum.RDV_CLEFS),
    **dict.fromkeys(("dossier_nom", "dossier_num", "numero_dossier", "mission_num_dossier"), MissionDatum.DOSSIER_NUM),
    **dict.fromkeys(("observations", "remarques"), MissionDatum.DOSSIER_OBSERVATIONS),
    **dict.fromkeys(("operateur", "gen_nom_operateur", "diagnostiqueur"), MissionDatum.OPERATEUR),
    **dict.fromkeys(("diagnostics", "missions", "mission", "rapport_type"), MissionDatum.MISSION_DIAGNOSTICS),
    "date": MissionDatum.DATE_JOUR,
    **dict.fromkeys(("num_devis", "devis_numero", "numero_devis"), MissionDatum.DEVIS_NUM),
    **dict.fromkeys(("total_ttc", "montant_ttc"), MissionDatum.PRIX_TTC),
    **dict.fromkeys(("total_ht", "montant_ht"), MissionDatum.PRIX_HT),
}
_TAG = re.compile(r"\{\{\s*([^{}\n]*?)\s*\}\}")
_STRAY = re.compile(r"\{\{|\}\}")


def datum_choices() -> list[tuple[str, str]]:
    """Returns all that a field can show: the key and what people call it."""
    boxes = [(f"{DIAGNOSTIC_PREFIX}{kind}", str(label)) for kind, label in DiagnosticKind.choices]
    return [(str(key), str(label)) for key, label in MissionDatum.choices] + boxes


def datum_of(field: str) -> str:
    """Returns the key of what a field of this name shows; empty when nobody can tell."""
    last = _INDEX.sub("", field.rpartition(".")[2] or field)
    name = _LETTERS.sub("_", fold(last)).strip("_").removeprefix("licolonne_").removeprefix("liciweb_")
    for candidate in (name, re.sub(r"_?\d+$", "", name)):
        if candidate in MissionDatum.values:
            return candidate
        if candidate in _ALIASES:
            return str(_ALIASES[candidate])
        kind = candidate.removeprefix(DIAGNOSTIC_PREFIX)
        if candidate.startswith(DIAGNOSTIC_PREFIX) and kind in DiagnosticKind.values:
            return candidate
    return ""


def field_values(fields: Sequence[str], assigned: Mapping[str, str], data: Mapping[str, str]) -> dict[str, str]:
    """Returns what stands in each field; one that means nothing to us is left out and so stays as the file has it."""
    chosen = {name: assigned.get(name, "") for name in fields}
    return {name: data.get(key, "") for name, key in chosen.items() if key}


@dataclass(frozen=True)
class WrongTag:
    """What stands between braces and is no tag; the line and the character count from one."""

    text: str
    line: int
    column: int


def wrong_tags(text: str) -> list[WrongTag]:
    """Returns what looks like a tag and is none, in its order."""
    wrong = [(found.start(), found[0]) for found in _TAG.finditer(text) if found[1] not in MissionDatum.values]
    covered = [found.span() for found in _TAG.finditer(text)]
    wrong += [
        (stray.start(), stray[0])
        for stray in _STRAY.finditer(text)
        if not any(start <= stray.start() < end for start, end in covered)
    ]
    return [
        WrongTag(part[:60], text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))
        for start, part in sorted(wrong)
    ]


def with_tags_replaced(text: str, data: Mapping[str, str]) -> str:
    """Returns a text with the values of its tags; what has no value leaves nothing."""
    return _TAG.sub(lambda found: data.get(found[1], ""), text)
