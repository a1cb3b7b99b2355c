"""The accounts of a contact's collaborators, managed by the firm."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access import access_contact
from extranet.access_contact import access_sub_account
from extranet.actions.sub_account import delete_sub_account, send_sub_account_codes
from extranet.models import Contact
from extranet.views.common import firm_of, login_link
from extranet.views.sub_account_form import changed_sub_account, new_sub_account
from kernel.errors import DomainError

_PAGE = "extranet/office/sub_account_form.html"


@require_http_methods(["GET", "POST"])
@for_permission(Permission.CONTACTS)
def contact_sub_account_new(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form of a new account under a contact, or makes it."""
    contact = access_contact(current_user(request), code)
    form, made = new_sub_account(request, contact)
    if made is not None:
        messages.success(request, _("%(name)s has an account now.") % {"name": made})
        return _back(contact)
    context = {"form": form, "contact": contact, "nav": "contacts"}
    return render(request, _PAGE, context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.CONTACTS)
def contact_sub_account(request: HttpRequest, code: str, sub_code: str) -> HttpResponse:
    """Returns the form of an account under a contact, or saves it."""
    sub_account = access_sub_account(current_user(request), sub_code, contact_code=code)
    form, changed = changed_sub_account(request, sub_account)
    if changed is not None:
        messages.success(request, _("Saved."))
        return _back(sub_account.contact)
    context = {"form": form, "contact": sub_account.contact, "sub_account": sub_account, "nav": "contacts"}
    return render(request, _PAGE, context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.CONTACTS)
def contact_sub_account_codes(request: HttpRequest, code: str, sub_code: str) -> HttpResponse:
    """Sends an account under a contact its access codes, with a new password."""
    sub_account = access_sub_account(current_user(request), sub_code, contact_code=code)
    try:
        send_sub_account_codes(sub_account, firm_name=firm_of(request).branding.site_name, link=login_link(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        text = _("The access codes are on their way to %(email)s.") % {"email": sub_account.user.email}
        messages.success(request, text)
    return _back(sub_account.contact)


@require_POST
@for_permission(Permission.CONTACTS)
def contact_sub_account_delete(request: HttpRequest, code: str, sub_code: str) -> HttpResponse:
    """Deletes an account under a contact."""
    sub_account = access_sub_account(current_user(request), sub_code, contact_code=code)
    contact, name = sub_account.contact, str(sub_account)
    delete_sub_account(sub_account)
    messages.success(request, _("The account of %(name)s was deleted.") % {"name": name})
    return _back(contact)


def _back(contact: Contact) -> HttpResponse:
    return redirect(reverse("contact-detail", args=[contact.code]) + "#sous-comptes")
