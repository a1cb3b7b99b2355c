"""The files of a dossier, as the firm uploads and describes them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission, User
from extranet.access import access_dossier, access_file
from extranet.actions.dossier_file import attach_files, edit_file, order_files
from extranet.actions.dossier_file_removal import REMOVED_DAYS, remove_file, restore_file
from extranet.enums import FileKind, Visibility
from extranet.file_kinds import guess_kind
from extranet.forms.dossier_file import DossierFileForm, PostedUploads
from extranet.queries.dossier_file import files_removed
from extranet.queries.unpaid import upload_note
from extranet.views.portal.file import files_fragment
from kernel.errors import DomainError, OutsideServiceError
from storage.actions.files import store_upload
from storage.models import StoredFile
from storage.uploads import raise_upload_error

STORAGE_DOWN = gettext_lazy("The file could not be stored just now. Nothing is lost: try again in a moment.")


@dataclass(frozen=True)
class UploadRow:
    """An upload on the page, with what was typed for it."""

    upload: StoredFile
    name: str = ""
    title: str = ""
    comment: str = ""
    kind: str = ""
    visibility: str = Visibility.CLIENT

    @property
    def unpaid_note(self) -> str | Promise:
        """What else the firm should know of it under its rules for unpaid dossiers."""
        return upload_note(self.upload)

    @property
    def kinds(self) -> list[tuple[str, str | Promise]]:
        """The kinds to choose from."""
        return list(FileKind.choices)

    @property
    def visibilities(self) -> list[tuple[str, str | Promise]]:
        """The visibilities to choose from."""
        return list(Visibility.choices)

    @property
    def chosen_kind(self) -> str:
        """The kind that was chosen, else the one that the name suggests."""
        return self.kind or guess_kind(self.name or self.upload.name, self.upload.content_type)


@require_POST
@for_permission(Permission.DOSSIERS)
def file_upload(request: HttpRequest) -> HttpResponse:
    """Takes one file; returns the fragment with its fields, or {"error": …} with the reason."""
    stored = stored_upload(request)
    if isinstance(stored, JsonResponse):
        return stored
    return render(request, "extranet/office/upload_row.html", {"row": UploadRow(stored)}, status=201)


def stored_upload(request: HttpRequest) -> StoredFile | JsonResponse:
    """Returns the stored file of a request that sends one, or the answer with the reason why it was not taken."""
    try:
        raise_upload_error(request)
        upload = request.FILES.get("file")
        if upload is None:
            return JsonResponse({"error": _("No file arrived. Try again.")}, status=400)
        return store_upload(upload, user=current_user(request))
    except DomainError as error:
        status = 413 if error.code == "file_too_large" else 422
        return JsonResponse({"error": str(error), "code": error.code}, status=status)
    except OutsideServiceError:
        return JsonResponse({"error": str(STORAGE_DOWN), "code": "storage_unavailable"}, status=503)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.DOSSIERS)
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
            return back_to_files(code)
    context = {
        "dossier": dossier,
        "uploads": uploads_shown(request, uploads, user),
        "upload_max_bytes": settings.UPLOAD_MAX_BYTES,
        "error": error_text,
        "nav": "dossiers",
    }
    return render(request, "extranet/office/files_add.html", context, status=422 if error_text else 200)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.DOSSIERS)
def file_edit(request: HttpRequest, code: str, file_code: str) -> HttpResponse:
    """Returns the form of a file, or saves it."""
    user = current_user(request)
    file = access_file(user, code, file_code)
    initial = {name: getattr(file, name) for name in ("name", "title", "comment", "kind", "visibility")}
    form = DossierFileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            edit_file(file, **form.cleaned_data, user=user)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return back_to_files(code)
    context = {"form": form, "file": file, "dossier": file.dossier, "nav": "dossiers"}
    return render(request, "extranet/office/file_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.DOSSIERS)
def file_remove(request: HttpRequest, code: str, file_code: str) -> HttpResponse:
    """Removes a file from its dossier; the toast takes it back."""
    user = current_user(request)
    file = access_file(user, code, file_code)
    remove_file(file, user=user)
    text = _("“%(name)s” was removed.") % {"name": file.label}
    messages.success(request, text, extra_tags=f"undo:{reverse('file-restore', args=[code, file_code])}")
    return back_to_files(code)


@require_POST
@for_permission(Permission.DOSSIERS)
def file_restore(request: HttpRequest, code: str, file_code: str) -> HttpResponse:
    """Puts a removed file back."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    file = files_removed(dossier).filter(code=file_code).first()
    if file is None:
        raise Http404
    try:
        restore_file(file, user=user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(name)s” is back.") % {"name": file.label})
    return back_to_files(code)


@require_safe
@for_permission(Permission.DOSSIERS)
def files_removed_list(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the fragment with the files that can be put back."""
    dossier = access_dossier(current_user(request), code)
    context = {"dossier": dossier, "files": files_removed(dossier).select_related("stored"), "days": REMOVED_DAYS}
    return render(request, "extranet/office/dossier/files_removed.html", context)


@require_POST
@for_permission(Permission.DOSSIERS)
def files_order(request: HttpRequest, code: str) -> HttpResponse:
    """Saves the order of the posted codes, after the `move` (up:code, down:code) of a button; htmx gets the table."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    try:
        order_files(dossier, codes=_moved(request.POST.getlist("code"), request.POST.get("move", "")))
    except DomainError as error:
        if request.headers.get("X-Requested-With"):
            return JsonResponse({"error": str(error), "code": error.code}, status=422)
        messages.error(request, str(error))
        return back_to_files(code)
    if request.headers.get("X-Requested-With"):
        return HttpResponse(status=204)
    if request.headers.get("HX-Request"):
        return files_fragment(request, dossier)
    return back_to_files(code)


def _moved(codes: list[str], move: str) -> list[str]:
    """Returns the codes with one of them moved by a place; nonsense moves none."""
    direction, _colon, code = move.partition(":")
    if code in codes and direction in {"up", "down"}:
        place = codes.index(code)
        target = place - 1 if direction == "up" else place + 1
        if 0 <= target < len(codes):
            codes[place], codes[target] = codes[target], codes[place]
    return codes


def back_to_files(code: str) -> HttpResponse:
    """Returns the way to a dossier's files."""
    return redirect(f"{reverse('dossier-detail', args=[code])}#files-title")


def posted_files(request: HttpRequest) -> PostedUploads:
    """Returns the uploads of a form: those sent before (their codes) and those sent with it, which it stores.

    One that is refused or cannot be stored loses none of the others.
    """
    codes = list(dict.fromkeys(code.replace("\x00", "") for code in request.POST.getlist("upload")))
    refused: DomainError | None = None
    try:
        raise_upload_error(request)
    except DomainError as error:
        refused = error
    except OutsideServiceError:
        refused = DomainError("storage_unavailable", STORAGE_DOWN)
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
            kind=_one_of(FileKind.values, request.POST.get(f"kind-{code}", ""), ""),
            visibility=_one_of(Visibility.values, request.POST.get(f"visibility-{code}", ""), Visibility.CLIENT),
        )
        for code in uploads.codes
        if code in found
    ]


def _one_of(values: Sequence[str], asked: str, otherwise: str) -> str:
    return asked if asked in values else otherwise


def warn_of_twins(request: HttpRequest, names: Sequence[str]) -> None:
    """Tells the person which files were there already."""
    for name in names:
        messages.warning(request, _("“%(name)s” was already in this dossier: kept once.") % {"name": name})
