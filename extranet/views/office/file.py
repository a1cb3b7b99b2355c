"""The files of a dossier, as the firm uploads and describes them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import current_user, for_staff
from accounts.models import User
from extranet.access import access_dossier, access_file
from extranet.actions.dossier_file import attach_files, edit_file, remove_file
from extranet.forms.dossier import DossierFileForm, PostedUploads
from kernel.errors import DomainError, OutsideServiceError
from storage.actions.files import store_upload
from storage.models import StoredFile
from storage.uploads import raise_upload_error

_STORAGE_DOWN = gettext_lazy("The file could not be stored just now. Nothing is lost: try again in a moment.")


@dataclass(frozen=True)
class UploadRow:
    """An upload on the page, with what was typed for it."""

    upload: StoredFile
    name: str = ""
    title: str = ""
    comment: str = ""


@require_POST
@for_staff
def file_upload(request: HttpRequest) -> HttpResponse:
    """Takes one file; returns the fragment with its fields, or {"error": …} with the reason."""
    user = current_user(request)
    try:
        raise_upload_error(request)
        upload = request.FILES.get("file")
        if upload is None:
            return JsonResponse({"error": _("No file arrived. Try again.")}, status=400)
        stored = store_upload(upload, user=user)
    except DomainError as error:
        status = 413 if error.code == "file_too_large" else 422
        return JsonResponse({"error": str(error), "code": error.code}, status=status)
    except OutsideServiceError:
        return JsonResponse({"error": str(_STORAGE_DOWN), "code": "storage_unavailable"}, status=503)
    return render(request, "extranet/office/upload_row.html", {"row": UploadRow(stored)}, status=201)


@require_http_methods(["GET", "POST"])
@for_staff
def files_add(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the page that adds files to a dossier, or adds the uploads that it names."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    error_text = ""
    uploads = posted_files(request)
    if request.method == "POST":
        try:
            inputs = uploads.inputs(request.POST, user)
            if not inputs:
                raise DomainError("no_file", _("Choose a file first."))
            attached = attach_files(dossier, files=inputs, user=user)
        except DomainError as error:
            error_text = str(error)
        else:
            if attached.files:
                count = len(attached.files)
                text = ngettext("%(count)d file was added.", "%(count)d files were added.", count)
                messages.success(request, text % {"count": count})
            warn_of_twins(request, attached.twins)
            return redirect("dossier-detail", code=code)
    context = {
        "dossier": dossier,
        "uploads": uploads_shown(request, uploads, user),
        "upload_max_bytes": settings.UPLOAD_MAX_BYTES,
        "error": error_text,
        "nav": "dossiers",
    }
    return render(request, "extranet/office/files_add.html", context, status=422 if error_text else 200)


@require_http_methods(["GET", "POST"])
@for_staff
def file_edit(request: HttpRequest, code: str, file_code: str) -> HttpResponse:
    """Returns the form of a file, or saves it."""
    user = current_user(request)
    file = access_file(user, code, file_code)
    initial = {"name": file.name, "title": file.title, "comment": file.comment}
    form = DossierFileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        edit_file(file, **form.cleaned_data, user=user)
        messages.success(request, _("Saved."))
        return redirect("dossier-detail", code=code)
    context = {"form": form, "file": file, "dossier": file.dossier, "nav": "dossiers"}
    return render(request, "extranet/office/file_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_staff
def file_remove(request: HttpRequest, code: str, file_code: str) -> HttpResponse:
    """Removes a file from its dossier."""
    user = current_user(request)
    file = access_file(user, code, file_code)
    remove_file(file, user=user)
    messages.success(request, _("“%(name)s” was removed.") % {"name": file.label})
    return redirect("dossier-detail", code=code)


def posted_files(request: HttpRequest) -> PostedUploads:
    """Returns the uploads of a form: those sent before (their codes) and those sent with it, which it stores.

    One that is refused or cannot be stored loses none of the others.
    """
    codes = list(dict.fromkeys(request.POST.getlist("upload")))
    refused: DomainError | None = None
    try:
        raise_upload_error(request)
    except DomainError as error:
        refused = error
    except OutsideServiceError:
        refused = DomainError("storage_unavailable", _STORAGE_DOWN)
    for upload in request.FILES.getlist("files"):
        try:
            codes.append(store_upload(upload, user=current_user(request)).code)
        except DomainError as error:
            refused = refused or error
        except OutsideServiceError:
            text = _("“%(name)s” could not be stored just now: try again in a moment.") % {"name": upload.name}
            refused = refused or DomainError("storage_unavailable", text)
    return PostedUploads(codes, refused)


def uploads_shown(request: HttpRequest, uploads: PostedUploads, user: User) -> list[UploadRow]:
    """Returns the uploads of a form that is shown again, with what was typed for each."""
    stored = StoredFile.objects.filter(code__in=uploads.codes, claimed=False, uploaded_by=user)
    found = {upload.code: upload for upload in stored}
    return [
        UploadRow(
            upload=found[code],
            name=request.POST.get(f"name-{code}", ""),
            title=request.POST.get(f"title-{code}", ""),
            comment=request.POST.get(f"comment-{code}", ""),
        )
        for code in uploads.codes
        if code in found
    ]


def warn_of_twins(request: HttpRequest, names: Sequence[str]) -> None:
    """Tells the person which files were there already."""
    for name in names:
        messages.warning(request, _("“%(name)s” was already in this dossier: kept once.") % {"name": name})
