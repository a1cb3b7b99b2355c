"""An order as a file for other software."""

import json
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access_order import access_order
from extranet.calendar_file import ICS_TYPE, write_order_calendar
from extranet.exporters.order_document import order_document, order_file_name
from extranet.exporters.order_xml import SCHEMA, write_order_xml
from extranet.models import Order
from extranet.queries.client_booking import visits_of_order
from kernel.http import content_disposition
from kernel.text import safe_file_name
from tenants.links import here_url

EXTENSIONS = ("json", "xml", "ics")


@dataclass(frozen=True)
class OrderExport:
    """A file with an order."""

    name: str
    content_type: str
    data: bytes


def export_order(order: Order, extension: str, *, host: str) -> OrderExport:
    """Returns an order as a file of one of EXTENSIONS; `host` names its events (RFC 5545, UID)."""
    name = order_file_name(order, extension)
    if extension == "json":
        text = json.dumps(order_document(order), ensure_ascii=False, indent=1)
        return OrderExport(name, "application/json", text.encode())
    if extension == "xml":
        return OrderExport(name, "application/xml; charset=utf-8", write_order_xml(order_document(order)))
    link = here_url("order-detail", order.code)
    return OrderExport(name, ICS_TYPE, write_order_calendar(order, visits_of_order(order), host=host, link=link))


@require_safe
@for_permission(Permission.ORDERS)
def order_download(request: HttpRequest, code: str, extension: str) -> HttpResponse:
    """Returns an order as a file of one of EXTENSIONS."""
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
