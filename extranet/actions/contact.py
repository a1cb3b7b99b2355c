"""A firm's contacts and their accounts."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions.codes import issue_codes
from accounts.models import Role, User
from extranet.actions.search import contact_search_text, refresh_dossiers_of_contact, refresh_search
from extranet.models import CollaboratorEmail, Contact, Dossier
from kernel.errors import DomainError


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
) -> Contact:
    """Returns a new client with its account; its codes leave by mail when `send_codes`.

    Raises DomainError `username_taken` or `email_taken`.
    """
    user = _save_user(User(role=Role.CLIENT), name=name, email=email, username=username, language=language)
    contact = Contact(user=user, name=name, company=company, phone=phone)
    contact.search = contact_search_text(contact, collaborators=collaborators)
    contact.save()
    _set_collaborators(contact, collaborators)
    if send_codes:
        send_access_codes(contact, firm_name=firm_name, link=link)
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
) -> Contact:
    """Returns the edited contact; the search text of its dossiers follows in a job.

    Raises DomainError `username_taken` or `email_taken`.
    """
    _save_user(contact.user, name=name, email=email, username=username, language=language)
    contact.name, contact.company, contact.phone = name, company, phone
    contact.search = contact_search_text(contact, collaborators=collaborators)
    contact.save()
    _set_collaborators(contact, collaborators)
    refresh_dossiers_of_contact.enqueue(contact_id=contact.pk, once=f"contact-{contact.pk}")
    return contact


@transaction.atomic
def delete_contact(contact: Contact) -> None:
    """Deletes a contact, its account and its accesses; dossiers stay, their history keeps its name."""
    ids = list(Dossier.objects.filter(accesses__contact=contact).values_list("pk", flat=True))
    contact.user.delete()
    for start in range(0, len(ids), 500):
        refresh_search.enqueue(dossier_ids=ids[start : start + 500])


@transaction.atomic
def send_access_codes(contact: Contact, *, firm_name: str, link: str) -> None:
    """Mails the contact its identifier and a new password, to be changed at the first log-in."""
    issue_codes(contact.user, firm_name=firm_name, link=link)
    contact.codes_sent_at = timezone.now()
    contact.save(update_fields=["codes_sent_at"])


def _save_user(user: User, *, name: str, email: str, username: str, language: str) -> User:
    user.full_name, user.email, user.username, user.language = name, email, username.lower(), language
    if user._state.adding:
        user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        if "accounts_user_email_uq" in str(error):
            raise DomainError("email_taken", _("Another account already uses this e-mail.")) from error
        raise DomainError("username_taken", _("Another account already uses this identifier.")) from error
    return user


def _set_collaborators(contact: Contact, emails: Sequence[str]) -> None:
    wanted = {email.lower() for email in emails}
    present = {entry.email: entry for entry in CollaboratorEmail.objects.filter(contact=contact)}
    for email, entry in present.items():
        if email not in wanted:
            entry.delete()
    CollaboratorEmail.objects.bulk_create(
        [CollaboratorEmail(contact=contact, email=email) for email in sorted(wanted - set(present))]
    )
