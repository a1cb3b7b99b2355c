"""`diagdesk push`: what a folder holds becomes what the site has, and nothing is sent that is there already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .errors import ClientError, NotAllowed, Refused, Unreachable, UsageError
from .folder import LocalDossier, LocalFile, Wanted, identify, read_folder
from .progress import Progress, size_text
from .site import Site
from .uploading import Uploads, is_gone
from .words import say

#: How often the uploads of a dossier may vanish (another machine sends the same) before it is given up.
_TRIES = 4
#: Small files of neighbouring dossiers leave together up to here.
_GROUP_BYTES = 32 * 1024 * 1024
#: The most that one write of a dossier may hold.
MOST_FILES = 200


class Outcome(Enum):
    """What became of a folder."""

    SENT = "sent"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    PLANNED = "planned"


@dataclass
class Plan:
    """A dossier to send: what is missing at the site."""

    dossier: LocalDossier
    missing: list[LocalFile]
    is_new: bool
    is_needed: bool
    notify: bool


def push(
    folders: Sequence[Path], wanted: Wanted, *, site: Site, uploads: Uploads, progress: Progress, is_trial: bool = False
) -> dict[Path, Outcome]:
    """Returns what became of each folder; a folder that fails does not stop the others.

    Raises UsageError when two folders would be the same dossier, NotAllowed or Unreachable when none can go on.
    """
    _refuse_doubles(folders)
    outcomes: dict[Path, Outcome] = {}
    group: list[Plan] = []
    for folder in folders:
        try:
            plan = _plan(read_folder(folder, wanted), site)
        except (NotAllowed, Unreachable):
            raise
        except (ClientError, OSError) as error:
            outcomes[folder] = _failed(folder, error, progress)
            continue
        if is_trial or not plan.is_needed:
            outcomes[folder] = _tell(plan, progress, is_trial=is_trial)
            continue
        if sum(file.size for file in _small([*group, plan], uploads)) > _GROUP_BYTES:
            _send_group(group, outcomes, site, uploads, progress)
            group = []
        group.append(plan)
    _send_group(group, outcomes, site, uploads, progress)
    return outcomes


def _refuse_doubles(folders: Sequence[Path]) -> None:
    seen: dict[str, Path] = {}
    for folder in folders:
        try:
            name = identify(folder)
        except UsageError:
            continue  # told when its turn comes
        other = seen.setdefault(name, folder)
        if other != folder:
            raise UsageError(say("same_dossier", one=other, other=folder, name=name))


def _plan(dossier: LocalDossier, site: Site) -> Plan:
    """Returns what of a dossier the site does not have."""
    present = site.find(_address(dossier))
    files = present["files"] if present else []
    there = {row["sha256"] for row in files}
    missing = list({file.sha256: file for file in dossier.files if file.sha256 not in there}.values())
    if len(missing) > MOST_FILES:
        raise UsageError(say("too_many_files", count=len(missing), most=MOST_FILES))
    if present is None:
        return Plan(dossier, missing, is_new=True, is_needed=True, notify=dossier.notify)
    readers = {row["email"].lower(): row for row in present.get("accesses", [])}
    is_other = (
        bool(missing)
        or any(present.get(name) != value for name, value in dossier.values.items())
        or any(contact["email"].lower() not in readers for contact in dossier.contacts)
    )
    is_untold = any(row["notified_at"] is None for row in readers.values())
    notify = dossier.notify and (is_other or is_untold)
    return Plan(dossier, missing, is_new=False, is_needed=is_other or notify, notify=notify)


def _send_group(
    group: Sequence[Plan], outcomes: dict[Path, Outcome], site: Site, uploads: Uploads, progress: Progress
) -> None:
    try:
        uploads.send(_small(group, uploads))
    except (NotAllowed, Unreachable):
        raise
    except (ClientError, OSError):
        # one file spoils the request of all: each dossier tries its own below, and only that one fails
        progress.clear()
    for plan in group:
        folder = plan.dossier.folder
        try:
            _send(plan, site, uploads, progress)
        except (NotAllowed, Unreachable):
            raise
        except (ClientError, OSError) as error:
            outcomes[folder] = _failed(folder, error, progress)
        else:
            outcomes[folder] = Outcome.SENT


def _send(plan: Plan, site: Site, uploads: Uploads, progress: Progress) -> None:
    dossier = plan.dossier
    for attempt in range(1, _TRIES + 1):
        codes = uploads.send(plan.missing)
        try:
            answer = site.send_json("PUT", _address(dossier), _body(plan, codes))
        except Refused as error:
            if not is_gone(error) or attempt == _TRIES:
                raise
            # another machine sent the same, and the site put those into a dossier: look again what is missing
            uploads.forget()
            plan.missing = _plan(dossier, site).missing
            continue
        break
    uploads.forget(codes)
    data = answer.data
    for name in data.get("removed_here", []):
        progress.say(say("removed_here", name=name))
    size = size_text(sum(file.size for file in plan.missing))
    progress.say(
        say("sent", folder=dossier.folder.resolve().name, title=data["title"], count=len(plan.missing), size=size)
    )


def _body(plan: Plan, codes: Mapping[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {**plan.dossier.values, "notify": plan.notify}
    body["files"] = [
        {"upload": codes[file.sha256], "external_id": file.external_id, "name": file.name} for file in plan.missing
    ]
    if plan.dossier.contacts:
        body["accesses"] = [dict(contact) for contact in plan.dossier.contacts]
    return body


def _address(dossier: LocalDossier) -> str:
    return f"dossiers/by-external-id/{quote(dossier.external_id, safe='')}/"


def _small(group: Iterable[Plan], uploads: Uploads) -> list[LocalFile]:
    return [file for plan in group for file in plan.missing if uploads.is_small(file)]


def _tell(plan: Plan, progress: Progress, *, is_trial: bool) -> Outcome:
    name = plan.dossier.folder.resolve().name
    if not plan.is_needed:
        progress.say(say("unchanged", folder=name))
        return Outcome.UNCHANGED
    size = size_text(sum(file.size for file in plan.missing))
    kind = say("would_make" if plan.is_new else "would_change")
    title = plan.dossier.values["title"]
    progress.say(say("would_send", folder=name, title=title, what=kind, count=len(plan.missing), size=size))
    for file in plan.missing:
        progress.say(f"  {file.external_id} ({size_text(file.size)})")
    return Outcome.PLANNED if is_trial else Outcome.SENT


def _failed(folder: Path, error: Exception, progress: Progress) -> Outcome:
    progress.say(say("failed", folder=folder.resolve().name, why=error))
    return Outcome.FAILED
