"""The files of unpaid dossiers under the firm's rules: how they are handed over, and how far their copies are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from extranet.enums import FileKind, Handing, PaymentState, Visibility
from extranet.models import Contact, Dossier, DossierFile, PortalSettings
from extranet.queries.settings import portal_settings, stamp_of
from extranet.rules import ARCHIVES, is_kept_back
from storage.actions.stamping import RETRY_AFTER
from storage.models import StampedCopy, StoredFile

#: Why a reader does not get a file, in few words.
REASONS: dict[str, str | Promise] = {
    "password": _("it needs a password, and so cannot bear the mention"),
    "damaged": _("it is damaged, and so cannot bear the mention"),
    "too_long": _("it is too complex to bear the mention"),
    "archive": _("an archive cannot bear the mention"),
    "unpaid": _("available once the dossier is paid"),
}
_PDF = "application/pdf"


def handing_context(files: Sequence[DossierFile], handing: Handing) -> dict[str, Any]:
    """Returns what a page says of how the files are handed over, each file marked for its line.

    Two queries for a reader who does not get the originals, none for the others.
    """
    if handing == Handing.ORIGINAL:
        return {"handing": handing}
    rules = portal_settings()
    mark_files(files, handing, rules)
    return {
        "handing": handing,
        "mention": rules.stamp_text,
        "given_count": sum(not file.kept_back for file in files),
        "kept_count": sum(bool(file.kept_back) for file in files),
    }


def mark_files(files: Sequence[DossierFile], handing: Handing, rules: PortalSettings) -> None:
    """Notes on each file why a reader does not get it (`kept_back`), or that it bears the mention (`is_stamped`)."""
    if handing == Handing.ORIGINAL:
        return
    known = _failed(rules).filter(original__in=[file.stored_id for file in files if file.stored.is_pdf])
    failed = dict(known.values_list("original_id", "error"))
    for file in files:
        if file.visibility != Visibility.CLIENT:
            continue
        reason = ""
        if is_kept_back(handing, kind=file.kind, content_type=file.stored.content_type):
            reason = "unpaid" if handing == Handing.WITHHELD else "archive"
        elif file.stored.is_pdf:
            reason = "password" if file.stored.is_encrypted else failed.get(file.stored_id, "")
        file.kept_back = REASONS[reason] if reason else ""
        file.is_stamped = file.stored.is_pdf and not reason


def kept_back_text(file: DossierFile) -> str:
    """Returns the sentence that tells a reader why it does not get a file that is kept back."""
    return _("“%(name)s”: %(reason)s.") % {"name": file.label, "reason": file.kept_back}


def copies_due(rules: PortalSettings) -> QuerySet[DossierFile]:
    """Returns the PDFs of unpaid dossiers that a client gets with the mention, by key: none where no rule is on."""
    files = DossierFile.objects.filter(
        deleted_at__isnull=True,
        visibility=Visibility.CLIENT,
        stored__content_type=_PDF,
        dossier__payment_state=PaymentState.UNPAID,
        dossier__deleted_at__isnull=True,
    ).order_by("pk")
    if rules.block_unpaid:
        return files.filter(kind=FileKind.INVOICE)
    return files if rules.stamp_unpaid else files.none()


def copies_missing(rules: PortalSettings) -> QuerySet[DossierFile]:
    """Returns those of the due copies that nobody has tried to make under the present look."""
    tried = StampedCopy.objects.filter(original=OuterRef("stored_id"), style=stamp_of(rules).style)
    return copies_due(rules).exclude(Exists(tried))


@dataclass(frozen=True)
class Preparation:
    """How far the copies with the mention are."""

    done: int
    total: int

    @property
    def is_done(self) -> bool:
        """Whether none is left to be made."""
        return self.done >= self.total


def preparation(rules: PortalSettings) -> Preparation:
    """Returns how many of the due copies there are, those that could not be made included: one query."""
    tried = StampedCopy.objects.filter(original=OuterRef("stored_id"), style=stamp_of(rules).style)
    row = copies_due(rules).order_by().aggregate(total=Count("pk"), done=Count("pk", filter=Q(Exists(tried))))
    return Preparation(done=row["done"], total=row["total"])


def unpaid_count() -> int:
    """Returns how many dossiers are unpaid, those in the bin apart."""
    return Dossier.objects.filter(payment_state=PaymentState.UNPAID, deleted_at__isnull=True).count()


@dataclass(frozen=True)
class Kept:
    """A file of an unpaid dossier that is kept back because it cannot bear the mention."""

    file: DossierFile
    reason: str | Promise


def files_without_mention(rules: PortalSettings, *, most: int) -> tuple[list[Kept], int]:
    """Returns the first files of unpaid dossiers that cannot bear the mention, and how many there are: two queries.

    A PDF that nobody has tried yet counts when its upload showed that it needs a password.
    """
    error = _failed(rules).filter(original=OuterRef("stored_id")).values("error")[:1]
    files = DossierFile.objects.filter(
        deleted_at__isnull=True,
        visibility=Visibility.CLIENT,
        dossier__payment_state=PaymentState.UNPAID,
        dossier__deleted_at__isnull=True,
    ).annotate(error=Coalesce(Subquery(error), Value(""), output_field=CharField()))
    if rules.block_unpaid:
        files = files.filter(kind=FileKind.INVOICE)
    bad = Q(stored__content_type=_PDF) & (Q(stored__is_encrypted=True) | ~Q(error=""))
    if not rules.block_unpaid:
        bad |= Q(stored__content_type__in=ARCHIVES)
    found = files.filter(bad).select_related("dossier", "stored").order_by("dossier_id", "position", "pk")
    rows = list(found[:most])
    return [Kept(file, REASONS[_reason(file)]) for file in rows], len(rows) if len(rows) < most else found.count()


def exempt_contacts(*, most: int) -> tuple[list[Contact], int]:
    """Returns the first contacts that may read the documents of unpaid dossiers, and how many there are."""
    found = Contact.objects.filter(reads_unpaid=True, erased_at__isnull=True).order_by("name", "pk")
    rows = list(found[:most])
    return rows, len(rows) if len(rows) < most else found.count()


def upload_note(stored: StoredFile) -> str | Promise:
    """Returns what the firm should know of a new PDF that cannot bear the mention, where its rules ask for one."""
    if not stored.is_pdf or not (stored.is_encrypted or stored.is_damaged):
        return ""
    rules = portal_settings()
    if not rules.stamp_unpaid or rules.block_unpaid:
        return ""
    if stored.is_encrypted:
        return _("As long as its dossier is unpaid, this file is not handed over: it cannot bear the mention.")
    return _("As long as its dossier is unpaid, this file is handed over only if the mention can be put on it.")


def _reason(file: DossierFile) -> str:
    if not file.stored.is_pdf:
        return "archive"
    if file.stored.is_encrypted:
        return "password"
    error: str = file.error  # type: ignore[attr-defined]
    return error if error in REASONS else "damaged"


def _failed(rules: PortalSettings) -> QuerySet[StampedCopy]:
    """Returns the failures under the present look, those that the next download tries again apart."""
    again = Q(error="too_long", made_at__lt=timezone.now() - RETRY_AFTER)
    return StampedCopy.objects.filter(style=stamp_of(rules).style, copy__isnull=True).exclude(again)


def dossiers_read_by(contact: Contact) -> QuerySet[Dossier]:
    """Returns the unpaid dossiers that a contact may open."""
    unpaid = Dossier.objects.filter(payment_state=PaymentState.UNPAID, deleted_at__isnull=True)
    return unpaid.filter(accesses__contact=contact).order_by("pk")
