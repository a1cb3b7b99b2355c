"""The command line client, for whoever has the address: there is no secret in it."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from api.client_file import client_file


@require_safe
def download_client(request: HttpRequest) -> HttpResponse:
    """Returns diagdesk.pyz, or 304 to who has it."""
    data = client_file()
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=tag) or HttpResponse(data, content_type="application/zip")
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"
    response["Content-Disposition"] = 'attachment; filename="diagdesk.pyz"'
    return response
