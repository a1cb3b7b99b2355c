"""The DPE's file for ADEME's observatory: its number, classes, figures and days, by its schema (UTF-8)."""

import math
import re
from dataclasses import dataclass
from datetime import date

from extranet.enums import EnergyLetter
from extranet.importers.liciel.safe_xml import Path, read_leaves
from extranet.importers.liciel.table import decode

#: Thirteen letters and digits, also the file's name.
NUMBER = re.compile(r"(?=[0-9A-Z]*\d)[0-9A-Z]{13}")
#: A file as it is sent to the observatory: certificate, time, attempt.
DEPOSIT = re.compile(r".+-(\d{12})-(\d+)\.xml", re.IGNORECASE)
_ISO_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})")
_LARGEST = 100_000
#: The two last names of what is read.
_WANTED = {
    ("dpe", "numero_dpe"): "number",
    ("administratif", "date_visite_diagnostiqueur"): "visited_on",
    ("administratif", "date_etablissement_dpe"): "made_on",
    ("ep_conso", "classe_bilan_dpe"): "energy_letter",
    ("ep_conso", "ep_conso_5_usages_m2"): "energy_value",
    ("emission_ges", "classe_emission_ges"): "climate_letter",
    ("emission_ges", "emission_ges_5_usages_m2"): "climate_value",
}


@dataclass(frozen=True)
class AdemeDpe:
    """What the file says; kWh and kg CO2 a square metre and year, as whole numbers. Anything may be missing."""

    number: str = ""
    energy_letter: str = ""
    energy_value: int | None = None
    climate_letter: str = ""
    climate_value: int | None = None
    visited_on: date | None = None
    made_on: date | None = None


def read_ademe(data: bytes, *, name: str = "") -> AdemeDpe | None:
    """Returns the DPE in a file of this name; None when it holds none. Raises UnsafeXml or BrokenXml."""
    leaves = read_leaves(decode(data).encode(), keep=_is_wanted)
    texts: dict[str, str] = {}
    for leaf in leaves:
        # a building's file repeats some for each flat: its own come first
        texts.setdefault(_WANTED[_end(leaf.path)], leaf.text.strip())
    if not texts:
        return None
    stem = name.rpartition(".")[0].upper()
    number = texts.get("number", "").upper()
    if not NUMBER.fullmatch(number):
        number = stem if NUMBER.fullmatch(stem) else ""
    return AdemeDpe(
        number=number,
        energy_letter=read_letter(texts.get("energy_letter", "")),
        energy_value=read_figure(texts.get("energy_value", "")),
        climate_letter=read_letter(texts.get("climate_letter", "")),
        climate_value=read_figure(texts.get("climate_value", "")),
        visited_on=_day(texts.get("visited_on", "")),
        made_on=_day(texts.get("made_on", "")),
    )


def read_letter(text: str) -> str:
    """Returns a class of the energy label; "" for anything else."""
    letter = text.strip().upper()
    return letter if letter in EnergyLetter.values else ""


def read_figure(text: str) -> int | None:
    """Returns a figure of the label, rounded; None when there is none that could be."""
    try:
        value = float(text.replace(",", ".").replace("\u00a0", "").replace(" ", ""))
    except ValueError:
        return None
    return round(value) if math.isfinite(value) and 0 <= value <= _LARGEST else None


def _end(path: Path) -> tuple[str, str]:
    first, last = path[-2:] if len(path) > 1 else ("", path[-1])
    # roots are called dpe, dpe_immeuble …, by kind and version
    return ("dpe" if len(path) == 2 else first.lower()), last.lower()


def _is_wanted(path: Path) -> bool:
    return _end(path) in _WANTED


def _day(text: str) -> date | None:
    found = _ISO_DAY.match(text)
    if found is None:
        return None
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        return None
