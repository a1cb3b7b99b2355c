"""Recording who read and downloaded what, and the states that follow from it."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from extranet.actions.history import Visit, build_event
from extranet.enums import DownloadState, EventKind
from extranet.models import Contact, Dossier, DossierAccess, DossierEvent, DossierFile
from extranet.rules import download_state


@transaction.atomic
def record_visit(dossier: Dossier, *, files: Sequence[DossierFile], kind: EventKind, user: User, visit: Visit) -> None:
    """Writes that a person read or downloaded files; a client's download moves the dossier's state."""
    contact = Contact.objects.filter(user=user).first() if user.is_client else None
    DossierEvent.objects.bulk_create(
        [build_event(dossier, kind, actor=user, contact=contact, file=file, visit=visit) for file in files]
    )
    if contact is not None and kind == EventKind.DOWNLOADED:
        refresh_download_states(dossier)


def refresh_download_states(dossier: Dossier) -> None:
    """Computes the state of each access and of the dossier from the files there are and the history."""
    Dossier.objects.select_for_update().get(pk=dossier.pk)
    present = set(DossierFile.objects.filter(dossier=dossier).values_list("pk", flat=True))
    downloads: dict[int, set[int]] = {}
    pairs = (
        DossierEvent.objects.filter(
            dossier=dossier, kind=EventKind.DOWNLOADED, contact__isnull=False, file__isnull=False
        )
        .order_by()
        .values_list("contact_id", "file_id")
        .distinct()
    )
    for contact_id, file_id in pairs:
        downloads.setdefault(contact_id, set()).add(file_id)
    for access in DossierAccess.objects.filter(dossier=dossier):
        state = download_state(present, downloads.get(access.contact_id, set()))
        if access.download_state != state:
            access.download_state = state
            access.save(update_fields=["download_state"])
    overall: DownloadState = download_state(present, set().union(*downloads.values()) if downloads else set())
    if dossier.download_state != overall:
        dossier.download_state = overall
        dossier.save(update_fields=["download_state"])
