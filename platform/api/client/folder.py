"""A folder on this machine, read as a dossier."""

import fnmatch
import hashlib
import json
import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from .errors import UsageError
from .liciel import read_liciel
from .words import say

SETTINGS = "diagdesk.json"
#: What other software calls a thing: at most that long, without a slash.
_LONGEST_ID = 100
_LONGEST_TITLE = 200
_CHUNK = 1024 * 1024
#: What the settings of a folder may say of its dossier, by the names of the interface.
FIELDS = (
    "reference",
    "title",
    "comments",
    "transaction",
    "visited_on",
    "property_kind",
    "street",
    "street_extra",
    "postcode",
    "city",
    "cadastre",
    "owner_name",
    "owner_email",
    "owner_phone",
    "orderer_name",
    "orderer_email",
    "occupant_name",
    "occupant_phone",
    "payer",
    "payer_name",
)
_OWN = ("external_id", "contacts", "amount", "notify", "files")
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class LocalFile:
    """A file to send, as it was when it was summed."""

    path: Path
    external_id: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for beyond the folder's own settings."""

    contacts: Sequence[str] = ()
    amount: str | None = None
    notify: bool = False


@dataclass(frozen=True)
class LocalDossier:
    """What is to be at the site: `values` by the names of the interface."""

    folder: Path
    external_id: str
    values: Mapping[str, Any]
    contacts: Sequence[Mapping[str, str]]
    notify: bool
    files: Sequence[LocalFile] = field(default=())


def read_folder(folder: Path, wanted: Wanted) -> LocalDossier:
    """Returns the dossier of a folder; raises UsageError when it is none or its settings have a mistake."""
    settings = _settings(folder)
    name = _name(folder)
    liciel = read_liciel(folder)
    values: dict[str, Any] = {"title": _title(name, liciel)[:_LONGEST_TITLE], **liciel}
    values |= {key: settings[key] for key in FIELDS if key in settings}
    if (amount := wanted.amount if wanted.amount is not None else settings.get("amount")) is not None:
        values["amount"] = _amount(str(amount))
    people = [*_texts(settings, "contacts"), *wanted.contacts]
    files = [_summed(path, folder) for path in _paths(folder, _texts(settings, "files") or ["*.pdf"])]
    if not files:
        raise UsageError(say("no_files", folder=folder))
    return LocalDossier(
        folder=folder,
        external_id=_external_id(settings, name),
        values=values,
        contacts=list({entry["email"].lower(): entry for entry in map(_contact, people)}.values()),
        notify=wanted.notify or settings.get("notify") is True,
        files=files,
    )


def identify(folder: Path) -> str:
    """Returns what the dossier of a folder is called at the site; raises UsageError as read_folder does."""
    return _external_id(_settings(folder), _name(folder))


def fingerprint(folder: Path) -> str:
    """Returns what changes when a file in the folder is added, removed or written; no clock is asked."""
    sums = hashlib.sha256()
    for path in sorted(_walk(folder)):
        try:
            found = path.stat()
        except OSError:
            continue
        sums.update(f"{path.relative_to(folder).as_posix()}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return sums.hexdigest()


def _name(folder: Path) -> str:
    return unicodedata.normalize("NFC", folder.resolve().name)


def _external_id(settings: Mapping[str, Any], name: str) -> str:
    return _identifier(str(settings.get("external_id") or f"folder:{name}"))


def _settings(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise UsageError(say("no_folder", folder=folder))
    path = folder / SETTINGS
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(say("bad_settings", path=path, why=error.strerror)) from error
    try:
        found = json.loads(text)
    except ValueError as error:
        raise UsageError(say("bad_settings", path=path, why=error)) from error
    if not isinstance(found, dict):
        raise UsageError(say("bad_settings", path=path, why=say("no_object")))
    if unknown := sorted(set(found) - {*FIELDS, *_OWN}):
        raise UsageError(say("bad_settings", path=path, why=say("unknown_setting", names=", ".join(unknown))))
    return found


def _texts(settings: Mapping[str, Any], name: str) -> list[str]:
    found = settings.get(name, [])
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise UsageError(say("no_list", name=name))
    return list(found)


def _amount(text: str) -> str:
    try:
        amount = Decimal(text.replace(",", ".").replace(" ", "").replace(" ", "").removesuffix("€"))
    except InvalidOperation:
        raise UsageError(say("bad_amount", text=text)) from None
    if not amount.is_finite() or amount < 0:
        raise UsageError(say("bad_amount", text=text))
    return f"{amount:.2f}"


def _contact(text: str) -> dict[str, str]:
    """Returns an e-mail and, of “Name <e-mail>”, the name by which an unknown contact is made."""
    name, email = parseaddr(text)
    if "@" not in email:
        raise UsageError(say("bad_email", text=text))
    return {"email": email, "name": name} if name else {"email": email}


def _title(name: str, liciel: Mapping[str, str]) -> str:
    """Returns the reference and place that the desktop software gives, or the folder's name."""
    place = " ".join(filter(None, (liciel.get(key, "") for key in ("street", "postcode", "city"))))
    return " – ".join(filter(None, (liciel.get("reference", ""), place))) or name


def _identifier(text: str) -> str:
    """Returns what may be an identifier; a long one ends in a digest of the whole."""
    flat = "".join("|" if char == "/" else char if char.isprintable() else " " for char in text)
    flat = unicodedata.normalize("NFC", flat)
    if len(flat) <= _LONGEST_ID:
        return flat
    return f"{flat[: _LONGEST_ID - 17]}~{hashlib.sha256(flat.encode()).hexdigest()[:16]}"


def _walk(folder: Path) -> Iterator[Path]:
    """Yields the files in the folder; none that is hidden, of the system, or an office program's lock."""
    for root, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith((".", "~$")) and name.lower() not in _SYSTEM_FILES:
                yield Path(root, name)


def _paths(folder: Path, patterns: Sequence[str]) -> list[Path]:
    """Returns the files that one of the patterns names, by path below the folder or by name, in the order of names."""

    def is_wanted(path: Path) -> bool:
        relative = path.relative_to(folder).as_posix().lower()
        return any(
            fnmatch.fnmatchcase(relative, pattern.lower()) or fnmatch.fnmatchcase(path.name.lower(), pattern.lower())
            for pattern in patterns
        )

    return sorted((path for path in _walk(folder) if path.name != SETTINGS and is_wanted(path)), key=str)


def _summed(path: Path, folder: Path) -> LocalFile:
    sums, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            sums.update(data)
            size += len(data)
    relative = path.relative_to(folder).as_posix()
    name = unicodedata.normalize("NFC", path.name)
    return LocalFile(path, _identifier(relative), name, size, sums.hexdigest())
