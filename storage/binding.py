"""Several stored PDFs as one, with a page of contents and a bookmark for each."""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from storage import pdf_binder
from storage.backends import firm_storage
from storage.errors import storage_failures

logger = structlog.get_logger(__name__)

#: The binder is ended after this, whatever it does.
BIND_SECONDS = 600
#: So many files may end the binder before it is given up.
_MOST_DEATHS = 3


@dataclass(frozen=True)
class Entry:
    """A PDF to bind: the key of its object and what it is called on the page of contents."""

    key: str
    title: str


@dataclass(frozen=True)
class Plan:
    """What is bound and what the page of contents says, in the language of whoever asked for it."""

    language: str
    firm: str
    title: str
    lines: list[str]
    files: list[Entry]
    #: Named on the page of contents as not included: the title and why.
    left_out: list[tuple[str, str]]
    text_contents: str
    text_left_out: str
    text_password: str
    text_damaged: str


@dataclass(frozen=True)
class Bound:
    """What became of the entries: the ranks of those that could not be taken."""

    path: Path
    left_out: frozenset[int]


@dataclass
class _Run:
    failed: set[int] = field(default_factory=set)
    at: int = -1
    finished: bool = False


@contextmanager
def bound_pdf(plan: Plan, *, progress: Callable[[int], None]) -> Iterator[Bound]:
    """Gives the bound file while the block lasts; `progress` is told how many entries are done.

    Raises StorageUnavailable, FileNotFoundError when an object is missing, DomainError `binding_failed`.
    """
    with tempfile.TemporaryDirectory(prefix="binding-", dir=settings.FILE_UPLOAD_TEMP_DIR) as name:
        folder = Path(name)
        for rank, entry in enumerate(plan.files):
            with storage_failures(), (folder / f"{rank}.pdf").open("wb") as file:
                for chunk in firm_storage().stream(entry.key):
                    file.write(chunk)
        dead: set[int] = set()
        for _attempt in range(_MOST_DEATHS + 1):
            kept = [rank for rank in range(len(plan.files)) if rank not in dead]
            run = _bind(plan, folder, kept, dead, progress)
            if run.finished:
                left_out = dead | {kept[place] for place in run.failed}
                if len(left_out) == len(plan.files):
                    break
                yield Bound(path=folder / "bound.pdf", left_out=frozenset(left_out))
                return
            if not 0 <= run.at < len(kept):
                break
            dead.add(kept[run.at])
    raise DomainError("binding_failed", _("The reports could not be put together: download them one by one."))


def _bind(plan: Plan, folder: Path, kept: list[int], dead: set[int], progress: Callable[[int], None]) -> _Run:
    gone = [{"title": plan.files[rank].title, "reason": plan.text_damaged} for rank in sorted(dead)]
    told = {
        "language": plan.language,
        "firm": plan.firm,
        "title": plan.title,
        "lines": plan.lines,
        "files": [{"path": str(folder / f"{rank}.pdf"), "title": plan.files[rank].title} for rank in kept],
        "left_out": [{"title": title, "reason": reason} for title, reason in plan.left_out] + gone,
        "text_contents": plan.text_contents,
        "text_left_out": plan.text_left_out,
        "text_password": plan.text_password,
        "text_damaged": plan.text_damaged,
    }
    (folder / "plan.json").write_text(json.dumps(told), encoding="utf-8")
    run = _Run()
    with subprocess.Popen(  # noqa: S603 - our own program, no shell
        [sys.executable, "-I", pdf_binder.__file__, str(folder / "plan.json"), str(folder / "bound.pdf")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        watch = threading.Timer(BIND_SECONDS, process.kill)
        watch.start()
        try:
            assert process.stdout is not None
            for line in process.stdout:
                said = json.loads(line)
                if "started" in said:
                    run.at = said["started"]
                    progress(run.at)
                elif "failed" in said:
                    run.failed.add(said["failed"])
                run.finished = run.finished or "pages" in said
        finally:
            watch.cancel()
            process.kill()
    if not run.finished:
        logger.warning("binder_died", returncode=process.returncode, at=run.at)
    return run
