"""What a folder of the desktop software Liciel says of its dossier, as far as it says it.

The tables are XML in Windows-1252 without a declaration, at times in UTF-8, with control characters here and there.
"""

import re
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

_TABLE = "table_general_bien.xml"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_EMPTY = frozenset({"", "#", "0", "non communiqué"})
_MOST_BYTES = 5_000_000
#: The site's field, its longest text, the columns that make it.
_FIELDS = (
    ("reference", 60, ("Mission_Num_Dossier",)),
    ("street", 200, ("Immeuble_Adresse1",)),
    ("postcode", 10, ("Immeuble_Departement",)),  # it holds the postcode, whatever its name
    ("city", 100, ("Immeuble_Commune",)),
    ("cadastre", 100, ("Immeuble_Cadastre",)),
    ("owner_name", 120, ("Prop_Entete", "Prop_Nom")),
    ("orderer_name", 120, ("DOrdre_Entete", "DOrdre_Nom")),
)


def read_liciel(folder: Path) -> dict[str, str]:
    """Returns fields of a dossier by the site's names; none when it is no such folder or cannot be read."""
    table = _find(_find(folder, "xml"), _TABLE)
    if table is None:
        return {}
    try:
        columns = _columns(table)
    except (OSError, ET.ParseError, ValueError):
        return {}
    values: dict[str, str] = {}
    for name, longest, sources in _FIELDS:
        text = " ".join(filter(None, (columns.get(source, "") for source in sources)))[:longest].strip()
        if text:
            values[name] = text
    if day := _day(columns.get("Mission_Date_Visite", "")):
        values["visited_on"] = day
    return values


def _find(folder: Path | None, name: str) -> Path | None:
    if folder is None or not folder.is_dir():
        return None
    return next((path for path in folder.iterdir() if path.name.lower() == name), None)


def _columns(table: Path) -> dict[str, str]:
    if table.stat().st_size > _MOST_BYTES:
        return {}
    data = table.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:  # these tables have none; entities could grow without end
        raise ValueError("a table with a document type")
    root = ET.fromstring(_CONTROL.sub("", text).encode())  # noqa: S314 - without entities, see above
    found: dict[str, str] = {}
    for element in root.iter():
        name = element.tag.removeprefix("LiColonne_")
        value = " ".join((element.text or "").split())
        if name != element.tag and name not in found and value.lower() not in _EMPTY:
            found[name] = value
    return found


def _day(text: str) -> str:
    try:
        return datetime.strptime(text[:10], "%d/%m/%Y").date().isoformat()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return ""
