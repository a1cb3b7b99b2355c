"""What each endpoint answers to each key: address × method × key. An endpoint that is not listed fails.

A number is the status. Who is refused changes nothing; a row of a GET is asked of the things in tests/api/world.py.
"""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from tests.api.world import HOOK, ORDER, ApiWorld, later, moment

#: anna administers, bob is of the staff and has no right, alice may read the dossier, charlie not, dan's key is beta's;
#: none has no key, bare a key of anna's for the archives of all data alone.
#: What is about a quote, an order, a message or a payment is about Alice's.
KEYS = ["anna", "bob", "alice", "charlie", "dan", "none", "bare"]
MATRIX = """
api-me                        GET    200 200 200 200 401 401 200
api-uploads                   GET    200 403 200 200 401 401 403
api-uploads                   POST   201 403 201 201 401 401 403
api-dossiers                  GET    200 200 200 200 401 401 403
api-dossiers                  POST   201 403 403 403 401 401 403
api-dossier-external          GET    200 200 404 404 401 401 403
api-dossier-external          PUT    200 403 403 403 401 401 403
api-dossier                   GET    200 200 200 404 401 401 403
api-dossier                   PATCH  200 403 403 403 401 401 403
api-dossier                   DELETE 204 403 403 403 401 401 403
api-dossier-archive           POST   200 403 403 403 401 401 403
api-dossier-restore           POST   200 403 403 403 401 401 403
api-dossier-notify            POST   200 403 403 403 401 401 403
api-dossier-paid              POST   200 403 403 403 401 401 403
api-dossier-unpaid            POST   200 403 403 403 401 401 403
api-dossier-files             GET    200 200 200 404 401 401 403
api-dossier-files             POST   200 403 403 403 401 401 403
api-dossier-file              GET    200 200 200 404 401 401 403
api-dossier-file              PATCH  200 403 403 403 401 401 403
api-dossier-file              DELETE 204 403 403 403 401 401 403
api-dossier-file-content      GET    200 200 200 404 401 401 403
api-dossier-accesses          GET    200 200 404 404 401 401 403
api-dossier-accesses          POST   200 403 403 403 401 401 403
api-dossier-access            DELETE 204 403 403 403 401 401 403
api-contacts                  GET    200 403 403 403 401 401 403
api-contacts                  POST   201 403 403 403 401 401 403
api-contact-external          GET    200 403 403 403 401 401 403
api-contact-external          PUT    200 403 403 403 401 401 403
api-contact                   GET    200 403 403 403 401 401 403
api-contact                   PATCH  200 403 403 403 401 401 403
api-contact                   DELETE 204 403 403 403 401 401 403
api-orders                    GET    200 403 200 200 401 401 403
api-orders                    POST   201 403 201 201 401 401 403
api-order-external            GET    200 403 404 404 401 401 403
api-order-external            PUT    200 403 404 404 401 401 403
api-order                     GET    200 403 200 404 401 401 403
api-order                     PATCH  200 403 404 404 401 401 403
api-order                     DELETE 404 403 204 404 401 401 403
api-order-take                POST   200 403 404 404 401 401 403
api-order-done                POST   200 403 404 404 401 401 403
api-order-reopen              POST   200 403 404 404 401 401 403
api-order-send                POST   404 403 200 404 401 401 403
api-order-cancel              POST   200 403 200 404 401 401 403
api-order-dossier             POST   201 403 404 404 401 401 403
api-order-files               GET    200 403 200 404 401 401 403
api-order-files               POST   201 403 404 404 401 401 403
api-order-file                DELETE 204 403 404 404 401 401 403
api-order-file-content        GET    200 403 200 404 401 401 403
api-order-export              GET    200 403 404 404 401 401 403
api-quotes                    GET    200 403 200 200 401 401 403
api-quotes                    POST   201 403 404 404 401 401 403
api-quote                     GET    200 403 200 404 401 401 403
api-quote                     PATCH  200 403 404 404 401 401 403
api-quote                     DELETE 204 403 404 404 401 401 403
api-quote-issue               POST   200 403 404 404 401 401 403
api-quote-replace             POST   201 403 404 404 401 401 403
api-quote-accept              POST   404 403 200 404 401 401 403
api-quote-refuse              POST   404 403 200 404 401 401 403
api-quote-record              POST   200 403 404 404 401 401 403
api-quote-withdraw            POST   200 403 404 404 401 401 403
api-quote-prolong             POST   200 403 404 404 401 401 403
api-quote-pdf                 GET    200 403 200 404 401 401 403
api-quote-certificate         GET    200 403 200 404 401 401 403
api-appointments              GET    200 403 200 200 401 401 403
api-appointments              POST   201 403 403 403 401 401 403
api-slots                     GET    200 403 404 404 401 401 403
api-appointment               GET    200 403 404 404 401 401 403
api-appointment               PATCH  200 403 403 403 401 401 403
api-appointment-cancel        POST   200 403 403 403 401 401 403
api-appointment-finish        POST   200 403 403 403 401 401 403
api-appointment-reopen        POST   200 403 403 403 401 401 403
api-appointment-ics           GET    200 403 404 404 401 401 403
api-messages                  GET    200 403 200 200 401 401 403
api-messages                  POST   201 403 201 201 401 401 403
api-message                   GET    200 403 200 404 401 401 403
api-message-reply             POST   201 403 201 404 401 401 403
api-message-read              POST   200 403 200 404 401 401 403
api-message-unread            POST   200 403 422 404 401 401 403
api-message-cancel            POST   404 403 200 404 401 401 403
api-message-file-content      GET    200 403 200 404 401 401 403
api-payments                  GET    200 403 200 200 401 401 403
api-payments                  POST   201 403 403 403 401 401 403
api-payment                   GET    200 403 200 404 401 401 403
api-payment-confirm           POST   200 403 403 403 401 401 403
api-payment-cancel            POST   200 403 403 403 401 401 403
api-payment-receipt           GET    200 403 200 404 401 401 403
api-documents                 GET    200 200 200 200 401 401 403
api-document                  GET    200 200 200 200 401 401 403
api-document-content          GET    200 200 200 200 401 401 403
api-settings                  GET    200 200 403 403 401 401 403
api-settings-company          GET    200 403 403 403 401 401 403
api-settings-booking          GET    200 403 403 403 401 401 403
api-settings-validity         GET    200 403 403 403 401 401 403
api-settings-prices           GET    200 403 403 403 401 401 403
api-dossier-export            GET    200 403 404 404 401 401 403
api-exports                   GET    200 403 403 403 401 401 200
api-exports                   POST   202 403 403 403 401 401 202
api-export                    GET    200 403 403 403 401 401 200
api-export-content            GET    200 403 403 403 401 401 200
api-export                    DELETE 204 403 403 403 401 401 204
api-resumable-uploads         POST   201 403 403 403 401 401 403
api-resumable-upload          GET    200 403 403 403 401 401 403
api-resumable-upload          PATCH  204 403 403 403 401 401 403
api-resumable-upload          DELETE 204 403 403 403 401 401 403
api-webhooks                  GET    200 403 403 403 401 401 403
api-webhooks                  POST   201 403 403 403 401 401 403
api-webhook                   GET    200 403 403 403 401 401 403
api-webhook                   PATCH  200 403 403 403 401 401 403
api-webhook                   DELETE 204 403 403 403 401 401 403
api-webhook-secret            POST   200 403 403 403 401 401 403
api-webhook-test              POST   200 403 403 403 401 401 403
"""
#: What is sent, by route and method; nothing where none stands.
DATA: dict[tuple[str, str], Callable[[ApiWorld], dict[str, Any]]] = {
    ("api-dossiers", "POST"): lambda world: {"title": "Appartement Morvan"},
    ("api-dossier-external", "PUT"): lambda world: {"city": "Brest"},
    ("api-dossier", "PATCH"): lambda world: {"city": "Brest"},
    ("api-dossier-files", "POST"): lambda world: {"files": [{"upload": world.upload.code}]},
    ("api-dossier-file", "PATCH"): lambda world: {"title": "DPE"},
    ("api-dossier-accesses", "POST"): lambda world: {"accesses": [{"contact": world.other.code}]},
    ("api-contacts", "POST"): lambda world: {"name": "Eve", "email": "eve@client.example"},
    ("api-contact-external", "PUT"): lambda world: {"phone": "02 98 00 00 00"},
    ("api-contact", "PATCH"): lambda world: {"phone": "02 98 00 00 00"},
    ("api-webhooks", "POST"): lambda _world: {"url": HOOK, "events": ["dossier.published"]},
    ("api-webhook", "PATCH"): lambda _world: {"description": "Compta"},
    ("api-orders", "POST"): lambda world: ORDER | {"contact": world.contact.code},
    ("api-order-external", "PUT"): lambda _world: {"city": "Quimper"},
    ("api-order", "PATCH"): lambda _world: {"city": "Quimper"},
    ("api-order-cancel", "POST"): lambda _world: {"reason": "Vendu"},
    ("api-order-dossier", "POST"): lambda _world: {"title": "Appartement"},
    ("api-order-files", "POST"): lambda world: {"files": [world.upload.code]},
    ("api-quotes", "POST"): lambda world: {
        "contact": world.contact.code,
        "lines": [{"label": "DPE", "unit": "110.00", "diagnostic": "dpe"}],
    },
    ("api-quote", "PATCH"): lambda _world: {"note": "Bonjour"},
    ("api-quote-accept", "POST"): lambda world: {"name": "Alice Agence", "sha256": world.quote.pdf_sha256},
    ("api-quote-refuse", "POST"): lambda _world: {"reason": "price"},
    ("api-quote-record", "POST"): lambda _world: {
        "how": "phone",
        "name": "Alice Agence",
        "on": timezone.localdate().isoformat(),
    },
    ("api-quote-withdraw", "POST"): lambda _world: {"reason": "Erreur"},
    ("api-quote-prolong", "POST"): lambda _world: {"until": later(60)},
    ("api-appointments", "POST"): lambda world: {
        "diagnostician": world.person.code,
        "order": world.order.code,
        "starts_at": moment(9),
    },
    ("api-appointment", "PATCH"): lambda _world: {"starts_at": moment(10)},
    ("api-appointment-cancel", "POST"): lambda _world: {"reason": "Vendu"},
    ("api-appointment-finish", "POST"): lambda _world: {"made": True},
    ("api-messages", "POST"): lambda world: {"subject": "Clés", "body": "Là.", "contacts": [world.contact.code]},
    ("api-message-reply", "POST"): lambda _world: {"body": "Là."},
    ("api-payments", "POST"): lambda world: {
        "method": "cheque",
        "received_on": timezone.localdate().isoformat(),
        "lines": [{"dossier": world.dossier.code, "amount": "390.00"}],
    },
    ("api-payment-confirm", "POST"): lambda _world: {"received_on": timezone.localdate().isoformat()},
}
#: What a client's key sends instead: it writes to the firm and orders for itself.
CLIENT_DATA: dict[tuple[str, str], dict[str, Any]] = {
    ("api-orders", "POST"): ORDER,
    ("api-messages", "POST"): {"subject": "Clés", "body": "Là."},
}
