"""The accounts of a contact's collaborators: each logs in by itself and reads what the contact reads."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.closing import end_sessions
from accounts.actions.codes import issue_codes
from accounts.models import Role, User
from extranet.actions.account import save_account
from extranet.actions.contact import refresh_contact_search, refuse_erased, refuse_inactive
from extranet.models import Contact, SubAccount
from kernel.errors import DomainError

#: Of one contact.
MOST = 50


@transaction.atomic
def add_sub_account(
    contact: Contact,
    *,
    name: str,
    email: str,
    username: str,
    language: str,
    send_codes: bool,
    firm_name: str,
    link: str,
) -> SubAccount:
    """Returns a new account under a contact; its codes leave by mail when `send_codes`.

    Raises DomainError `username_taken`, `email_taken`, `erased` or `too_many`.
    """
    refuse_erased(contact)
    # locked, so that two who add at once are counted
    Contact.objects.select_for_update().get(pk=contact.pk)
    if SubAccount.objects.filter(contact=contact).count() >= MOST:
        raise DomainError("too_many", _("A contact has at most %(most)d sub-accounts.") % {"most": MOST})
    user = save_account(User(role=Role.CLIENT), name=name, email=email, username=username, language=language)
    sub_account = SubAccount.objects.create(contact=contact, user=user)
    refresh_contact_search(contact)
    if send_codes:
        send_sub_account_codes(sub_account, firm_name=firm_name, link=link)
    return sub_account


@transaction.atomic
def edit_sub_account(
    sub_account: SubAccount, *, name: str, email: str, username: str, language: str, is_active: bool
) -> SubAccount:
    """Returns the changed account; one that may no longer log in is logged out at once.

    Raises DomainError `username_taken` or `email_taken`.
    """
    user = sub_account.user
    closes = user.is_active and not is_active
    user.is_active = is_active
    save_account(user, name=name, email=email, username=username, language=language)
    if closes:
        end_sessions(user)
    refresh_contact_search(sub_account.contact)
    return sub_account


@transaction.atomic
def delete_sub_account(sub_account: SubAccount) -> None:
    """Deletes an account under a contact, which is logged out at once; the history keeps its name."""
    contact = sub_account.contact
    end_sessions(sub_account.user)
    sub_account.user.delete()
    refresh_contact_search(contact)


def send_sub_account_codes(sub_account: SubAccount, *, firm_name: str, link: str) -> None:
    """Mails the person its identifier and a new password; raises DomainError `inactive` for a closed account."""
    refuse_inactive(sub_account.user)
    issue_codes(sub_account.user, firm_name=firm_name, link=link)
