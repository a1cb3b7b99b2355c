"""The rules of validity that a firm starts with: French law as data, which it edits afterwards.

A None of `months` means without limit. What nobody could check against a text says so in its note.
"""

from dataclasses import dataclass
from datetime import date

from extranet.enums import DiagnosticKind, Finding, Transaction

TO_CHECK = "À vérifier."
_DPE_BEFORE = "CCH art. D126-19 ; décret n° 2020-1610 du 17 décembre 2020"
_LEAD = "CSP art. L1334-5 à L1334-9 et R1334-11"
_ASBESTOS = "CSP art. L1334-13 et R1334-15 à R1334-29"
_GAS = "CCH art. L134-9 et D271-5 ; loi n° 89-462 art. 3-3"
_POWER = "CCH art. L134-7 et D271-5 ; loi n° 89-462 art. 3-3"


@dataclass(frozen=True)
class DefaultRule:
    """A row of extranet.models.ValidityRule."""

    kind: DiagnosticKind
    months: int | None
    source: str
    note: str = ""
    transaction: str = ""
    finding: str = ""
    applies_from: date | None = None
    applies_before: date | None = None
    ends_on: date | None = None


DEFAULT_RULES: tuple[DefaultRule, ...] = (
    DefaultRule(
        DiagnosticKind.DPE,
        120,
        "CCH art. L126-26 à L126-33 et D126-19",
        "10 ans, pour la vente comme pour la location.",
        applies_from=date(2021, 7, 1),
    ),
    DefaultRule(
        DiagnosticKind.DPE,
        120,
        _DPE_BEFORE,
        "DPE du 01/01/2018 au 30/06/2021 : valables jusqu'au 31/12/2024 au plus tard.",
        applies_from=date(2018, 1, 1),
        applies_before=date(2021, 7, 1),
        ends_on=date(2024, 12, 31),
    ),
    DefaultRule(
        DiagnosticKind.DPE,
        120,
        _DPE_BEFORE,
        "DPE d'avant le 01/01/2018 : valables jusqu'au 31/12/2022 au plus tard.",
        applies_before=date(2018, 1, 1),
        ends_on=date(2022, 12, 31),
    ),
    DefaultRule(
        DiagnosticKind.AUDIT,
        60,
        "CCH art. L126-28-1 ; décret n° 2022-780 art. 3",
        "5 ans ; vente d'une maison ou d'un immeuble en monopropriété.",
    ),
    DefaultRule(
        DiagnosticKind.AMIANTE,
        None,
        _ASBESTOS,
        "Illimitée en l'absence d'amiante.",
        finding=Finding.CLEAR,
    ),
    DefaultRule(
        DiagnosticKind.AMIANTE,
        36,
        _ASBESTOS,
        "Amiante présent : nouvelle évaluation dans les 3 ans.",
        finding=Finding.FOUND,
    ),
    DefaultRule(
        DiagnosticKind.AMIANTE,
        None,
        _ASBESTOS,
        f"Rapports d'avant le 01/04/2013 : à refaire pour une vente. {TO_CHECK}",
        transaction=Transaction.SALE,
        applies_before=date(2013, 4, 1),
        ends_on=date(2013, 3, 31),
    ),
    DefaultRule(
        DiagnosticKind.DAPP,
        None,
        _ASBESTOS,
        "Illimitée en l'absence d'amiante ; tenu à la disposition du locataire.",
        finding=Finding.CLEAR,
    ),
    DefaultRule(
        DiagnosticKind.DAPP,
        36,
        _ASBESTOS,
        f"Amiante présent : nouvelle évaluation dans les 3 ans. {TO_CHECK}",
        finding=Finding.FOUND,
    ),
    DefaultRule(
        DiagnosticKind.DTA,
        None,
        "CSP art. R1334-29-5",
        "Sans échéance : le dossier est tenu à jour.",
    ),
    DefaultRule(
        DiagnosticKind.AMIANTE_WORKS,
        None,
        "C. travail art. R4412-97",
        "Propre à un projet de travaux ou de démolition : à refaire pour un autre.",
    ),
    DefaultRule(
        DiagnosticKind.CREP,
        None,
        _LEAD,
        "Illimitée en l'absence de plomb.",
        finding=Finding.CLEAR,
    ),
    DefaultRule(
        DiagnosticKind.CREP,
        12,
        _LEAD,
        "Plomb présent, vente : 1 an.",
        transaction=Transaction.SALE,
        finding=Finding.FOUND,
    ),
    DefaultRule(
        DiagnosticKind.CREP,
        72,
        _LEAD,
        "Plomb présent, location : 6 ans.",
        transaction=Transaction.RENTAL,
        finding=Finding.FOUND,
    ),
    DefaultRule(DiagnosticKind.TERMITES, 6, "CCH art. L126-24 et D271-5", "6 mois à la date de l'acte."),
    DefaultRule(DiagnosticKind.GAZ, 36, _GAS, "Vente : 3 ans.", transaction=Transaction.SALE),
    DefaultRule(DiagnosticKind.GAZ, 72, _GAS, "Location : 6 ans.", transaction=Transaction.RENTAL),
    DefaultRule(DiagnosticKind.ELEC, 36, _POWER, "Vente : 3 ans.", transaction=Transaction.SALE),
    DefaultRule(DiagnosticKind.ELEC, 72, _POWER, "Location : 6 ans.", transaction=Transaction.RENTAL),
    DefaultRule(DiagnosticKind.ERP, 6, "C. env. art. L125-5", "Moins de 6 mois à la signature, vente comme location."),
    DefaultRule(
        DiagnosticKind.ENSA,
        None,
        "C. urbanisme art. L112-11",
        f"Pas de durée fixée : suit le plan d'exposition au bruit, se joint à l'état des risques. {TO_CHECK}",
    ),
    DefaultRule(DiagnosticKind.ANC, 36, "CSP art. L1331-11-1", f"3 ans ; établi par le SPANC. {TO_CHECK}"),
    DefaultRule(DiagnosticKind.CARREZ, None, "Loi n° 96-1107 du 18 décembre 1996", "Illimitée, sauf travaux."),
    DefaultRule(DiagnosticKind.BOUTIN, None, "Loi n° 2009-323 du 25 mars 2009", "Illimitée, sauf travaux."),
    DefaultRule(DiagnosticKind.DTG, 120, "CCH art. L731-1", f"10 ans. {TO_CHECK}"),
)


def default_rules(kind: str) -> list[DefaultRule]:
    """Returns the rules that a firm starts with for one kind of diagnostic; none for those without a validity."""
    return [rule for rule in DEFAULT_RULES if rule.kind == kind]
