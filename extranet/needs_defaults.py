"""The rules of what is due that a firm starts with: French law as data, which it edits afterwards.

From the facts of the field (2.2); what nobody could check against a text says so in its reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from extranet.enums import DiagnosticKind

TO_CHECK = "À vérifier."
_SALE, _LET, _BOTH = ["sale"], ["rental"], ["sale", "rental"]
_BUILT = ["house", "flat", "building", "commercial", "other"]
_DWELLING = ["house", "flat", "building"]
_BEFORE_JULY_1997 = ["before_1949", "before_1997"]
_ASBESTOS = "CSP art. L1334-13 et R1334-15 à R1334-29"
_LEAD = "CSP art. L1334-5 à L1334-9"
_AUDIT = "CCH art. L126-28-1 ; décret n° 2022-780 art. 3"
_LEASE = "loi n° 89-462 art. 3-3"
_AUDIT_OF: Mapping[str, Sequence[str]] = {
    "transaction": _SALE,
    "property_kind": ["house", "building"],
    "co_owned": ["no"],
}


@dataclass(frozen=True)
class DefaultNeed:
    """A row of extranet.models.NeedRule."""

    kind: DiagnosticKind
    conditions: Mapping[str, Sequence[str]]
    reason: str
    source: str
    effect: str = field(default="requires", kw_only=True)
    surface_from: Decimal | None = field(default=None, kw_only=True)
    surface_below: Decimal | None = field(default=None, kw_only=True)
    applies_from: date | None = field(default=None, kw_only=True)
    applies_until: date | None = field(default=None, kw_only=True)


def _audit(letters: str, territory: str, since: date, note: str = "") -> DefaultNeed:
    classes = " ou ".join(letters)
    return DefaultNeed(
        DiagnosticKind.AUDIT,
        {**_AUDIT_OF, "energy_class": list(letters), "territory": [territory]},
        f"Monopropriété vendue, classée {classes} au DPE ; la date retenue est celle de la promesse. {note}".strip(),
        _AUDIT,
        applies_from=since,
    )


DEFAULT_NEEDS: tuple[DefaultNeed, ...] = (
    DefaultNeed(
        DiagnosticKind.DPE,
        {"transaction": _BOTH, "property_kind": _BUILT, "heating": ["individual", "collective"]},
        "Bâtiment chauffé, vendu ou loué.",
        "CCH art. L126-26 à L126-33",
    ),
    DefaultNeed(
        DiagnosticKind.DPE,
        {"property_kind": ["house"]},
        f"Bâtiment indépendant de moins de 50 m² : dispensé. {TO_CHECK}",
        "CCH art. L126-26 et R126-15",
        effect="exempts",
        surface_below=Decimal(50),
    ),
    _audit("FG", "mainland", date(2023, 4, 1)),
    _audit("E", "mainland", date(2025, 1, 1)),
    _audit("D", "mainland", date(2034, 1, 1)),
    _audit(
        "FG", "overseas", date(2024, 7, 1), "Outre-mer : 1er janvier ou 1er juillet 2024 selon les sources. À vérifier."
    ),
    _audit("E", "overseas", date(2028, 1, 1)),
    DefaultNeed(
        DiagnosticKind.AMIANTE,
        {"transaction": _SALE, "property_kind": _BUILT, "build_period": _BEFORE_JULY_1997},
        "Vente d’un immeuble dont le permis de construire date d’avant le 1er juillet 1997.",
        _ASBESTOS,
    ),
    DefaultNeed(
        DiagnosticKind.DAPP,
        {"transaction": _LET, "property_kind": ["flat"], "build_period": _BEFORE_JULY_1997},
        "Logement loué d’un immeuble collectif au permis d’avant le 1er juillet 1997 ; à la disposition du locataire.",
        _ASBESTOS,
    ),
    DefaultNeed(
        DiagnosticKind.DTA,
        {"transaction": _BOTH, "property_kind": ["building", "commercial"], "build_period": _BEFORE_JULY_1997},
        "Parties communes d’un immeuble collectif, ou local non résidentiel, au permis d’avant le 1er juillet 1997.",
        "CSP art. R1334-29-5",
    ),
    DefaultNeed(
        DiagnosticKind.AMIANTE_WORKS,
        {"transaction": ["works"], "property_kind": _BUILT, "build_period": _BEFORE_JULY_1997},
        "Travaux ou démolition sur un immeuble au permis d’avant le 1er juillet 1997.",
        "C. travail art. R4412-97",
    ),
    DefaultNeed(
        DiagnosticKind.CREP,
        {"transaction": _SALE, "property_kind": _DWELLING, "build_period": ["before_1949"]},
        "Vente d’un logement construit avant le 1er janvier 1949.",
        _LEAD,
    ),
    DefaultNeed(
        DiagnosticKind.CREP,
        {"transaction": _LET, "property_kind": _DWELLING, "build_period": ["before_1949"]},
        "Location d’un logement construit avant le 1er janvier 1949.",
        _LEAD,
        applies_from=date(2008, 8, 12),
    ),
    DefaultNeed(
        DiagnosticKind.TERMITES,
        {"transaction": _SALE, "property_kind": _BUILT, "zone.termites": ["yes"]},
        "Vente d’un bien bâti dans une zone délimitée par arrêté préfectoral.",
        "CCH art. L126-24",
    ),
    DefaultNeed(
        DiagnosticKind.MERULE,
        {"transaction": _SALE, "property_kind": _BUILT, "zone.merule": ["yes"]},
        "Zone délimitée par arrêté préfectoral : information à annexer ; l’inspection elle-même est facultative.",
        "CCH art. L126-25 et L271-4",
    ),
    DefaultNeed(
        DiagnosticKind.GAZ,
        {"transaction": _SALE, "property_kind": _DWELLING, "gas": ["old"]},
        "Vente d’un logement dont l’installation de gaz a plus de 15 ans.",
        "CCH art. L134-9",
    ),
    DefaultNeed(
        DiagnosticKind.GAZ,
        {"transaction": _LET, "property_kind": _DWELLING, "gas": ["old"]},
        "Location d’un logement dont l’installation de gaz a plus de 15 ans.",
        f"{_LEASE} ; CCH art. L134-9",
        applies_from=date(2018, 1, 1),
    ),
    DefaultNeed(
        DiagnosticKind.ELEC,
        {"transaction": _SALE, "property_kind": _DWELLING, "electricity": ["old"]},
        "Vente d’un logement dont l’installation électrique a plus de 15 ans.",
        "CCH art. L134-7",
    ),
    DefaultNeed(
        DiagnosticKind.ELEC,
        {"transaction": _LET, "property_kind": _DWELLING, "electricity": ["old"]},
        "Location d’un logement dont l’installation électrique a plus de 15 ans.",
        f"{_LEASE} ; CCH art. L134-7",
        applies_from=date(2018, 1, 1),
    ),
    DefaultNeed(
        DiagnosticKind.ERP,
        {"transaction": _BOTH, "zone.risks": ["yes"]},
        "Bien situé dans une zone couverte (plan de prévention, sismicité, radon, pollution, recul du trait de côte).",
        "C. env. art. L125-5",
    ),
    DefaultNeed(
        DiagnosticKind.ENSA,
        {"transaction": _BOTH, "zone.noise": ["yes"]},
        "Bien situé dans une zone d’un plan d’exposition au bruit d’un aérodrome.",
        "C. urbanisme art. L112-11",
        applies_from=date(2020, 6, 1),
    ),
    DefaultNeed(
        DiagnosticKind.ANC,
        {"transaction": _SALE, "property_kind": _DWELLING, "sewered": ["no"]},
        "Vente d’un logement qui n’est pas raccordé au réseau public ; le contrôle est fait par le SPANC.",
        "CSP art. L1331-11-1",
    ),
    DefaultNeed(
        DiagnosticKind.CARREZ,
        {"transaction": _SALE, "property_kind": ["house", "flat", "commercial", "other"], "co_owned": ["yes"]},
        "Vente d’un lot de copropriété.",
        "Loi n° 96-1107 du 18 décembre 1996",
    ),
    DefaultNeed(
        DiagnosticKind.CARREZ,
        {"co_owned": ["yes"]},
        "Lot de moins de 8 m² : dispensé.",
        "Loi n° 96-1107 du 18 décembre 1996",
        effect="exempts",
        surface_below=Decimal(8),
    ),
    DefaultNeed(
        DiagnosticKind.BOUTIN,
        {"transaction": _LET, "property_kind": ["house", "flat"], "furnished": ["no"]},
        "Logement loué vide comme résidence principale ; le bailleur peut mesurer lui-même.",
        "Loi n° 2009-323 du 25 mars 2009",
    ),
    DefaultNeed(
        DiagnosticKind.BOIS,
        {"transaction": _SALE, "property_kind": _DWELLING, "wood_heating": ["yes"], "zone.air": ["yes"]},
        "Appareil de chauffage au bois dans le périmètre d’un plan de protection de l’atmosphère.",
        "CCH art. L271-4",
    ),
    DefaultNeed(
        DiagnosticKind.PEMD,
        {"transaction": ["works"], "property_kind": _BUILT},
        f"Démolition ou rénovation importante de plus de 1 000 m². {TO_CHECK}",
        "CCH art. L126-34",
        surface_from=Decimal(1000),
    ),
)


def default_needs(kind: str) -> list[DefaultNeed]:
    """Returns the rules that a firm starts with for one kind of diagnostic; none for those made on request."""
    return [rule for rule in DEFAULT_NEEDS if rule.kind == kind]
