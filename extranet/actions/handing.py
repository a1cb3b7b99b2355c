"""How the files of a dossier are handed to a reader: the one door for whoever is not of the firm (decisions/0019)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from extranet.enums import Handing, PaymentState
from extranet.models import Contact, Dossier, DossierFile
from extranet.queries.contact import contact_id_of
from extranet.queries.settings import portal_settings, stamp_of
from extranet.rules import is_kept_back
from kernel.errors import DomainError
from storage.actions.stamping import stamped_copy
from storage.models import StoredFile


@dataclass(frozen=True)
class Handover:
    """What a reader gets of several files: the bytes by their file, and what is kept back with the reason."""

    given: list[tuple[DossierFile, StoredFile]]
    withheld: list[tuple[DossierFile, str]]


def handing_of(dossier: Dossier, user: User | None) -> Handing:
    """Returns how a dossier's files are handed to a member of staff, a client, or a guest by link (None).

    At most two queries, and none for the firm's staff or a dossier that is not unpaid.
    """
    if dossier.payment_state != PaymentState.UNPAID or (user is not None and user.is_firm_staff):
        return Handing.ORIGINAL
    rules = portal_settings()
    if not (rules.stamp_unpaid or rules.block_unpaid) or _is_exempt(user):
        return Handing.ORIGINAL
    return Handing.WITHHELD if rules.block_unpaid else Handing.STAMPED


def hand_over(file: DossierFile, handing: Handing) -> StoredFile:
    """Returns the bytes that a reader gets of a file: the original, or its copy with the mention, made when missing.

    Call it outside a transaction. Raises DomainError `withheld` or `stamp_failed` when nothing is handed over, and
    StorageUnavailable. An invoice is read, with the mention, even where the rest is withheld.
    """
    stored = file.stored
    if handing == Handing.ORIGINAL:
        return stored
    if is_kept_back(handing, kind=file.kind, content_type=stored.content_type):
        raise DomainError("withheld", _kept_back_text(handing) % {"name": file.label})
    return stamped_copy(stored, stamp_of(portal_settings())) if stored.is_pdf else stored


def hand_over_all(files: Iterable[DossierFile], handing: Handing) -> Handover:
    """Returns what a reader gets of several files; raises StorageUnavailable."""
    given: list[tuple[DossierFile, StoredFile]] = []
    withheld: list[tuple[DossierFile, str]] = []
    for file in files:
        try:
            given.append((file, hand_over(file, handing)))
        except DomainError as error:
            withheld.append((file, str(error)))
    return Handover(given=given, withheld=withheld)


def _kept_back_text(handing: Handing) -> str:
    if handing == Handing.WITHHELD:
        return _("“%(name)s” can be had once the dossier is paid.")
    return _("“%(name)s” is an archive, which cannot bear the mention: it can be had once the dossier is paid.")


def _is_exempt(user: User | None) -> bool:
    contact_id = contact_id_of(user) if user is not None else None
    return contact_id is not None and Contact.objects.filter(pk=contact_id, reads_unpaid=True).exists()
