"""The documents asked of the client: asked, sent, accepted or to be sent again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.guest_link import guest_url
from extranet.actions.history import Visit, build_event
from extranet.actions.readers import in_language_of
from extranet.emails_guest import document_redo_mail, documents_asked_mail
from extranet.enums import EventKind, RequestKind, RequestState
from extranet.models import Contact, Dossier, DossierAccess, GuestLink, RequestedDocument, SentDocument
from extranet.queries.contact import contact_id_of
from extranet.queries.guest_link import usable_guest_links
from kernel.errors import DomainError
from mail.actions.outgoing import queue_mail
from mail.content import MailContent
from storage.actions.files import claim, delete_stored_file
from storage.models import StoredFile
from themes.models import current_branding

#: Of one document asked: whoever needs more sends a zip.
MAX_SENT = 30


@dataclass(frozen=True)
class Wanted:
    """A document to ask for; `label` is its name when it is none of the usual ones."""

    kind: RequestKind
    label: str = ""


@dataclass(frozen=True)
class Sender:
    """Who sends a document: a person with an account, or a guest."""

    user: User | None = None
    guest: GuestLink | None = None

    @property
    def email(self) -> str:
        """The address by which the sender is known, and may take back what it sent."""
        if self.user is not None:
            return self.user.email
        return self.guest.email if self.guest is not None else ""


@transaction.atomic
def ask_documents(
    dossier: Dossier, *, wanted: Sequence[Wanted], note: str, due_on: date | None, user: User
) -> list[RequestedDocument]:
    """Returns the new lines of a dossier's checklist; nobody is told yet."""
    Dossier.objects.select_for_update().get(pk=dossier.pk)
    last = RequestedDocument.objects.filter(dossier=dossier).aggregate(last=Max("position"))["last"] or 0
    asked = []
    for position, entry in enumerate(wanted, last + 1):
        request = RequestedDocument.objects.create(
            dossier=dossier, kind=entry.kind, label=entry.label, note=note, due_on=due_on, position=position
        )
        build_event(dossier, EventKind.DOCUMENT_ASKED, actor=user, subject=str(request)).save()
        asked.append(request)
    return asked


@transaction.atomic
def mail_documents_asked(dossier: Dossier, *, link: str) -> int:
    """Returns how many people are told by mail which documents are missing: contacts with access, and guests.

    `link` is the dossier's address for those with an account. Raises DomainError `nothing_missing` or `no_access`.
    """
    missing = list(RequestedDocument.objects.filter(dossier=dossier, state__in=[RequestState.ASKED, RequestState.REDO]))
    if not missing:
        raise DomainError("nothing_missing", _("No document is missing: there is nothing to ask for."))
    firm_name = current_branding().site_name
    count = _tell(
        dossier,
        lambda name, url: documents_asked_mail(dossier, missing, name=name, firm_name=firm_name, url=url),
        kind="documents_asked",
        link=link,
    )
    if not count:
        raise DomainError("no_access", _("Nobody can read this dossier yet: give an access before you ask."))
    return count


@transaction.atomic
def accept_document(request: RequestedDocument, *, user: User) -> RequestedDocument:
    """Returns the document, accepted; raises DomainError `nothing_sent`."""
    locked = _locked(request)
    if not locked.sent.exists():
        raise DomainError("nothing_sent", _("Nothing was sent for this document yet."))
    locked.state, locked.reason = RequestState.ACCEPTED, ""
    locked.save(update_fields=["state", "reason"])
    build_event(locked.dossier, EventKind.DOCUMENT_ACCEPTED, actor=user, subject=str(locked)).save()
    return locked


@transaction.atomic
def refuse_document(request: RequestedDocument, *, reason: str, user: User, link: str) -> RequestedDocument:
    """Returns the document, to be sent again for this reason; those who can read the dossier are told by mail.

    `link` is the dossier's address for those with an account. Raises DomainError `nothing_sent`.
    """
    locked = _locked(request)
    if not locked.sent.exists():
        raise DomainError("nothing_sent", _("Nothing was sent for this document yet."))
    locked.state, locked.reason = RequestState.REDO, reason
    locked.save(update_fields=["state", "reason"])
    subject = f"{locked} — {reason}"
    build_event(locked.dossier, EventKind.DOCUMENT_REFUSED, actor=user, subject=subject).save()
    _tell(
        locked.dossier,
        lambda name, url: document_redo_mail(locked, name=name, url=url),
        kind="document_redo",
        link=link,
    )
    return locked


