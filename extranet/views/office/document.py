"""The documents that the firm asks of its client."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission, for_staff
from accounts.models import Permission
from extranet.access import access_dossier
from extranet.access_guest import access_request, access_sent_document
from extranet.actions.document import (
    accept_document,
    ask_documents,
    delete_request,
    mail_documents_asked,
    refuse_document,
)
from extranet.forms.document import DocumentsForm, RefusalForm
from extranet.models import Dossier
from extranet.views.common import firm_of
from kernel.errors import DomainError
from storage.delivery import send_file
from tenants.links import firm_url


@require_http_methods(["GET", "POST"])
@for_permission(Permission.DOSSIERS)
def documents_add(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form that asks for documents, or puts them on the checklist."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    form = DocumentsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        asked = ask_documents(dossier, wanted=form.wanted, note=data["note"], due_on=data["due_on"], user=user)
        text = ngettext("%(count)d document is asked for.", "%(count)d documents are asked for.", len(asked))
        messages.success(request, text % {"count": len(asked)})
        if data["tell"]:
            _mail(request, dossier)
        return _back(code)
    context = {"form": form, "dossier": dossier, "nav": "dossiers"}
    return render(request, "extranet/office/documents_add.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.DOSSIERS)
def documents_mail(request: HttpRequest, code: str) -> HttpResponse:
    """Asks, by mail, for the documents that are missing."""
    _mail(request, access_dossier(current_user(request), code))
    return _back(code)


@require_POST
@for_permission(Permission.DOSSIERS)
def document_accept(request: HttpRequest, code: str, request_code: str) -> HttpResponse:
    """Accepts what was sent for a document."""
    user = current_user(request)
    item = access_request(user, code, request_code)
    try:
        accept_document(item, user=user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(name)s” is accepted.") % {"name": item})
    return _back(code)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.DOSSIERS)
def document_refuse(request: HttpRequest, code: str, request_code: str) -> HttpResponse:
    """Returns the form that says why a document has to be sent again, or says it."""
    user = current_user(request)
    item = access_request(user, code, request_code)
    form = RefusalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            refuse_document(item, reason=form.cleaned_data["reason"], user=user, link=_link(request, code))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The client is asked to send “%(name)s” again.") % {"name": item})
            return _back(code)
    context = {"form": form, "item": item, "dossier": item.dossier, "nav": "dossiers"}
    return render(request, "extranet/office/document_refuse.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.DOSSIERS)
def document_delete(request: HttpRequest, code: str, request_code: str) -> HttpResponse:
    """Takes a document off the checklist, with what was sent for it."""
    item = access_request(current_user(request), code, request_code)
    name = str(item)
    delete_request(item)
    messages.success(request, _("“%(name)s” is no longer asked for.") % {"name": name})
    return _back(code)


@require_safe
@for_staff
def document_download(request: HttpRequest, code: str, request_code: str, sent_code: str) -> HttpResponseBase:
    """Returns a file that the client sent."""
    sent = access_sent_document(current_user(request), code, request_code, sent_code)
    return send_file(request, sent.stored, name=sent.name, inline=request.GET.get("lire") == "1")


def _mail(request: HttpRequest, dossier: Dossier) -> None:
    try:
        count = mail_documents_asked(dossier, link=_link(request, dossier.code))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        text = ngettext("%(count)d person was asked by e-mail.", "%(count)d people were asked by e-mail.", count)
        messages.success(request, text % {"count": count})


def _link(request: HttpRequest, code: str) -> str:
    return firm_url(firm_of(request), f"{reverse('dossier-detail', args=[code])}#documents")


def _back(code: str) -> HttpResponse:
    return redirect(f"{reverse('dossier-detail', args=[code])}#documents")
