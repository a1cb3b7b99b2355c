"""A client's collaborators and their accounts, managed by its main account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_members
from extranet.access_contact import access_own_contact, access_sub_account
from extranet.actions.sub_account import MOST, delete_sub_account, send_sub_account_codes
from extranet.queries.contact_detail import sub_accounts_of
from extranet.views.common import firm_of, login_link
from extranet.views.sub_account_form import changed_sub_account, new_sub_account
from kernel.errors import DomainError
from kernel.ratelimit import consume

_PAGE = "extranet/portal/sub_account_form.html"
#: Mails with codes that a client may have sent from one address, an hour.
_MAILS_AN_HOUR = 30


@require_safe
@for_members
def sub_account_list(request: HttpRequest) -> HttpResponse:
    """Returns the collaborators of a client who have an account of their own."""
    contact = access_own_contact(current_user(request))
    found = sub_accounts_of(contact)
    context = {"sub_accounts": found, "is_full": len(found) >= MOST, "nav": "sub-accounts"}
    return render(request, "extranet/portal/sub_account_list.html", context)


@require_http_methods(["GET", "POST"])
@for_members
def sub_account_new(request: HttpRequest) -> HttpResponse:
    """Returns the form of a collaborator's new account, or makes it."""
    contact = access_own_contact(current_user(request))
    if request.method == "POST" and not _may_mail(request):
        return redirect("sub-account-list")
    form, made = new_sub_account(request, contact)
    if made is not None:
        messages.success(request, _("%(name)s has an account now.") % {"name": made})
        return redirect("sub-account-list")
    return render(request, _PAGE, {"form": form, "nav": "sub-accounts"}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_members
def sub_account_edit(request: HttpRequest, sub_code: str) -> HttpResponse:
    """Returns the form of a collaborator's account, or saves it."""
    user = current_user(request)
    access_own_contact(user)
    sub_account = access_sub_account(user, sub_code)
    form, changed = changed_sub_account(request, sub_account)
    if changed is not None:
        messages.success(request, _("Saved."))
        return redirect("sub-account-list")
    context = {"form": form, "sub_account": sub_account, "nav": "sub-accounts"}
    return render(request, _PAGE, context, status=422 if form.is_bound else 200)


@require_POST
@for_members
def sub_account_codes(request: HttpRequest, sub_code: str) -> HttpResponse:
    """Sends a collaborator its access codes, with a new password."""
    user = current_user(request)
    access_own_contact(user)
    sub_account = access_sub_account(user, sub_code)
    if not _may_mail(request):
        return redirect("sub-account-list")
    try:
        send_sub_account_codes(sub_account, firm_name=firm_of(request).branding.site_name, link=login_link(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        text = _("The access codes are on their way to %(email)s.") % {"email": sub_account.user.email}
        messages.success(request, text)
    return redirect("sub-account-list")


@require_POST
@for_members
def sub_account_delete(request: HttpRequest, sub_code: str) -> HttpResponse:
    """Deletes a collaborator's account."""
    user = current_user(request)
    access_own_contact(user)
    sub_account = access_sub_account(user, sub_code)
    name = str(sub_account)
    delete_sub_account(sub_account)
    messages.success(request, _("The account of %(name)s was deleted.") % {"name": name})
    return redirect("sub-account-list")


def _may_mail(request: HttpRequest) -> bool:
    if consume(request, "sub-account-mail", limit=_MAILS_AN_HOUR, seconds=3600):
        return True
    messages.error(request, _("That was a lot of access codes in one hour: try again later."))
    return False
