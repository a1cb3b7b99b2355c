"""The complete dossier: all reports that clients see as one PDF, made by a job and kept for a day.

A result is kept under the digest of all that went into it, and is looked up by the digest of what is there now: one
that a file, a title or a right has outdated is never found again.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.core.cache import cache
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from extranet.actions.handing import hand_over_all
from extranet.enums import FileKind, Handing
from extranet.models import Dossier, DossierFile
from extranet.queries.dossier_file import files_to_bind
from extranet.queries.settings import portal_settings, stamp_of
from kernel.errors import DomainError
from kernel.jobs import firm_job
from kernel.tenancy import require_firm
from kernel.text import safe_file_name
from storage.actions.files import store_bytes
from storage.backends import MIB
from storage.binding import Entry, Plan, bound_pdf
from storage.models import StoredFile
from tenants.models import Firm

#: Less than what an unclaimed upload is kept for: the bytes are always there while the note is.
_KEEP_SECONDS = 20 * 3600
#: When a job that never ends may be asked for again.
_PATIENCE_SECONDS = 15 * 60
WORKING, DONE, FAILED = "working", "done", "failed"


@dataclass(frozen=True)
class Complete:
    """Where the complete dossier stands: of what it is made, how far it is, and once made its bytes."""

    digest: str
    #: The reports that go into it, or are in it; without those that turned out to be unreadable.
    files: list[DossierFile]
    #: Those that do not, each with the reason.
    left_out: list[tuple[DossierFile, str]]
    state: str = ""
    done: int = 0
    error: str = ""
    stored: StoredFile | None = None
    total: int = field(default=0)

    @property
    def is_ready(self) -> bool:
        """Whether it can be downloaded."""
        return self.stored is not None


def complete_state(dossier: Dossier, *, stamped: bool = False) -> Complete:
    """Returns how far the complete dossier of the files that are there now is, in the active language.

    `stamped` is the one of an unpaid dossier for its clients: of the copies with the mention.
    """
    good, bad = _sorted_out(dossier)
    plan = _plan(dossier, good, bad)
    digest = _digest(plan, good, stamped=stamped)
    note: dict[str, Any] = cache.get(_key(dossier.pk, digest)) or {}
    stored = StoredFile.objects.filter(code=note["stored"]).first() if note.get("state") == DONE else None
    unreadable: dict[int, str] = dict(note.get("left_out", ()))
    return Complete(
        digest=digest,
        files=[file for file in good if file.pk not in unreadable],
        left_out=bad + [(file, unreadable[file.pk]) for file in good if file.pk in unreadable],
        state=note.get("state", "") if note.get("state") != DONE or stored is not None else "",
        done=note.get("done", 0),
        error=note.get("error", ""),
        stored=stored,
        total=len(good),
    )


def request_complete(dossier: Dossier, *, stamped: bool = False) -> Complete:
    """Has the complete dossier made unless it is there or on its way; returns where it stands.

    Raises DomainError `nothing_to_bind` when there is no report that can go into it.
    """
    now = complete_state(dossier, stamped=stamped)
    if not now.files:
        raise nothing_to_bind()
    if now.is_ready or now.state == WORKING:
        return now
    _note(dossier.pk, now.digest, seconds=_PATIENCE_SECONDS, state=WORKING, done=0)
    make_complete.enqueue(
        once=f"{dossier.pk}:{now.digest}",
        dossier_id=dossier.pk,
        digest=now.digest,
        language=translation.get_language() or "fr",
        stamped=stamped,
    )
    return complete_state(dossier, stamped=stamped)


@firm_job(queue="documents")
def make_complete(*, dossier_id: int, digest: str, language: str, stamped: bool = False) -> None:
    """Makes the complete dossier of this digest; one that has been outdated meanwhile is not made."""
    with translation.override(language):
        dossier = Dossier.objects.filter(pk=dossier_id).first()
        if dossier is None:
            return
        good, bad = _sorted_out(dossier)
        plan = _plan(dossier, good, bad)
        if _digest(plan, good, stamped=stamped) != digest:
            cache.delete(_key(dossier_id, digest))
            return

        def progress(done: int) -> None:
            _note(dossier_id, digest, seconds=_PATIENCE_SECONDS, state=WORKING, done=done)

        left_out: list[tuple[int, str]] = []
        if stamped:
            good, plan, left_out = _of_copies(good, plan)
        try:
            if not good:
                raise nothing_to_bind()
            with bound_pdf(plan, progress=progress) as bound, bound.path.open("rb") as file:
                name = f"complete-{dossier.code}-{digest[:16]}.pdf"
                stored = store_bytes(iter(lambda: file.read(MIB), b""), name=name)
        except DomainError as error:
            _note(dossier_id, digest, seconds=_PATIENCE_SECONDS, state=FAILED, error=str(error))
            return
        left_out += [(good[rank].pk, plan.text_damaged) for rank in bound.left_out]
        _note(dossier_id, digest, seconds=_KEEP_SECONDS, state=DONE, stored=stored.code, left_out=left_out)


def nothing_to_bind() -> DomainError:
    """Returns the error of a dossier of which nothing can go into one PDF."""
    return DomainError("nothing_to_bind", _("This dossier has no report that can go into one PDF."))


def complete_name(dossier: Dossier) -> str:
    """Returns what the file is called when it is downloaded."""
    title = dossier.title.replace("/", "-").replace("\\", "-")
    return safe_file_name(f"{title}.pdf", fallback=_("dossier"))


def _of_copies(files: list[DossierFile], plan: Plan) -> tuple[list[DossierFile], Plan, list[tuple[int, str]]]:
    """Returns the files and the plan with the copies in place of the originals; those without one are left out."""
    handover = hand_over_all(files, Handing.STAMPED)
    titles = {file.pk: entry.title for file, entry in zip(files, plan.files, strict=True)}
    entries = [Entry(key=stored.key, title=titles[file.pk]) for file, stored in handover.given]
    reason = _("cannot bear the mention")
    named = [*plan.left_out, *((file.label, reason) for file, _why in handover.withheld)]
    given = [file for file, _stored in handover.given]
    return given, replace(plan, files=entries, left_out=named), [(file.pk, reason) for file, _why in handover.withheld]


def _sorted_out(dossier: Dossier) -> tuple[list[DossierFile], list[tuple[DossierFile, str]]]:
    """Returns the reports that can be bound, and those that cannot with the reason."""
    good: list[DossierFile] = []
    bad: list[tuple[DossierFile, str]] = []
    for file in files_to_bind(dossier):
        assert file.kind == FileKind.REPORT
        if not file.stored.is_pdf:
            bad.append((file, _("not a PDF")))
        elif file.stored.is_encrypted:
            bad.append((file, _("protected by a password")))
        elif file.stored.is_damaged:
            bad.append((file, _("damaged")))
        else:
            good.append(file)
    return good, bad


def _plan(dossier: Dossier, good: Sequence[DossierFile], bad: Sequence[tuple[DossierFile, str]]) -> Plan:
    firm = Firm.objects.select_related("branding").get(schema_name=require_firm())
    today = formats.date_format(timezone.localdate(), "DATE_FORMAT")
    lines = [dossier.address_line, dossier.street_extra]
    if dossier.reference:
        lines.append(_("Dossier %(reference)s") % {"reference": dossier.reference})
    if dossier.visited_on:
        lines.append(_("Visit on %(date)s") % {"date": formats.date_format(dossier.visited_on, "DATE_FORMAT")})
    lines.append(_("Put together on %(date)s") % {"date": today})
    return Plan(
        language=translation.get_language() or "fr",
        firm=firm.branding.site_name or firm.name,
        title=dossier.title,
        lines=[line for line in lines if line],
        files=[Entry(key=file.stored.key, title=file.label) for file in good],
        left_out=[(file.label, reason) for file, reason in bad],
        text_contents=_("Contents"),
        text_left_out=_("Not included in this file"),
        text_password=_("protected by a password"),
        text_damaged=_("damaged"),
    )


def _digest(plan: Plan, good: Sequence[DossierFile], *, stamped: bool) -> str:
    told = [asdict(plan), [(file.pk, file.version, file.stored.sha256) for file in good]]
    if stamped:
        told.append([stamp_of(portal_settings()).style])
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def _key(dossier_id: int, digest: str) -> str:
    return f"complete:{dossier_id}:{digest}"


def _note(dossier_id: int, digest: str, *, seconds: int, **values: Any) -> None:
    cache.set(_key(dossier_id, digest), values, timeout=seconds)
