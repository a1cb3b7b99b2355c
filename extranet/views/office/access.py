"""Who may read a dossier, as the firm decides it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access import access_dossier
from extranet.access_guest import access_guest_link
from extranet.actions.dossier_access import give_access, give_access_by_email, remove_access
from extranet.actions.guest_link import (
    create_guest_link,
    prolong_guest_link,
    revoke_guest_link,
    send_guest_link,
)
from extranet.forms.access import AccessForm, GuestLinkForm
from extranet.models import Dossier, DossierAccess
from extranet.queries.contact import contacts_offered
from kernel.errors import DomainError


@require_http_methods(["GET", "POST"])
@for_permission(Permission.DOSSIERS)
def access_add(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the page that gives somebody access, or gives it to a contact."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    form = AccessForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        contact = form.cleaned_data["contact"]
        give_access(dossier, contact=contact, user=user, kind=form.cleaned_data["kind"])
        messages.success(request, _("%(contact)s may now read this dossier.") % {"contact": contact})
        return _back(code)
    return _page(request, dossier, form=form, guest_form=GuestLinkForm())


@require_POST
@for_permission(Permission.DOSSIERS)
def guest_add(request: HttpRequest, code: str) -> HttpResponse:
    """Makes an occasional access for an e-mail address, and mails it."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    form = GuestLinkForm(request.POST)
    if not form.is_valid():
        return _page(request, dossier, form=AccessForm(), guest_form=form)
    data = form.cleaned_data
    link = create_guest_link(
        dossier,
        email=data["email"],
        name=data["name"],
        expires_at=form.expires_at,
        max_uses=data["max_uses"],
        asks_code=data["asks_code"],
        user=user,
    )
    messages.success(request, _("The link is on its way to %(email)s.") % {"email": link.email})
    for contact in give_access_by_email(dossier, email=link.email, user=user):
        text = _("%(email)s works with %(contact)s, who may now read this dossier too.")
        messages.info(request, text % {"email": link.email, "contact": contact})
    return _back(code)


@require_POST
@for_permission(Permission.DOSSIERS)
def access_remove(request: HttpRequest, code: str, contact_code: str) -> HttpResponse:
    """Takes a contact's access away."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    access = (
        DossierAccess.objects.filter(dossier=dossier, contact__code=contact_code)
        .select_related("contact__user", "dossier")
        .first()
    )
    if access is None:
        raise Http404
    remove_access(access, user=user)
    messages.success(request, _("%(contact)s can no longer read this dossier.") % {"contact": access.contact})
    return _back(code)


@require_POST
@for_permission(Permission.DOSSIERS)
def guest_send(request: HttpRequest, code: str, link_code: str) -> HttpResponse:
    """Mails an occasional access once more."""
    user = current_user(request)
    link = access_guest_link(user, code, link_code)
    try:
        send_guest_link(link, user=user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The link is on its way to %(email)s.") % {"email": link.email})
    return _back(code)


@require_POST
@for_permission(Permission.DOSSIERS)
def guest_prolong(request: HttpRequest, code: str, link_code: str) -> HttpResponse:
    """Gives an occasional access more days and uses, and mails it."""
    user = current_user(request)
    link = access_guest_link(user, code, link_code)
    try:
        prolong_guest_link(link, user=user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        text = _("The link works longer now; it was sent to %(email)s once more.")
        messages.success(request, text % {"email": link.email})
    return _back(code)


@require_POST
@for_permission(Permission.DOSSIERS)
def guest_revoke(request: HttpRequest, code: str, link_code: str) -> HttpResponse:
    """Takes an occasional access back."""
    user = current_user(request)
    link = access_guest_link(user, code, link_code)
    revoke_guest_link(link, user=user)
    messages.success(request, _("The link of %(email)s opens nothing any more.") % {"email": link.email})
    return _back(code)


def _page(request: HttpRequest, dossier: Dossier, *, form: AccessForm, guest_form: GuestLinkForm) -> HttpResponse:
    given = list(DossierAccess.objects.filter(dossier=dossier).values_list("contact_id", flat=True))
    chosen = [form.data["contact"].replace("\x00", "")] if form.is_bound and form.data.get("contact") else []
    context = {
        "dossier": dossier,
        "form": form,
        "guest_form": guest_form,
        "contacts": contacts_offered(chosen, without=given),
        "chosen": chosen,
        "nav": "dossiers",
    }
    status = 422 if form.is_bound or guest_form.is_bound else 200
    return render(request, "extranet/office/access_add.html", context, status=status)


def _back(code: str) -> HttpResponse:
    return redirect(f"{reverse('dossier-detail', args=[code])}#acces")
