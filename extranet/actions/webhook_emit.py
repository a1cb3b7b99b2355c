"""Telling other software what happened: called in the transaction of the change, by the action that makes it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from extranet.actions.webhook_delivery import enqueue_deliveries
from extranet.models import (
    Appointment,
    Contact,
    Dossier,
    DossierFile,
    Message,
    Order,
    Quote,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)
from extranet.webhook_kinds import API, KINDS


def emit[T](kind: str, things: Iterable[T], data: Callable[[T], Mapping[str, Any]]) -> None:
    """Notes one event for each thing, and has it sent to the addresses that want its kind.

    While none does, this is one query, and `data` is not called. Raises LookupError for a kind, or a key of `data`,
    that is not in webhook_kinds.
    """
    known, happened = KINDS[kind], list(things)
    if not happened:
        return
    wanting = WebhookEndpoint.objects.filter(is_active=True, kinds__contains=[kind]).order_by("pk")
    endpoints = list(wanting.values_list("pk", flat=True))
    if not endpoints:
        return
    now = timezone.now()
    with transaction.atomic():
        events = WebhookEvent.objects.bulk_create(
            WebhookEvent(kind=kind, body=known.message(data(thing), at=now), created_at=now) for thing in happened
        )
        for endpoint_id in endpoints:
            deliveries = WebhookDelivery.objects.bulk_create(
                WebhookDelivery(event=event, endpoint_id=endpoint_id, kind=kind, created_at=now, next_at=now)
                for event in events
            )
            enqueue_deliveries(endpoint_id, deliveries)


# --- what the messages hold -------------------------------------------------------------------------------------------


def dossier_data(dossier: Dossier) -> dict[str, Any]:
    """Returns what each message about a dossier holds."""
    return {
        "dossier": dossier.code,
        "external_id": dossier.external_id,
        "url": f"{API}/dossiers/{dossier.code}/",
    }


def file_data(file: DossierFile) -> dict[str, Any]:
    """Returns what a message about a file of a dossier holds."""
    return {
        **dossier_data(file.dossier),
        "file": file.code,
        "file_external_id": file.external_id,
        "version": file.version,
        "kind": file.kind,
    }


def order_data(order: Order) -> dict[str, Any]:
    """Returns what each message about an order holds."""
    return {
        "order": order.code,
        "number": order.number,
        "external_id": order.external_id,
        "state": order.state,
        "url": f"{API}/orders/{order.code}/",
    }


def quote_data(quote: Quote) -> dict[str, Any]:
    """Returns what a message about a quote holds."""
    return {
        "quote": quote.code,
        "number": quote.number,
        "order": quote.order.code if quote.order else None,
        "url": f"{API}/quotes/{quote.code}/",
    }


def appointment_data(appointment: Appointment) -> dict[str, Any]:
    """Returns what a message about a visit holds: when it is, not where or with whom."""
    return {
        "appointment": appointment.code,
        "order": appointment.order.code if appointment.order else None,
        "dossier": appointment.dossier.code if appointment.dossier else None,
        "starts_at": timezone.localtime(appointment.starts_at).isoformat(),
        "ends_at": timezone.localtime(appointment.ends_at).isoformat(),
        "url": f"{API}/appointments/{appointment.code}/",
    }


def message_data(message: Message) -> dict[str, Any]:
    """Returns what a message about a client's message holds."""
    return {
        "message": message.code,
        "contact": message.contact.code,
        "dossier": message.dossier.code if message.dossier else None,
        "order": message.order.code if message.order else None,
        "url": f"{API}/messages/{message.code}/",
    }


def contact_data(contact: Contact) -> dict[str, Any]:
    """Returns what a message about a contact holds."""
    return {
        "contact": contact.code,
        "external_id": contact.external_id,
        "url": f"{API}/contacts/{contact.code}/",
    }
