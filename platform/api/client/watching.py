"""`diagdesk watch`: folders that appear or change are sent once nobody writes into them any more."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .config import State
from .errors import ClientError, NotAllowed, UsageError
from .folder import Wanted, fingerprint
from .progress import Progress
from .pushing import Outcome, push
from .site import Site
from .uploading import Uploads
from .words import say


@dataclass
class _Seen:
    fingerprint: str
    since: float


class Watcher:
    """Looks at the folders in a folder again and again; how long one rests is measured by a clock that nobody sets."""

    def __init__(
        self,
        folder: Path,
        wanted: Wanted,
        *,
        site: Site,
        uploads: Uploads,
        state: State,
        progress: Progress,
        quiet_seconds: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        if not folder.is_dir():
            raise UsageError(say("no_folder", folder=folder))
        self._folder = folder.resolve()
        self._wanted = wanted
        self._site = site
        self._uploads = uploads
        self._state = state
        self._progress = progress
        self._quiet = quiet_seconds
        self._now = now
        self._seen: dict[str, _Seen] = {}
        self._failed: dict[str, str] = {}

    def look(self) -> list[Outcome]:
        """Returns what became of the folders that were ready; an error is told and tried again at the next look."""
        sent = self._state.read("watched")
        ready: list[tuple[Path, str]] = []
        for folder in sorted(path for path in self._folder.iterdir() if path.is_dir() and path.name[0] not in ".~"):
            key, now = str(folder), self._now()
            found = fingerprint(folder)
            seen = self._seen.get(key)
            if seen is None or seen.fingerprint != found:
                seen = self._seen[key] = _Seen(found, now)
            if sent.get(key) != found and self._failed.get(key) != found and now - seen.since >= self._quiet:
                ready.append((folder, found))
        return [self._send(folder, found) for folder, found in ready]

    def _send(self, folder: Path, found: str) -> Outcome:
        try:
            outcome = push([folder], self._wanted, site=self._site, uploads=self._uploads, progress=self._progress)[
                folder
            ]
        except NotAllowed:
            raise
        except ClientError as error:
            self._progress.say(say("failed", folder=folder.name, why=error))
            return Outcome.FAILED
        if outcome is Outcome.FAILED:
            self._failed[str(folder)] = found  # what the site refuses it refuses until somebody changes the folder
        else:
            self._state.remember("watched", str(folder), found)
        return outcome
