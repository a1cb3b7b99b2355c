"""The firm's own documents, as everybody reads them who may: clients, the firm, visitors for what is theirs."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import current_user, for_members
from extranet.access_library import access_document, reader_of
from extranet.actions.library import MOST
from extranet.enums_library import Holding
from extranet.forms.library import CategoryForm
from extranet.models import FirmDocument
from extranet.queries.library import document_groups
from storage.delivery import send_file


@require_safe
@for_members
def library(request: HttpRequest) -> HttpResponse:
    """Returns the documents by category: for the firm with what changes them."""
    user, query = current_user(request), request.GET.get("q", "")
    groups = document_groups(user, query=query)
    context = {
        "groups": groups,
        "query": query,
        "count": sum(len(group.documents) for group in groups),
        "most": MOST,
        "nav": "library",
    }
    if not user.is_firm_staff:
        return render(request, "extranet/portal/library.html", context)
    return render(request, "extranet/office/library.html", context | {"category_form": CategoryForm()})


@require_safe
def document_read(request: HttpRequest, document_code: str) -> HttpResponseBase:
    """Returns the page on which a document is read; of one that is not to be shown, its download or its link."""
    document = _document_or_login(request, document_code)
    if isinstance(document, HttpResponseBase):
        return document
    if document.holding == Holding.LINK:
        return redirect(document.link)
    if not document.is_readable:
        return redirect("library-download", document_code=document.code)
    if request.headers.get("HX-Request"):
        response = render(request, "extranet/library_preview.html", {"document": document})
        response["Vary"] = "HX-Request, Cookie"
        return response
    user = reader_of(request)
    back = reverse("library") + f"#document-{document.code}" if user is not None else reverse("home")
    context = {"document": document, "back_url": back, "nav": "library"}
    if document.holding == Holding.NOTICE:
        shell = "base_office.html" if user and user.is_firm_staff else "base_portal.html"
        return render(
            request,
            "extranet/library_notice.html",
            context | {"shell": shell if user is not None else "extranet/guest/order_base.html"},
        )
    return render(request, "extranet/library_read.html", context)


@require_safe
def document_content(request: HttpRequest, document_code: str) -> HttpResponseBase:
    """Returns a document's file to be shown in the page; what browsers would run is saved instead."""
    return _send(request, document_code, inline=True)


@require_safe
def document_download(request: HttpRequest, document_code: str) -> HttpResponseBase:
    """Returns a document's file to be kept."""
    return _send(request, document_code, inline=False)


def _send(request: HttpRequest, code: str, *, inline: bool) -> HttpResponseBase:
    document = _document_or_login(request, code)
    if isinstance(document, HttpResponseBase):
        return document
    if document.stored is None:
        raise Http404
    return send_file(request, document.stored, name=document.name, inline=inline)


def _document_or_login(request: HttpRequest, code: str) -> FirmDocument | HttpResponse:
    """Returns the document; for a visitor who may not see it, or when there is none, the way to the log-in."""
    user = reader_of(request)
    try:
        return access_document(user, code)
    except Http404:
        if user is None:
            return redirect_to_login(request.get_full_path())
        raise
