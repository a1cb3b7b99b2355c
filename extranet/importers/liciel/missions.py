"""The missions of a dossier: the software's flags and its names for them, and the diagnostics that they are here."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from extranet.enums import DiagnosticKind as Kind
from kernel.text import fold


class Mission(NamedTuple):
    """A mission by its flag: the diagnostic that it is here, how the software calls it, and whose words conclude it."""

    flag: int
    kind: Kind
    label: str
    #: The domain in the tables of conclusions and in the names `Table_Z_<domain>_General`.
    domain: str


#: By the place of their flag in `Mission_Missions_programmees`; 39 is not used.
MISSIONS = (
    Mission(0, Kind.DTA, "Amiante DTA", "amiante"),
    Mission(1, Kind.AMIANTE, "Amiante vente", "amiante"),
    Mission(2, Kind.AMIANTE_WORKS, "Amiante travaux", "amiante"),
    Mission(3, Kind.AMIANTE_WORKS, "Amiante démolition", "amiante"),
    Mission(4, Kind.TERMITES, "Termites", "termites"),
    Mission(5, Kind.OTHER, "Parasites", "parasites"),
    Mission(6, Kind.CARREZ, "Carrez", "carrez"),
    Mission(7, Kind.CREP, "CREP", "crep"),
    Mission(8, Kind.ANC, "Assainissement", "assainissement"),
    Mission(9, Kind.PISCINE, "Piscine", "piscine"),
    Mission(10, Kind.GAZ, "Gaz", "gaz"),
    Mission(11, Kind.ELEC, "Électricité", "elec"),
    Mission(12, Kind.DTG, "DTG", "dtg"),
    Mission(13, Kind.DPE, "DPE", "dpe"),
    Mission(14, Kind.OTHER, "Prêt à taux zéro", "ptz"),
    Mission(15, Kind.ERP, "ERP", "erp"),
    Mission(16, Kind.OTHER, "État d’habitabilité", "habitabilite"),
    Mission(17, Kind.OTHER, "État des lieux", "etat des lieux"),
    Mission(18, Kind.OTHER, "Plomb dans l’eau", "plomb dans l'eau"),
    Mission(19, Kind.OTHER, "Ascenseur", "ascenseur"),
    Mission(20, Kind.OTHER, "Radon", "radon"),
    Mission(21, Kind.OTHER, "Incendie", "incendie"),
    Mission(22, Kind.OTHER, "Accessibilité handicapé", "accessibilite"),
    Mission(23, Kind.BOUTIN, "Boutin", "boutin"),
    Mission(24, Kind.DAPP, "Amiante DAPP", "amiante"),
    Mission(25, Kind.OTHER, "DRIPP", "dripp"),
    Mission(26, Kind.OTHER, "Performance numérique", "performance numerique"),
    Mission(27, Kind.OTHER, "Infiltrométrie", "infiltrometrie"),
    Mission(28, Kind.AMIANTE_WORKS, "Amiante avant travaux", "amiante"),
    Mission(29, Kind.PEMD, "PEMD", "pemd"),
    Mission(30, Kind.OTHER, "Plomb après travaux", "crep"),
    Mission(31, Kind.OTHER, "Amiante contrôle périodique", "amiante"),
    Mission(32, Kind.OTHER, "Empoussièrement", "empoussierement"),
    Mission(33, Kind.OTHER, "Module interne", "module interne"),
    Mission(34, Kind.OTHER, "Home Inspection", "home inspection"),
    Mission(35, Kind.OTHER, "HI 4PT", "hi 4pt"),
    Mission(36, Kind.OTHER, "Wind Mitigation", "wind mitigation"),
    Mission(37, Kind.PLOMB_WORKS, "Plomb avant travaux", "crep"),
    Mission(38, Kind.OTHER, "Amiante HAP", "amiante"),
    Mission(40, Kind.DPE, "DPEG", "dpe"),
)
_BY_FLAG = {mission.flag: mission for mission in MISSIONS}
#: What a domain's words mean when no flag says which of its missions was made.
_OF_DOMAIN = {"amiante": _BY_FLAG[1], "crep": _BY_FLAG[7], "dpe": _BY_FLAG[13]}
_WORD = re.compile(r"[a-z0-9]+")
#: How a word in the name of a domain begins, or several words in it; the narrower before.
_WORDS = (
    ("plomb dans l'eau", "plomb dans l'eau"),
    ("performance numerique", "performance numerique"),
    ("etat des lieux", "etat des lieux"),
    ("habitabilite", "habitabilite"),
    ("empoussierement", "empoussierement"),
    ("infiltrometrie", "infiltrometrie"),
    ("assainissement", "assainissement"),
    ("accessibilite", "accessibilite"),
    ("taux zero", "ptz"),
    ("termite", "termites"),
    ("parasite", "parasites"),
    ("merule", "parasites"),
    ("amiante", "amiante"),
    ("ascenseur", "ascenseur"),
    ("incendie", "incendie"),
    ("piscine", "piscine"),
    ("carrez", "carrez"),
    ("boutin", "boutin"),
    ("surface habitable", "boutin"),
    ("radon", "radon"),
    ("dripp", "dripp"),
    ("crep", "crep"),
    ("plomb", "crep"),
    ("elec", "elec"),
    ("pemd", "pemd"),
    ("gaz", "gaz"),
    ("dpe", "dpe"),
    ("dtg", "dtg"),
    ("esris", "erp"),
    ("ernmt", "erp"),
    ("erp", "erp"),
)


def flagged(flags: str) -> list[Mission]:
    """Returns the missions whose flag is 1, in their order; a flag that is not known is passed over."""
    return [_BY_FLAG[place] for place, sign in enumerate(flags.strip()) if sign == "1" and place in _BY_FLAG]


def domain_of(name: str) -> str:
    """Returns the domain that the software's name for it means (“Etat Habitabilité”, “DPE_2020”); "" when none."""
    text = fold(name)
    words = _WORD.findall(text)
    for sign, domain in _WORDS:
        if sign in text if " " in sign else any(word.startswith(sign) for word in words):
            return domain
    return ""


def mission_of(domain: str, missions: Iterable[Mission]) -> Mission | None:
    """Returns the mission that a domain's words are about: the first of these, else the usual one."""
    found = next((mission for mission in missions if mission.domain == domain), None)
    if found is None:
        found = _OF_DOMAIN.get(domain) or next((mission for mission in MISSIONS if mission.domain == domain), None)
    return found
