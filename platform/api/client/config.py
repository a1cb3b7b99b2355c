"""What is kept on this machine: the site and its key, what is half sent, which orders were taken."""

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import NotAllowed
from .words import say


@dataclass(frozen=True)
class Account:
    """A site and a key of it."""

    url: str
    key: str


def config_folder() -> Path:
    """Returns the folder of this person's settings, as each system has it; DIAGDESK_HOME names another."""
    if own := os.environ.get("DIAGDESK_HOME"):
        return Path(own)
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    return base / "diagdesk"


def read_account() -> Account:
    """Returns the site and key of `diagdesk login`, or of DIAGDESK_URL and DIAGDESK_KEY; raises NotAllowed."""
    known = read_json(config_folder() / "account.json")
    url = os.environ.get("DIAGDESK_URL") or known.get("url")
    key = os.environ.get("DIAGDESK_KEY") or known.get("key")
    if not url or not key:
        raise NotAllowed(say("not_logged_in"))
    return Account(str(url), str(key))


def write_account(account: Account) -> Path:
    """Returns the file in which the account now is, readable by its owner alone."""
    path = config_folder() / "account.json"
    write_json(path, {"url": account.url, "key": account.key})
    return path


class State:
    """What was begun at one site; a hint: without it everything is found out again."""

    def __init__(self, site: str) -> None:
        self._path = config_folder() / "state.json"
        self._site = site

    def read(self, name: str) -> dict[str, Any]:
        """Returns what is remembered under a name."""
        found = read_json(self._path).get(self._site, {}).get(name, {})
        return dict(found) if isinstance(found, dict) else {}

    def remember(self, name: str, key: str, value: Any) -> None:
        """Keeps a value, or forgets it when it is None."""
        everything = read_json(self._path)
        mine = everything.setdefault(self._site, {}).setdefault(name, {})
        if value is None:
            mine.pop(key, None)
        else:
            mine[key] = value
        write_json(self._path, everything)


def read_json(path: Path) -> dict[str, Any]:
    """Returns the object in a file, an empty one when there is no such file or it is broken."""
    with suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    return {}


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Writes a file of which there is always a whole version, for its owner alone."""
    write_whole(path, json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode())


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file that appears under its name only when it is whole; it is its owner's alone (mode 0600)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
