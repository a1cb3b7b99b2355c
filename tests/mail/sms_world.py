"""Text messages for tests: the carriers' double, an account with one of them, calls of theirs handed to our pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from kernel.tenancy import firm_context
from mail.actions.sms import SmsOrder, queue_sms
from mail.actions.sms_account import save_sms_model, set_up_carrier
from mail.models import OutgoingSms, SmsAccount, SmsSettings
from mail.sms.enums import SmsKind
from mail.sms.texts import DEFAULTS
from tests.gateways.server import Delivery, serving
from tests.gateways.sms import KEYS, SmsStandIn

#: A Monday, ten o'clock in Paris.
MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
SUNDAY = MONDAY - timedelta(days=1)
MOBILE = "06 12 34 56 78"


@contextmanager
def carriers(settings: Any) -> Iterator[SmsStandIn]:
    """Serves the double of the four carriers within the block; what they call us with waits for `hand_in`."""
    stand_in = SmsStandIn(notifies="held")
    with serving(stand_in):
        for name in ("OVH", "BREVO", "TWILIO", "SMSMODE"):
            setattr(settings, f"{name}_SMS_URL", stand_in.url)
        settings.SMS_TIMEOUT = 2
        yield stand_in


def set_up(carrier: str = "ovh", *, kinds: tuple[SmsKind, ...] = (), **rules: Any) -> SmsAccount:
    """Returns the account of the current firm with a carrier, with these kinds sent in both languages."""
    account = set_up_carrier(carrier, KEYS[carrier])
    SmsSettings.objects.update(**({"sender": "ARMOR"} | rules))
    for kind in kinds:
        for language in ("fr", "en"):
            save_sms_model(kind, language, text=DEFAULTS[kind, language], is_active=True, user_name="Anna")
    return account


def order(kind: SmsKind = SmsKind.DOSSIER, **changed: Any) -> SmsOrder:
    """Returns what a dossier asks for."""
    values = {"cabinet": "Alpha", "client": "Alice", "dossier": "Maison", "lien": "https://alpha.example/d/1/"}
    told: dict[str, Any] = {"kind": kind, "phone": MOBILE, "language": "fr", "values": values}
    return SmsOrder(**(told | changed))


def queued(kind: SmsKind = SmsKind.DOSSIER, **changed: Any) -> OutgoingSms:
    """Returns a queued message of the current firm."""
    sms = queue_sms(order(kind, **changed))
    assert sms is not None
    return sms


def hand_in(delivery: Delivery, *, host: str = "alpha") -> int:
    """Returns our answer's status to a call of a carrier's."""
    parts = urlsplit(delivery.url)
    client = Client(headers={"host": f"{host}.localhost"})
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    headers = {name: value for name, value in delivery.headers.items() if name != "Content-Type"}
    if not delivery.body:
        return client.get(path, headers=headers).status_code
    kind = delivery.headers["Content-Type"]
    return client.generic("POST", path, delivery.body, content_type=kind, headers=headers).status_code


def reread(sms: OutgoingSms) -> OutgoingSms:
    """Returns the message as it is now."""
    with firm_context("firm_alpha"):
        return OutgoingSms.objects.get(pk=sms.pk)


def at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the product's clock stand still."""
    monkeypatch.setattr(timezone, "now", lambda: moment)
