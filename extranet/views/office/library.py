"""The firm's own documents, as its people add, change and order them."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_staff
from extranet.access_library import access_category, access_document, access_document_version
from extranet.actions.library import add_document, delete_document, edit_document, move_document, place_documents
from extranet.enums_library import Holding
from extranet.forms.library import DocumentForm, initial_of
from extranet.models import FirmDocument
from extranet.queries.library import deadlines
from extranet.views.office.file import STORAGE_DOWN
from kernel.errors import DomainError, OutsideServiceError
from storage.actions.files import delete_stored_file, store_upload
from storage.delivery import send_file
from storage.models import StoredFile
from storage.uploads import raise_upload_error


@require_http_methods(["GET", "POST"])
@for_staff
def document_new(request: HttpRequest) -> HttpResponse:
    """Returns the form of a new document, or adds it."""
    return _form_page(request, None)


@require_http_methods(["GET", "POST"])
@for_staff
def document_edit(request: HttpRequest, document_code: str) -> HttpResponse:
    """Returns the form of a document with its earlier versions, or saves it."""
    return _form_page(request, access_document(current_user(request), document_code))


def _form_page(request: HttpRequest, document: FirmDocument | None) -> HttpResponse:
    if document is None:
        form = DocumentForm(request.POST or None, request.FILES or None, initial={"category": _asked(request)})
    else:
        form = DocumentForm(
            request.POST or None, request.FILES or None, document=document, initial=initial_of(document)
        )
    # a file beyond the limit leaves nothing in FILES: say so rather than that none was chosen
    if request.method == "POST" and not _upload_failed(request, form) and form.is_valid():
        saved = _save(request, form, document)
        if saved is not None:
            messages.success(request, _("“%(title)s” is saved.") % {"title": saved.title})
            return redirect(f"{reverse('library')}#document-{saved.code}")
    context = {
        "form": form,
        "document": document,
        "versions": list(document.versions.select_related("stored")) if document is not None else [],
        "upload_max_bytes": settings.UPLOAD_MAX_BYTES,
        "nav": "library",
    }
    return render(request, "extranet/office/library_form.html", context, status=422 if form.is_bound else 200)


def _asked(request: HttpRequest) -> str:
    return request.GET.get("category", "").replace("\x00", "")[:16]


def _upload_failed(request: HttpRequest, form: DocumentForm) -> bool:
    try:
        raise_upload_error(request)
    except (DomainError, OutsideServiceError) as error:
        form.add_error("file", str(error if isinstance(error, DomainError) else STORAGE_DOWN))
        return True
    return False


def _save(request: HttpRequest, form: DocumentForm, document: FirmDocument | None) -> FirmDocument | None:
    """Returns the saved document; None when it was refused, the form then says why and nothing of the file is left."""
    user = current_user(request)
    stored: StoredFile | None = None
    try:
        upload = form.cleaned_data["file"]
        if upload is not None and form.made_of == Holding.FILE:
            stored = store_upload(upload, user=user)
        if document is None:
            return add_document(form.values, holding=form.made_of, user=user, stored=stored)
        return edit_document(document, form.values, user=user, stored=stored)
    except DomainError as error:
        if stored is not None:
            delete_stored_file(stored)
        form.add_error("file" if stored is not None or error.code.startswith("file") else None, str(error))
    except OutsideServiceError:
        form.add_error("file", str(STORAGE_DOWN))
    return None


@require_POST
@for_staff
def document_delete(request: HttpRequest, document_code: str) -> HttpResponse:
    """Deletes a document with its versions."""
    document = access_document(current_user(request), document_code)
    try:
        delete_document(document)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(title)s” was deleted.") % {"title": document.title})
    return redirect("library")


@require_POST
@for_staff
def document_move(request: HttpRequest, document_code: str) -> HttpResponse:
    """Moves a document one place up or down, also into the next category."""
    document = access_document(current_user(request), document_code)
    try:
        move_document(document, up=request.POST.get("up") == "1")
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('library')}#document-{document.code}")


@require_POST
@for_staff
def documents_place(request: HttpRequest) -> HttpResponse:
    """Puts the posted codes into a category in their order: what a drag asks for."""
    category = access_category(current_user(request), request.POST.get("category", "").replace("\x00", ""))
    try:
        place_documents(category, codes=[code.replace("\x00", "") for code in request.POST.getlist("code")])
    except DomainError as error:
        if request.headers.get("X-Requested-With"):
            return JsonResponse({"error": str(error), "code": error.code}, status=422)
        messages.error(request, str(error))
        return redirect("library")
    return HttpResponse(status=204) if request.headers.get("X-Requested-With") else redirect("library")


@require_safe
@for_staff
def version_download(request: HttpRequest, document_code: str, docversion_code: str) -> HttpResponseBase:
    """Returns the file of an earlier version."""
    version = access_document_version(current_user(request), document_code, docversion_code)
    return send_file(request, version.stored, name=version.name)


@require_safe
@for_staff
def library_deadlines(request: HttpRequest) -> HttpResponse:
    """Returns the band of the home page that tells which papers of the firm run out; empty when none does."""
    return render(request, "extranet/office/library_deadlines.html", {"deadlines": deadlines()})
