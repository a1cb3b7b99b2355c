"""A firm's contacts and their accounts."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions.codes import issue_codes
from accounts.models import Role, User
from extranet.actions.account import save_account
from extranet.actions.contact_access import copy_accesses, write_for_each
from extranet.actions.message_file import delete_message_files
from extranet.actions.search import (
    collaborator_emails,
    contact_search_text,
    refresh_dossiers_of_contact,
    refresh_search,
)
from extranet.actions.unpaid import follow_exemption
from extranet.actions.webhook_emit import contact_data, emit
from extranet.enums import ContactKind, EventKind
from extranet.models import CollaboratorEmail, Contact, Dossier, DossierAccess, Message, SubAccount
from kernel.errors import DomainError
from kernel.jobs import firm_job

_BATCH = 500


@transaction.atomic
def create_contact(
    *,
    name: str,
    company: str,
    phone: str,
    email: str,
    username: str,
    collaborators: Sequence[str],
    language: str,
    send_codes: bool,
    firm_name: str,
    link: str,
    kind: str = ContactKind.OTHER,
    street: str = "",
    postcode: str = "",
    city: str = "",
    notes: str = "",
    reads_unpaid: bool = False,
    inherit_from: Contact | None = None,
    user: User | None = None,
) -> Contact:
    """Returns a new client with its account; its codes leave by mail when `send_codes`.

    With `inherit_from` it gets the rights of that contact (to read unpaid dossiers, on top of `reads_unpaid`) and an
    inherited access to each of its dossiers, given by `user`; its type, address, collaborators, sub-accounts and
    messages are not copied. Raises DomainError `username_taken` or `email_taken`.
    """
    account = save_account(User(role=Role.CLIENT), name=name, email=email, username=username, language=language)
    contact = Contact(user=account, name=name, company=company, phone=phone, kind=kind or ContactKind.OTHER)
    contact.street, contact.postcode, contact.city, contact.notes = street, postcode, city, notes
    contact.reads_unpaid, contact.inherited_from = reads_unpaid, inherit_from
    if inherit_from is not None and inherit_from.reads_unpaid:
        contact.reads_unpaid = True
    contact.search = contact_search_text(contact, collaborators=collaborators)
    contact.save()
    _set_collaborators(contact, collaborators)
    if inherit_from is not None:
        copy_accesses(contact, source=inherit_from, user=user)
    if send_codes:
        send_access_codes(contact, firm_name=firm_name, link=link)
    emit("contact.created", [contact], contact_data)
    return contact


@transaction.atomic
def edit_contact(
    contact: Contact,
    *,
    name: str,
    company: str,
    phone: str,
    email: str,
    username: str,
    collaborators: Sequence[str],
    language: str,
    kind: str | None = None,
    street: str | None = None,
    postcode: str | None = None,
    city: str | None = None,
    notes: str | None = None,
    reads_unpaid: bool | None = None,
    user: User | None = None,
) -> Contact:
    """Returns the edited contact, what is None left as it was; the search text of its dossiers follows in a job.

    Raises DomainError `username_taken`, `email_taken` or `erased`.
    """
    refuse_erased(contact)
    save_account(contact.user, name=name, email=email, username=username, language=language)
    contact.name, contact.company, contact.phone = name, company, phone
    exempt_before = contact.reads_unpaid
    given = {"kind": kind, "street": street, "postcode": postcode, "city": city, "notes": notes}
    for field, value in (given | {"reads_unpaid": reads_unpaid}).items():
        if value is not None:
            setattr(contact, field, value)
    contact.save()
    if contact.reads_unpaid != exempt_before:
        follow_exemption(contact, user=user)
    _set_collaborators(contact, collaborators)
    refresh_contact_search(contact)
    refresh_dossiers_of_contact.enqueue(contact_id=contact.pk, once=f"contact-{contact.pk}")
    return contact


def delete_contact(contact: Contact, *, user: User | None = None) -> None:
    """Deletes a contact, its accounts and its accesses; dossiers stay, their history keeps its name."""
    delete_contacts([contact], user=user)


@transaction.atomic
def delete_contacts(contacts: Sequence[Contact], *, user: User | None) -> int:
    """Returns how many contacts were deleted, with their accounts, sub-accounts, messages and accesses.

    Their dossiers stay, downloaded as far as they were; their history keeps the names and tells of the deletion.
    """
    keys = [contact.pk for contact in contacts]
    touched: set[int] = set()
    for contact in contacts:
        ids = DossierAccess.objects.filter(contact=contact).values_list("dossier_id", flat=True)
        touched.update(ids)
        dossiers = list(Dossier.objects.only("pk").filter(accesses__contact=contact).order_by("pk"))
        write_for_each(dossiers, EventKind.ACCESS_REMOVED, contact=None, subject=str(contact), user=user)
    delete_message_files(Message.objects.filter(contact__in=keys))
    User.objects.filter(Q(sub_account__contact__in=keys) | Q(contact__in=keys)).delete()
    ordered = sorted(touched)
    for start in range(0, len(ordered), _BATCH):
        refresh_search.enqueue(dossier_ids=ordered[start : start + _BATCH])
    return len(keys)


@transaction.atomic
def send_access_codes(contact: Contact, *, firm_name: str, link: str) -> None:
    """Mails the contact its identifier and a new password, to be changed at the first log-in.

    Raises DomainError `inactive` when nobody can log in with them.
    """
    refuse_inactive(contact.user)
    issue_codes(contact.user, firm_name=firm_name, link=link)
    contact.codes_sent_at = timezone.now()
    contact.save(update_fields=["codes_sent_at"])


def send_codes_to_all(contacts: Sequence[Contact], *, firm_name: str, link: str) -> tuple[int, list[Contact]]:
    """Returns how many contacts get new access codes, each by a job of its own, and those left out: they are closed."""
    left_out = [contact for contact in contacts if not contact.user.is_active]
    asked_at = timezone.now().isoformat()
    with transaction.atomic():
        for contact in contacts:
            if contact.user.is_active:
                send_codes_later.enqueue(
                    contact_id=contact.pk,
                    firm_name=firm_name,
                    link=link,
                    asked_at=asked_at,
                    once=f"codes-{contact.pk}",
                )
    return len(contacts) - len(left_out), left_out


@firm_job()
def send_codes_later(*, contact_id: int, firm_name: str, link: str, asked_at: str) -> None:
    """Sends a contact new access codes, unless that was done since `asked_at` or it was closed meanwhile."""
    with transaction.atomic():
        found = Contact.objects.select_for_update(of=("self",)).select_related("user").filter(pk=contact_id)
        contact = found.first()
        if contact is None or not contact.user.is_active:
            return
        if contact.codes_sent_at is not None and contact.codes_sent_at >= datetime.fromisoformat(asked_at):
            return
        send_access_codes(contact, firm_name=firm_name, link=link)


def refresh_contact_search(contact: Contact) -> None:
    """Writes what a contact is found by: its own data, its collaborators' addresses and its sub-accounts."""
    people = SubAccount.objects.filter(contact=contact).order_by("pk")
    others = [text for pair in people.values_list("user__full_name", "user__email") for text in pair]
    contact.search = contact_search_text(contact, collaborators=[*collaborator_emails(contact), *others])
    contact.save(update_fields=["search"])


def refuse_erased(contact: Contact) -> None:
    """Raises DomainError `erased` for a contact whose personal data were erased."""
    if contact.erased_at is not None:
        raise DomainError("erased", _("The data of this contact were erased: it can only be deleted."))


def refuse_inactive(user: User) -> None:
    """Raises DomainError `inactive` for an account that nobody can log in with."""
    if not user.is_active:
        raise DomainError("inactive", _("This account is closed: nobody could log in with the codes."))


def _set_collaborators(contact: Contact, emails: Sequence[str]) -> None:
    wanted = {email.lower() for email in emails}
    present = {entry.email: entry for entry in CollaboratorEmail.objects.filter(contact=contact)}
    for email, entry in present.items():
        if email not in wanted:
            entry.delete()
    CollaboratorEmail.objects.bulk_create(
        [CollaboratorEmail(contact=contact, email=email) for email in sorted(wanted - set(present))]
    )
