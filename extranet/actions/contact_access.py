"""Giving a contact the dossiers of another one."""

from itertools import batched

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import User
from extranet.actions.history import build_event
from extranet.actions.search import refresh_dossiers
from extranet.actions.webhook_emit import dossier_data, emit
from extranet.enums import AccessKind, EventKind
from extranet.models import Contact, Dossier, DossierAccess, DossierEvent
from kernel.jobs import firm_job

_BATCH = 500


def copy_accesses(contact: Contact, *, source: Contact, user: User | None) -> int:
    """Returns how many dossiers of `source` the contact may read from now on; more than a batch follow in a job."""
    missing = _missing(contact.pk, source.pk)
    count = len(missing)
    if count > _BATCH:
        copy_accesses_later.enqueue(
            contact_id=contact.pk, source_id=source.pk, user_id=user.pk if user is not None else None
        )
    else:
        _give(contact, source, missing, user=user)
    return count


@firm_job()
def copy_accesses_later(*, contact_id: int, source_id: int, user_id: int | None) -> None:
    """Gives a contact the dossiers of another one, batch by batch; a second run goes on where the first ended."""
    contact = Contact.objects.select_related("user").filter(pk=contact_id).first()
    source = Contact.objects.filter(pk=source_id).first()
    if contact is None or source is None:
        return
    user = User.objects.filter(pk=user_id).first() if user_id is not None else None
    for ids in batched(_missing(contact_id, source_id), _BATCH, strict=False):
        _give(contact, source, list(ids), user=user)


def _missing(contact_id: int, source_id: int) -> list[int]:
    own = DossierAccess.objects.filter(contact_id=contact_id, dossier=OuterRef("dossier"))
    theirs = DossierAccess.objects.filter(contact_id=source_id).exclude(Exists(own))
    return list(theirs.order_by("dossier_id").values_list("dossier_id", flat=True))


@transaction.atomic
def _give(contact: Contact, source: Contact, dossier_ids: list[int], *, user: User | None) -> None:
    dossiers = list(Dossier.objects.only("pk", "code", "external_id").filter(pk__in=dossier_ids).order_by("pk"))
    origin = str(source)[:254]
    DossierAccess.objects.bulk_create(
        [DossierAccess(dossier=each, contact=contact, kind=AccessKind.INHERITED, origin=origin) for each in dossiers],
        ignore_conflicts=True,
    )
    write_for_each(dossiers, EventKind.ACCESS_GIVEN, contact=contact, subject=str(contact), user=user)
    refresh_dossiers([each.pk for each in dossiers])


def write_for_each(
    dossiers: list[Dossier], kind: EventKind, *, contact: Contact | None, subject: str, user: User | None
) -> None:
    """Writes the same line into the history of each dossier: one insert. Access that is given is told."""
    events = [build_event(each, kind, actor=user, contact=contact, subject=subject) for each in dossiers]
    DossierEvent.objects.bulk_create(events, batch_size=1_000)
    if kind == EventKind.ACCESS_GIVEN and contact is not None:
        emit("access.given", dossiers, lambda each: {**dossier_data(each), "contact": contact.code})
