"""An order as XML, as order_1.xsd describes it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from extranet.exporters.order_document import FORMAT, VERSION
from tenants.links import here_url

NAMESPACE = "urn:diagdesk:order:1"
SCHEMA = Path(__file__).with_name("order_1.xsd")
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
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
