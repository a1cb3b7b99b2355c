"""Recording who read and downloaded what, and the states that follow from it."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from extranet.actions.history import Visit, build_event
from extranet.actions.webhook_emit import dossier_data, emit
from extranet.enums import DownloadState, EventKind, Handing
from extranet.models import Contact, Dossier, DossierAccess, DossierEvent, DossierFile, GuestLink
from extranet.queries.contact import contact_id_of
from extranet.queries.dossier_file import files_to_download
from extranet.rules import download_state


@transaction.atomic
def record_visit(
    dossier: Dossier,
    *,
    files: Sequence[DossierFile],
    kind: EventKind,
    user: User | None,
    visit: Visit,
    guest: GuestLink | None = None,
) -> None:
    """Writes that a person, or a `guest` without an account, read or downloaded files.

    A client's download moves the states.
    """
    contact_id = contact_id_of(user) if user is not None else None
    contact = Contact.objects.filter(pk=contact_id).first() if contact_id else None
    DossierEvent.objects.bulk_create(
        [build_event(dossier, kind, actor=user, contact=contact, file=file, visit=visit, guest=guest) for file in files]
    )
    if (contact is not None or guest is not None) and kind == EventKind.DOWNLOADED:
        refresh_download_states(dossier)
        emit(
            "dossier.downloaded",
            [dossier],
            lambda each: {
                **dossier_data(each),
                "files": [file.code for file in files],
                "contact": contact.code if contact is not None else None,
                "download_state": each.download_state,
            },
        )


def record_read(
    file: DossierFile, *, handing: Handing, user: User | None, visit: Visit, guest: GuestLink | None = None
) -> None:
    """Writes that somebody read a file on the page, with the mention or without."""
    record_visit(file.dossier, files=[file], kind=_read_as(file, handing), user=user, visit=visit, guest=guest)


@transaction.atomic
def record_taken(
    dossier: Dossier,
    *,
    files: Sequence[DossierFile],
    handing: Handing,
    user: User | None,
    visit: Visit,
    guest: GuestLink | None = None,
) -> None:
    """Writes that somebody downloaded files; of a dossier that is not paid this is only a reading: the state waits."""
    kinds: dict[EventKind, list[DossierFile]] = {}
    for file in files:
        kind = EventKind.DOWNLOADED if handing == Handing.ORIGINAL else _read_as(file, handing)
        kinds.setdefault(kind, []).append(file)
    for kind, those in kinds.items():
        record_visit(dossier, files=those, kind=kind, user=user, visit=visit, guest=guest)


def _read_as(file: DossierFile, handing: Handing) -> EventKind:
    return EventKind.READ_STAMPED if handing != Handing.ORIGINAL and file.stored.is_pdf else EventKind.READ


def refresh_download_states(dossier: Dossier) -> None:
    """Computes the state of each access and of the dossier from the files there are and the history.

    Only downloads of a file's present version count; those of a contact that is no longer there still do.
    """
    Dossier.objects.select_for_update().get(pk=dossier.pk)
    versions = dict(files_to_download(dossier).values_list("pk", "version"))
    present = set(versions)
    overall: set[int] = set()
    downloads: dict[int, set[int]] = {}
    taken = (
        DossierEvent.objects.filter(dossier=dossier, kind=EventKind.DOWNLOADED, by_client=True, file__isnull=False)
        .order_by()
        .values_list("contact_id", "file_id", "file_version")
        .distinct()
    )
    for contact_id, file_id, version in taken:
        if file_id is None or versions.get(file_id) != version:
            continue
        overall.add(file_id)
        if contact_id is not None:
            downloads.setdefault(contact_id, set()).add(file_id)
    for access in DossierAccess.objects.filter(dossier=dossier):
        state = download_state(present, downloads.get(access.contact_id, set()))
        if access.download_state != state:
            access.download_state = state
            access.save(update_fields=["download_state"])
    whole: DownloadState = download_state(present, overall)
    if dossier.download_state != whole:
        dossier.download_state = whole
        dossier.save(update_fields=["download_state"])
