"""The form of an account under a contact, which the firm and the contact's main account share."""

from typing import Any

from django.http import HttpRequest

from extranet.actions.sub_account import add_sub_account, edit_sub_account
from extranet.forms.contact import EditSubAccountForm, NewSubAccountForm
from extranet.models import Contact, SubAccount
from extranet.views.common import firm_of, login_link
from kernel.errors import DomainError

#: The field at which each refusal is told.
_FIELDS = {"username_taken": "username", "email_taken": "email"}


def new_sub_account(request: HttpRequest, contact: Contact) -> tuple[NewSubAccountForm, SubAccount | None]:
    """Returns the form of a new account, and the account once it was made."""
    initial = {
        "email": request.GET.get("email", "").replace("\x00", "")[:150],
        "language": contact.user.language or firm_of(request).branding.language,
    }
    form = NewSubAccountForm(request.POST if request.method == "POST" else None, initial=initial)
    if not form.is_valid():
        return form, None
    data = form.cleaned_data
    try:
        made = add_sub_account(
            contact,
            **_account(data),
            send_codes=data["send_codes"],
            firm_name=firm_of(request).branding.site_name,
            link=login_link(request),
        )
    except DomainError as error:
        form.add_error(_FIELDS.get(error.code), str(error))
        return form, None
    return form, made


def changed_sub_account(request: HttpRequest, sub_account: SubAccount) -> tuple[EditSubAccountForm, SubAccount | None]:
    """Returns the form of an account, and the account once it was changed."""
    user = sub_account.user
    initial = {
        "name": user.full_name,
        "email": user.email,
        "username": user.username,
        "language": user.language or firm_of(request).branding.language,
        "is_active": user.is_active,
    }
    form = EditSubAccountForm(request.POST if request.method == "POST" else None, initial=initial)
    if not form.is_valid():
        return form, None
    try:
        edit_sub_account(sub_account, **_account(form.cleaned_data), is_active=form.cleaned_data["is_active"])
    except DomainError as error:
        form.add_error(_FIELDS.get(error.code), str(error))
        return form, None
    return form, sub_account


def _account(data: dict[str, Any]) -> dict[str, Any]:
    email = data["email"].lower()
    return {
        "name": data["name"],
        "email": email,
        "username": data["username"] or email,
        "language": data["language"],
    }
