"""The forms of PDFs: which fields they have, what they look like filled in, and PDFs put together."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from storage import pdf_filler
from storage.errors import storage_failures

logger = structlog.get_logger(__name__)

#: The filler is ended after this, whatever it does.
FILL_SECONDS = 90
_REASONS = {
    "password": _("This PDF needs a password: save it without one."),
    "damaged": _("This PDF cannot be read: it is damaged, or too complex."),
}


@dataclass(frozen=True)
class FormField:
    """A field of a form: `kind` is text, check, choice (one of several buttons) or list."""

    name: str
    kind: str
    page: int
    options: tuple[str, ...] = ()
    #: What the file itself has there.
    value: str = ""


@dataclass(frozen=True)
class PdfFacts:
    """What is known of a PDF: its pages, the fields of its form, its own notes (title and the like)."""

    pages: int
    fields: tuple[FormField, ...]
    info: Mapping[str, str]


def read_form(data: bytes) -> PdfFacts:
    """Returns a PDF's pages, fields and notes; raises DomainError `pdf_password` or `pdf_damaged`."""
    with _folder() as folder:
        (folder / "source.pdf").write_bytes(data)
        found = _run(folder, {"do": "read", "source": str(folder / "source.pdf")})
    fields = tuple(
        FormField(one["name"], one["kind"], one["page"], tuple(one["options"]), one["value"]) for one in found["fields"]
    )
    return PdfFacts(found["pages"], fields, found["info"])


def fill_form(data: bytes, values: Mapping[str, str], *, font: Path, title: str) -> bytes:
    """Returns the PDF with the values drawn where its fields were: each program shows them, nobody edits them.

    A box is ticked by any text, a button by the name of its state; a field that is not named keeps what the file has
    there. Scripts, actions and links are left out. Raises as read_form does.
    """
    with _folder() as folder:
        (folder / "source.pdf").write_bytes(data)
        plan = {
            "do": "fill",
            "source": str(folder / "source.pdf"),
            "values": dict(values),
            "font": str(font),
            "title": title,
            "out": str(folder / "out.pdf"),
        }
        _run(folder, plan)
        return (folder / "out.pdf").read_bytes()


def join_pdfs(parts: Sequence[bytes], *, info: Mapping[str, str], attached: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """Returns the pages of several PDFs as one, with notes (`info`) and files inside it; raises as read_form does."""
    with _folder() as folder:
        sources, inside = [], []
        for rank, part in enumerate(parts):
            path = folder / f"{rank}.pdf"
            path.write_bytes(part)
            sources.append(str(path))
        for rank, (name, content) in enumerate(attached):
            path = folder / f"attached-{rank}"
            path.write_bytes(content)
            inside.append((name, str(path)))
        plan = {"do": "join", "sources": sources, "attached": inside, "info": dict(info)}
        _run(folder, plan | {"out": str(folder / "out.pdf")})
        return (folder / "out.pdf").read_bytes()


@contextmanager
def _folder() -> Iterator[Path]:
    with (
        storage_failures(),
        tempfile.TemporaryDirectory(prefix="filling-", dir=settings.FILE_UPLOAD_TEMP_DIR) as name,
    ):
        yield Path(name)


def _run(folder: Path, plan: Mapping[str, Any]) -> dict[str, Any]:
    path = folder / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    error = "damaged"
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no shell
            [sys.executable, "-I", pdf_filler.__file__, str(path)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=FILL_SECONDS,
            check=False,
        )
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 and done.stdout else {}
        if found and "error" not in found:
            return found
        error = str(found.get("error", error))
        logger.warning("filler_failed", returncode=done.returncode, error=error)
    except subprocess.TimeoutExpired:
        logger.warning("filler_too_slow")
    raise DomainError(f"pdf_{error}", _REASONS[error])
