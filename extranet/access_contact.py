"""The doors to the accounts under a contact: what a person may not see does not exist."""

from django.http import Http404

from accounts.models import User
from extranet.models import Contact, SubAccount


def access_own_contact(user: User) -> Contact:
    """Returns the contact whose main account this is, open for its collaborators to be managed; raises Http404 else."""
    contact = None
    if user.is_client:
        contact = Contact.objects.select_related("user").filter(user_id=user.pk, erased_at__isnull=True).first()
    if contact is None:
        raise Http404
    return contact


def access_sub_account(user: User, code: str, *, contact_code: str = "") -> SubAccount:
    """Returns an account under a contact: for staff under the contact named, for a main account under its own.

    Raises Http404 when it is not there or not for this person.
    """
    found = SubAccount.objects.select_related("user", "contact__user").filter(code=code)
    if user.is_firm_staff:
        found = found.filter(contact__code=contact_code)
    else:
        found = found.filter(contact=access_own_contact(user))
    sub_account = found.first()
    if sub_account is None:
        raise Http404
    return sub_account
