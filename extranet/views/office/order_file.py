"""An order as a file for other software."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access_order import access_order
from extranet.exporters.order_file import EXTENSIONS, SCHEMA, export_order
from kernel.http import content_disposition
from kernel.text import safe_file_name


@require_safe
@for_permission(Permission.ORDERS)
def order_download(request: HttpRequest, code: str, extension: str) -> HttpResponse:
    """Returns an order as a file: json, xml or ics; raises Http404 for another one."""
    if extension not in EXTENSIONS:
        raise Http404
    order = access_order(current_user(request), code)
    export = export_order(order, extension, host=request.get_host().split(":")[0])
    response = HttpResponse(export.data, content_type=export.content_type)
    response["Content-Disposition"] = content_disposition(safe_file_name(export.name))
    response["Cache-Control"] = "no-store, private"
    return response


@require_safe
def order_schema(request: HttpRequest) -> HttpResponse:
    """Returns what an order's XML is made of (W3C XML Schema 1.0), for everybody."""
    response = HttpResponse(SCHEMA.read_bytes(), content_type="application/xml; charset=utf-8")
    response["Cache-Control"] = "public, max-age=86400"
    return response
