"""Keeping the search text of dossiers and contacts true."""

from collections.abc import Iterable

from extranet.models import CollaboratorEmail, Contact, Dossier
from kernel.jobs import firm_job
from kernel.text import search_text

_BATCH = 500


def contact_search_text(contact: Contact, *, collaborators: Iterable[str]) -> str:
    """Returns what a contact is found by."""
    user = contact.user
    address = (contact.street, contact.postcode, contact.city)
    return search_text(
        contact.name, contact.company, contact.phone, *address, user.email, user.username, *collaborators
    )


def refresh_dossiers(ids: Iterable[int]) -> None:
    """Writes the search text of these dossiers anew from their files and clients: a few queries and one update."""
    dossiers = list(
        Dossier.objects.filter(pk__in=list(ids)).prefetch_related("files", "accesses__contact__user").order_by("pk")
    )
    for dossier in dossiers:
        parts = [dossier.reference, dossier.title, dossier.comments, dossier.street, dossier.street_extra]
        parts += [dossier.postcode, dossier.city, dossier.cadastre]
        parts += [dossier.owner_name, dossier.owner_email, dossier.orderer_name, dossier.occupant_name]
        for file in dossier.files.all():
            if file.deleted_at is None:
                parts += [file.name, file.title]
        for access in dossier.accesses.all():
            contact = access.contact
            parts += [contact.name, contact.company, contact.user.email]
        dossier.search = search_text(*parts)
        dossier.place = search_text(dossier.postcode, dossier.city)
    Dossier.objects.bulk_update(dossiers, ["search", "place"], batch_size=_BATCH)


@firm_job(queue="search")
def refresh_search(*, dossier_ids: list[int]) -> None:
    """Writes the search text of these dossiers anew, after a contact was deleted."""
    refresh_dossiers(dossier_ids)


@firm_job(queue="search")
def refresh_dossiers_of_contact(*, contact_id: int) -> None:
    """Writes anew the search text of every dossier that a contact may see, after its name changed."""
    ids = list(Dossier.objects.filter(accesses__contact_id=contact_id).values_list("pk", flat=True))
    for start in range(0, len(ids), _BATCH):
        refresh_dossiers(ids[start : start + _BATCH])


def collaborator_emails(contact: Contact) -> list[str]:
    """Returns the addresses of the people who work with a contact."""
    return list(CollaboratorEmail.objects.filter(contact=contact).order_by("id").values_list("email", flat=True))
