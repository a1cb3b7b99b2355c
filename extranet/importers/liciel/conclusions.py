"""The diagnostics of a dossier: its missions, with the words that conclude each and the figures of the DPE."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from extranet.enums import DiagnosticKind
from extranet.importers.liciel.ademe import AdemeDpe, read_figure, read_letter
from extranet.importers.liciel.missions import Mission, domain_of, flagged, mission_of
from extranet.importers.liciel.table import Table, paragraph

_OF_DOMAINS = "table_general_bien_conclusions"
_DETAILS = "table_z_conclusions_details"
_DPE = "table_z_dpe_2020_general"
_DOMAIN_TABLE, _DOMAIN_END = "table_z_", "_general"
_DETAIL = "variable_resume_conclusion_"
_MAX_CONCLUSION = 20_000


@dataclass(frozen=True)
class FoundDiagnostic:
    """One diagnostic of a dossier; `key` is the same whenever the dossier is read."""

    key: str
    kind: str
    label: str
    performed_on: date | None = None
    conclusion: str = ""
    energy_letter: str = ""
    energy_value: int | None = None
    climate_letter: str = ""
    climate_value: int | None = None
    ademe_number: str = ""


def read_diagnostics(
    tables: Mapping[str, Table], bien: Table, dpe: AdemeDpe | None, *, made_on: date | None
) -> tuple[FoundDiagnostic, ...]:
    """Returns the diagnostics that flags, tables of a domain, conclusions or the observatory's file tell of.

    Without a day of its own a diagnostic was made on `made_on`.
    """
    missions = flagged(bien.raw("mission_missions_programmees"))
    words = _conclusions(tables)
    domains = dict.fromkeys([*words, *_domains_with_table(tables), *(["dpe"] if dpe is not None else [])])
    for domain in domains:
        mission = mission_of(domain, missions)
        if mission is not None and mission not in missions:
            missions.append(mission)
    spoken: dict[Mission, str] = {}
    for domain, text in words.items():
        mission = mission_of(domain, missions)
        if mission is not None:
            spoken[mission] = text
    found = []
    for mission in missions:
        text = spoken.get(mission, "")
        if mission.kind == DiagnosticKind.OTHER:
            # the portal has one name for all of these: the words say which it is
            text = f"{mission.label}\n{text}".strip()
        diagnostic = FoundDiagnostic(
            key=f"mission:{mission.flag}",
            kind=mission.kind.value,
            label=mission.label,
            performed_on=made_on,
            conclusion=text[:_MAX_CONCLUSION],
        )
        found.append(diagnostic)
    of_dpe = next((one for one in found if one.kind == DiagnosticKind.DPE), None)
    return tuple(_with_figures(one, tables, dpe) if one is of_dpe else one for one in found)


def _domains_with_table(tables: Mapping[str, Table]) -> list[str]:
    """Returns the domains whose own general table is there and holds something."""
    found = []
    for name, table in tables.items():
        is_general = name.startswith(_DOMAIN_TABLE) and name.endswith(_DOMAIN_END)
        if is_general and any(any(row.values()) for row in table.rows):
            domain = domain_of(name.removeprefix(_DOMAIN_TABLE).removesuffix(_DOMAIN_END))
            if domain:
                found.append(domain)
    return found


def _conclusions(tables: Mapping[str, Table]) -> dict[str, str]:
    """Returns the words that conclude each domain: those of its own table, else those of the details."""
    words: dict[str, str] = {}
    for row in tables.get(_OF_DOMAINS, Table(_OF_DOMAINS)).rows:
        domain = domain_of(row.get("nom", ""))
        text = paragraph(row.get("conclusion_liciel", "")) or paragraph(row.get("conclusion", ""))
        if domain and text and text not in words.get(domain, ""):
            words[domain] = "\n".join(part for part in (words.get(domain, ""), text) if part)
    details = tables.get(_DETAILS, Table(_DETAILS))
    for row in details.rows[:1]:
        for column, content in row.items():
            domain = domain_of(column.removeprefix(_DETAIL)) if column.startswith(_DETAIL) else ""
            text = paragraph(content)
            if domain and text:
                words.setdefault(domain, text)
    return words


def _with_figures(found: FoundDiagnostic, tables: Mapping[str, Table], dpe: AdemeDpe | None) -> FoundDiagnostic:
    """Returns the DPE with its classes, figures and number: the observatory's file counts before the table."""
    table = tables.get(_DPE, Table(_DPE))
    told = dpe or AdemeDpe()
    return replace(
        found,
        performed_on=told.made_on or told.visited_on or found.performed_on,
        energy_letter=told.energy_letter or read_letter(table.text("txtlettreenergie")),
        energy_value=_first(told.energy_value, read_figure(table.text("txtvalenergie"))),
        climate_letter=told.climate_letter or read_letter(table.text("txtlettreco2")),
        climate_value=_first(told.climate_value, read_figure(table.text("txtvalco2"))),
        ademe_number=told.number,
    )


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)
