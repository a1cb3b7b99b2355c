"""Every event that other software can be told of: what happened, and what its message holds.

A message says what changed and where to read more, by codes and addresses of the API; names, e-mails and texts stay
here, for whoever reads them with a key.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from extranet.enums_webhook import WebhookGroup

API = "/api/v1"
_CODE, _OTHER_CODE, _FILE = "k7m2p9q4r8t1", "b3c5d7f9h1j2", "w2x4y6z8b1c3"
_DOSSIER = {"dossier": _CODE, "external_id": "D-2026-118", "url": f"{API}/dossiers/{_CODE}/"}
_ORDER = {"order": _CODE, "number": "C26-0042", "external_id": "", "state": "todo", "url": f"{API}/orders/{_CODE}/"}
_QUOTE = {"quote": _CODE, "number": "D26-0017", "order": _OTHER_CODE, "url": f"{API}/quotes/{_CODE}/"}
_VISIT = {
    "appointment": _CODE,
    "order": _OTHER_CODE,
    "dossier": None,
    "starts_at": "2026-12-03T09:00:00+01:00",
    "ends_at": "2026-12-03T10:30:00+01:00",
    "url": f"{API}/appointments/{_CODE}/",
}
_PAYMENT = {
    "payment": _CODE,
    "amount": 24900,
    "currency": "EUR",
    "mode": "live",
    "dossiers": [_OTHER_CODE],
    "url": f"{API}/payments/{_CODE}/",
}


@dataclass(frozen=True)
class WebhookKind:
    """One event; `sample` is what the `data` of its message looks like, key for key."""

    key: str
    group: WebhookGroup
    label: str | Promise
    sample: Mapping[str, Any]

    def message(self, data: Mapping[str, Any], *, at: datetime) -> str:
        """Returns the JSON that is sent; raises LookupError for data with other keys than the sample's."""
        if wrong := set(data) ^ set(self.sample):
            raise LookupError(f"{self.key} and its sample differ in {', '.join(sorted(wrong))}")
        told = {"type": self.key, "timestamp": at.astimezone(UTC).isoformat(), "data": dict(data)}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))

    @property
    def example(self) -> str:
        """A message as it may come, to be read."""
        told = {"type": self.key, "timestamp": "2026-12-01T08:30:00+00:00", "data": dict(self.sample)}
        return json.dumps(told, ensure_ascii=False, indent=2)


KINDS: Mapping[str, WebhookKind] = {
    kind.key: kind
    for kind in (
        WebhookKind("dossier.published", WebhookGroup.DOSSIERS, _("A dossier is published"), _DOSSIER),
        WebhookKind(
            "dossier.updated",
            WebhookGroup.DOSSIERS,
            _("A dossier is changed, archived or taken back"),
            {**_DOSSIER, "changed": ["title", "visited_on"]},
        ),
        WebhookKind("dossier.deleted", WebhookGroup.DOSSIERS, _("A dossier goes into the bin"), _DOSSIER),
        WebhookKind(
            "dossier.downloaded",
            WebhookGroup.DOSSIERS,
            _("A client or a guest downloads files"),
            {**_DOSSIER, "files": [_FILE], "contact": _OTHER_CODE, "download_state": "partial"},
        ),
        WebhookKind(
            "dossier.paid",
            WebhookGroup.DOSSIERS,
            _("A dossier is paid, or marked as paid"),
            {**_DOSSIER, "amount": "249.00"},
        ),
        WebhookKind(
            "file.added",
            WebhookGroup.DOSSIERS,
            _("A file is added, or a new version of one"),
            {**_DOSSIER, "file": _FILE, "file_external_id": "dpe", "version": 1, "kind": "report"},
        ),
        WebhookKind(
            "access.given",
            WebhookGroup.DOSSIERS,
            _("A contact gets access to a dossier"),
            {**_DOSSIER, "contact": _OTHER_CODE},
        ),
        WebhookKind("order.created", WebhookGroup.ORDERS, _("An order comes in"), _ORDER),
        WebhookKind(
            "order.state_changed",
            WebhookGroup.ORDERS,
            _("An order goes into another state"),
            {**_ORDER, "state": "ongoing", "before": "todo"},
        ),
        WebhookKind("quote.accepted", WebhookGroup.QUOTES, _("A quote is accepted"), _QUOTE),
        WebhookKind("quote.refused", WebhookGroup.QUOTES, _("A quote is refused"), _QUOTE),
        WebhookKind("appointment.booked", WebhookGroup.VISITS, _("A visit is booked"), _VISIT),
        WebhookKind("appointment.moved", WebhookGroup.VISITS, _("A visit is moved"), _VISIT),
        WebhookKind("appointment.cancelled", WebhookGroup.VISITS, _("A visit is cancelled"), _VISIT),
        WebhookKind(
            "message.received",
            WebhookGroup.MESSAGES,
            _("A client writes a message"),
            {
                "message": _CODE,
                "contact": _OTHER_CODE,
                "dossier": None,
                "order": None,
                "url": f"{API}/messages/{_CODE}/",
            },
        ),
        WebhookKind("payment.succeeded", WebhookGroup.PAYMENTS, _("A payment succeeds"), _PAYMENT),
        WebhookKind(
            "payment.refunded",
            WebhookGroup.PAYMENTS,
            _("A payment is given back, in part or whole"),
            {**_PAYMENT, "refunded": 5000},
        ),
        WebhookKind(
            "contact.created",
            WebhookGroup.CONTACTS,
            _("A contact is created"),
            {"contact": _CODE, "external_id": "", "url": f"{API}/contacts/{_CODE}/"},
        ),
    )
}
#: The trial of an address: sent by hand, wanted by none.
PING = WebhookKind("ping", WebhookGroup.DOSSIERS, pgettext_lazy("webhook", "Test"), {"webhook": _CODE})


def kind_label(key: str) -> str:
    """Returns what an event is called, in the active language; one that is in no table goes by its key."""
    known = PING if key == PING.key else KINDS.get(key)
    return str(known.label) if known is not None else key


def grouped() -> list[tuple[str, list[WebhookKind]]]:
    """Returns the events under their headings, in order."""
    return [(str(group.label), [kind for kind in KINDS.values() if kind.group == group]) for group in WebhookGroup]
