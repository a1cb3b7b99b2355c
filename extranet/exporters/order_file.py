"""An order as a file: JSON, XML or iCalendar."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from extranet.calendar_file import ICS_TYPE, write_order_calendar
from extranet.exporters.order_document import FORMAT, VERSION, order_document, order_file_name
from extranet.models import Order
from extranet.queries.client_booking import visits_of_order
from tenants.links import here_url

NAMESPACE = "urn:diagdesk:order:1"
SCHEMA = Path(__file__).with_name("order_1.xsd")
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
EXTENSIONS = ("json", "xml", "ics")
#: What a member of a list is called.
_MEMBERS = {
    "appointments": "appointment",
    "collaborators": "email",
    "diagnostics": "diagnostic",
    "files": "file",
    "valid_reports": "valid_report",
    "zones": "zone",
}
#: What XML 1.0 has no place for (§ 2.2).
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


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
    data = write_order_calendar(order, visits_of_order(order), host=host, link=here_url("order-detail", order.code))
    return OrderExport(name, ICS_TYPE, data)


def write_order_xml(document: Mapping[str, Any]) -> bytes:
    """Returns a document of an order as XML in UTF-8 that order_1.xsd describes; what says nothing is left out."""
    register_namespace("", NAMESPACE)
    register_namespace("xsi", _INSTANCE)
    root = Element(f"{{{NAMESPACE}}}diagdesk-order", {"format": FORMAT, "version": str(VERSION)})
    root.set(f"{{{_INSTANCE}}}schemaLocation", f"{NAMESPACE} {here_url('order-schema')}")
    for name, value in document.items():
        if name not in {"format", "version"}:
            _add(root, name, value)
    indent(root, " ")
    return bytes(tostring(root, encoding="UTF-8", xml_declaration=True))


def _add(parent: Element, name: str, value: Any) -> None:
    if value is None or value in ("", [], {}):
        return
    child = SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if isinstance(value, Mapping):
        for inner, part in value.items():
            _add(child, inner, part)
    elif isinstance(value, list):
        for member in value:
            _add(child, _MEMBERS[name], member)
    elif isinstance(value, bool):
        child.text = "true" if value else "false"
    else:
        child.text = _NOT_XML.sub("", str(value))