@transaction.atomic
def delete_request(request: RequestedDocument) -> None:
    """Takes a line off the checklist, with what was sent for it."""
    locked = _locked(request)
    for sent in locked.sent.select_related("stored"):
        _delete_sent(sent)
    locked.delete()


@transaction.atomic
def send_documents(
    request: RequestedDocument, *, stored: Sequence[StoredFile], sender: Sender, visit: Visit
) -> list[SentDocument]:
    """Returns what was sent for a document, which the firm has to look at now.

    Raises DomainError `document_accepted`, `too_many_files`, or `upload_gone`; then the caller deletes the uploads.
    """
    locked = _locked(request)
    check_open(locked)
    if locked.sent.count() + len(stored) > MAX_SENT:
        raise DomainError(
            "too_many_files", _("%(count)d files at most for one document: put them in a zip.") % {"count": MAX_SENT}
        )
    sent = [
        SentDocument.objects.create(request=locked, stored=claim(file), name=file.name, sent_by=sender.email)
        for file in stored
    ]
    locked.state, locked.answered_at = RequestState.SENT, timezone.now()
    locked.save(update_fields=["state", "answered_at"])
    names = ", ".join(file.name for file in stored)
    build_event(
        locked.dossier,
        EventKind.DOCUMENT_SENT,
        actor=sender.user,
        contact=_contact_of(sender.user),
        guest=sender.guest,
        subject=f"{locked} — {names}",
        visit=visit,
    ).save()
    return sent


@transaction.atomic
def remove_sent_document(sent: SentDocument) -> RequestedDocument:
    """Returns the document of which a sent file was taken back; raises DomainError `document_accepted`."""
    locked = _locked(sent.request)
    check_open(locked)
    _delete_sent(sent)
    if not locked.sent.exists():
        locked.state = RequestState.REDO if locked.reason else RequestState.ASKED
        locked.answered_at = None
        locked.save(update_fields=["state", "answered_at"])
    return locked


def check_open(request: RequestedDocument) -> None:
    """Raises DomainError `document_accepted` when the firm has accepted what was sent."""
    if request.state == RequestState.ACCEPTED:
        raise DomainError("document_accepted", _("This document is accepted: nothing more is to be done."))


def _tell(dossier: Dossier, content: Callable[[str, str], MailContent], *, kind: str, link: str) -> int:
    """Mails each contact who may log in, in its language, and each guest, in the firm's; returns how many."""
    accesses = DossierAccess.objects.filter(dossier=dossier, contact__user__is_active=True)
    contacts = [access.contact for access in accesses.select_related("contact__user").order_by("id")]
    for contact in contacts:
        with contact.user.in_own_language():
            queue_mail(to=contact.user.email, content=content(contact.name, link), kind=kind)
    told = {contact.user.email.lower() for contact in contacts}
    for guest in usable_guest_links(dossier):
        if guest.email in told:
            continue
        told.add(guest.email)
        with in_language_of(None):
            queue_mail(to=guest.email, content=content(guest.name, guest_url(guest)), kind=kind)
    return len(told)


def _locked(request: RequestedDocument) -> RequestedDocument:
    # the dossier first, as its purge does: nothing is sent while its files are being listed for deletion
    Dossier.objects.select_for_update().get(pk=request.dossier_id)
    return RequestedDocument.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=request.pk)


def _delete_sent(sent: SentDocument) -> None:
    stored = sent.stored
    sent.delete()
    delete_stored_file(stored)


def _contact_of(user: User | None) -> Contact | None:
    contact_id = contact_id_of(user) if user is not None else None
    return Contact.objects.filter(pk=contact_id).first() if contact_id else None
