"""New bytes for a file, and its earlier versions, as the firm sees them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission, for_staff
from accounts.models import Permission
from extranet.access import access_file
from extranet.actions.dossier_file_version import record_version_download, replace_file, restore_version
from extranet.models import DossierFile, FileVersion
from extranet.views.common import visit_of
from extranet.views.office.file import STORAGE_DOWN, back_to_files
from extranet.views.panel import render_panel
from kernel.errors import DomainError, OutsideServiceError
from storage.actions.files import delete_stored_file, store_upload
from storage.delivery import send_file
from storage.models import StoredFile
from storage.uploads import raise_upload_error


@require_http_methods(["GET", "POST"])
@for_permission(Permission.DOSSIERS)
def file_replace(request: HttpRequest, code: str, file_code: str) -> HttpResponse:
    """Returns the form that replaces a file by a new version, or replaces it."""
    user = current_user(request)
    file = access_file(user, code, file_code)
    error_text = ""
    if request.method == "POST":
        stored: StoredFile | None = None
        try:
            raise_upload_error(request)
            upload = request.FILES.get("file")
            if upload is None:
                raise DomainError("no_file", _("Choose a file first."))
            stored = store_upload(upload, user=user)
            replaced = replace_file(file, stored=stored, user=user)
        except DomainError as error:
            error_text = str(error)
            if stored is not None:
                delete_stored_file(stored)
        except OutsideServiceError:
            error_text = str(STORAGE_DOWN)
        else:
            text = _("“%(name)s” was replaced: it is now version %(number)d.")
            messages.success(request, text % {"name": replaced.label, "number": replaced.version})
            return back_to_files(code)
    context = {"file": file, "dossier": file.dossier, "error": error_text, "nav": "dossiers"}
    return render(request, "extranet/office/file_replace.html", context, status=422 if error_text else 200)


@require_safe
@for_staff
def file_versions(request: HttpRequest, code: str, file_code: str) -> HttpResponse:
    """Returns the list of a file's versions: for htmx alone, else in a page."""
    file = access_file(current_user(request), code, file_code)
    context = {"file": file, "dossier": file.dossier, "versions": list(file.versions.select_related("stored"))}
    return render_panel(request, "extranet/office/file_versions.html", context)


@require_safe
@for_staff
def version_download(request: HttpRequest, code: str, file_code: str, version_code: str) -> HttpResponseBase:
    """Returns the bytes of an earlier version; recorded, and no matter to the states."""
    user = current_user(request)
    version = _version(access_file(user, code, file_code), version_code)
    response = send_file(request, version.stored, name=version.name)
    if request.method == "GET":
        record_version_download(version, user=user, visit=visit_of(request))
    return response


@require_POST
@for_permission(Permission.DOSSIERS)
def version_restore(request: HttpRequest, code: str, file_code: str, version_code: str) -> HttpResponse:
    """Makes an earlier version's bytes the present ones, as a new version."""
    user = current_user(request)
    version = _version(access_file(user, code, file_code), version_code)
    try:
        file = restore_version(version, user=user)
    except DomainError as error:
        messages.error(request, str(error))
    except OutsideServiceError:
        messages.error(request, str(STORAGE_DOWN))
    else:
        text = _("Version %(old)d of “%(name)s” is back, as version %(number)d.")
        messages.success(request, text % {"old": version.number, "name": file.label, "number": file.version})
    return back_to_files(code)


def _version(file: DossierFile, code: str) -> FileVersion:
    version = FileVersion.objects.select_related("stored", "file__dossier").filter(file=file, code=code).first()
    if version is None:
        raise Http404
    return version
