"""A dossier taken away whole."""

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access import access_dossier
from extranet.exporters.dossier_export import MANIFEST, export_dossier
from extranet.models import Dossier
from extranet.views.zip import zip_response


@require_safe
@for_permission(Permission.EXPORTS)
def dossier_whole(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """Returns a dossier with all of its files and what is known of it as one streamed zip."""
    return whole_zip(access_dossier(current_user(request), code))


def whole_zip(dossier: Dossier) -> StreamingHttpResponse:
    """Returns the download of the zip of a dossier (exporters.dossier_export)."""
    export = export_dossier(dossier)
    response = zip_response(export.files, name=dossier.reference or dossier.title, texts={MANIFEST: export.manifest})
    response["Cache-Control"] = "no-store, private"
    return response
