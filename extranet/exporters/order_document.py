"""An order as one document for other software: format `diagdesk-order`, version 1 (extranet/exporters/order_1.xsd).

Its parts follow the mission order that diagnosticians' software knows: who orders, owner, occupant, notary, property,
visit. Texts that say nothing are empty, numbers and days that are not known null; days and moments are ISO 8601.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from extranet.enums import DiagnosticKind
from extranet.models import Appointment, Order, OrderFile
from extranet.queries.client_booking import visits_of_order
from extranet.queries.order import files_of
from extranet.queries.quote import agreed_quote
from tenants.links import here_url

FORMAT, VERSION = "diagdesk-order", 1
_LABELS = dict(DiagnosticKind.choices)
_PROPERTY_TEXTS = (
    "street",
    "street_extra",
    "floor",
    "door",
    "lot",
    "postcode",
    "city",
    "insee",
    "cadastre",
    "build_period",
    "outbuildings",
    "co_owned",
    "heating",
    "wood_heating",
    "pool",
    "gas",
    "electricity",
    "sewered",
    "energy_class",
)


def order_document(order: Order) -> dict[str, Any]:
    """Returns all that the firm knows of an order, in values that JSON has: six queries at most."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "order": _heading(order),
        "client": _client(order),
        "orderer": _person(order, "orderer", role=order.orderer_role, company=order.orderer_company),
        "owner": _person(order, "owner"),
        "occupant": _person(order, "occupant", occupied=order.occupied),
        "notary": _person(order, "notary"),
        "property": _property(order),
        "mission": _mission(order),
        "visit": _visit(order, visits_of_order(order)),
        "remarks": order.remarks,
        "staff_notes": order.staff_notes,
        "files": _files(files_of(order)),
    }


def _heading(order: Order) -> dict[str, Any]:
    return {
        "code": order.code,
        "number": order.number,
        "external_id": order.external_id,
        "state": order.state,
        "origin": order.origin,
        "sent_at": _moment(order.sent_at),
        "updated_at": _moment(order.updated_at),
        "address": here_url("order-detail", order.code),
        "dossier": order.dossier.code if order.dossier else "",
        "assigned_to": str(order.assigned_to or ""),
    }


def _client(order: Order) -> dict[str, Any]:
    contact = order.contact
    if contact is None:
        return {"code": "", "external_id": "", "kind": "", "name": "", "company": "", "collaborators": []}
    addresses = contact.collaborators.order_by("id").values_list("email", flat=True)
    return {
        "code": contact.code,
        "external_id": contact.external_id,
        "kind": contact.kind,
        "name": contact.name,
        "company": contact.company,
        "collaborators": list(addresses),
    }


def _person(order: Order, who: str, **more: str) -> dict[str, str]:
    names = ("name", "email", "phone", "address")
    return more | {name: str(getattr(order, f"{who}_{name}")) for name in names if hasattr(order, f"{who}_{name}")}


def _property(order: Order) -> dict[str, Any]:
    texts: dict[str, Any] = {name: getattr(order, name) for name in _PROPERTY_TEXTS}
    return {
        "kind": order.property_kind,
        **texts,
        "year": order.year,
        "surface": None if order.surface is None else f"{order.surface:.2f}",
        "rooms": order.rooms,
        "latitude": order.latitude,
        "longitude": order.longitude,
    }


def _mission(order: Order) -> dict[str, Any]:
    agreed = agreed_quote(order)
    return {
        "transaction": order.transaction,
        "furnished": order.furnished,
        "diagnostics": [{"kind": kind, "label": str(_LABELS.get(kind, kind))} for kind in order.diagnostics],
        "valid_reports": [{"kind": kind, "until": day} for kind, day in sorted(order.valid_reports.items())],
        "zones": [{"kind": kind, "answer": answer} for kind, answer in sorted(order.zones.items())],
        "quote": agreed.number if agreed else "",
        "agreed_amount": f"{agreed.gross:.2f}" if agreed else None,
    }


def _visit(order: Order, visits: Sequence[Appointment]) -> dict[str, Any]:
    return {
        "wanted_by": _day(order.wanted_by),
        "signing_on": _day(order.signing_on),
        "urgent": order.urgent,
        "keys": order.keys,
        "access_name": order.access_name,
        "access_phone": order.access_phone,
        "access_note": order.access_note,
        "appointments": [
            {
                "code": visit.code,
                "state": visit.state,
                "starts_at": _moment(visit.starts_at),
                "ends_at": _moment(visit.ends_at),
                "diagnostician": str(visit.diagnostician),
            }
            for visit in visits
        ],
    }


def _files(files: Sequence[OrderFile]) -> list[dict[str, Any]]:
    return [
        {
            "code": file.code,
            "name": file.name,
            "content_type": file.stored.content_type,
            "size": file.stored.size,
            "sha256": file.stored.sha256,
        }
        for file in files
    ]


def order_file_name(order: Order, extension: str) -> str:
    """Returns what a file with an order is called."""
    return f"{_('order')} {order.number}.{extension}"


def _moment(moment: Any) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _day(day: Any) -> str | None:
    return None if day is None else day.isoformat()
