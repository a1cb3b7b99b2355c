"""What is joined to a message before it is sent: uploaded first, named by the form (decisions/0008)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import current_user, for_clients_or
from accounts.models import Permission, User
from extranet.actions.dossier_file import unclaimed_upload
from extranet.actions.message_file import MAX_FILE_BYTES
from kernel.errors import DomainError, OutsideServiceError
from storage.actions.files import store_upload
from storage.models import StoredFile
from storage.uploads import raise_upload_error


@require_POST
@for_clients_or(Permission.MESSAGES)
def message_upload(request: HttpRequest) -> HttpResponse:
    """Takes one file; returns the row that the form sends with it, or {"error": …} with the reason."""
    try:
        raise_upload_error(request)
        upload = request.FILES.get("file")
        if upload is None:
            return JsonResponse({"error": _("No file arrived. Try again.")}, status=400)
        if (upload.size or 0) > MAX_FILE_BYTES:
            limit = filesizeformat(MAX_FILE_BYTES)
            raise DomainError("file_too_large", _("A file may have at most %(limit)s.") % {"limit": limit})
        stored = store_upload(upload, user=current_user(request))
    except DomainError as error:
        status = 413 if error.code == "file_too_large" else 422
        return JsonResponse({"error": str(error), "code": error.code}, status=status)
    except OutsideServiceError:
        text = _("The file could not be stored just now. Nothing is lost: try again in a moment.")
        return JsonResponse({"error": text, "code": "storage_unavailable"}, status=503)
    return render(request, "extranet/message_upload_row.html", {"upload": stored}, status=201)


def posted_uploads(request: HttpRequest, user: User) -> list[StoredFile]:
    """Returns the uploads that a form names, each once; raises DomainError `upload_gone`."""
    codes = dict.fromkeys(code.replace("\x00", "") for code in request.POST.getlist("upload"))
    return [unclaimed_upload(code, user=user) for code in codes]


def uploads_left(request: HttpRequest, user: User) -> list[StoredFile]:
    """Returns those of a refused form that are still there, to show them again."""
    codes = [code.replace("\x00", "") for code in request.POST.getlist("upload")]
    return list(StoredFile.objects.filter(code__in=codes, claimed=False, uploaded_by=user).order_by("pk"))
