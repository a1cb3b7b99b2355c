"""Smsmode: POST /sms/v1/messages with an X-Api-Key (dev.smsmode.com)."""

import json
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mail.sms.enums import SmsState
from mail.sms.providers.base import (
    Accepted,
    Call,
    CarrierRefused,
    ForgedCall,
    KeyField,
    Keys,
    KeysRefused,
    News,
    NumberStopped,
    Parcel,
    Progress,
    Reply,
)
from mail.sms.providers.transport import call, json_of, json_of_call, words

_NAME = "smsmode"
_UNDER_WAY = {"SCHEDULED", "ENROUTE", "SENT", "ACCEPTED"}


class Smsmode:
    """The carrier smsmode, for one account."""

    FIELDS: ClassVar[tuple[KeyField, ...]] = (
        KeyField(
            "api_key",
            gettext_lazy("API key"),
            secret=True,
            help_text=gettext_lazy("In smsmode under Settings, API keys; of a channel for text messages."),
        ),
    )

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def check(self) -> str:
        """Returns the balance."""
        told = self._call("GET", "/commons/v1/organisations")
        first = next(iter(told.get("items") or []), told)
        balance = first.get("balance") if isinstance(first, dict) else None
        if isinstance(balance, dict):
            amount = f"{balance.get('amount', '')} {balance.get('currency', '')}"
            return _("%(amount)s left") % {"amount": words(amount)}
        return ""

    def send(self, parcel: Parcel) -> Accepted:
        """Hands a message over."""
        body: dict[str, Any] = {
            "recipient": {"to": parcel.to.removeprefix("+")},
            "body": {"text": parcel.text, "encoding": "UNICODE" if parcel.is_unicode else "GSM7"},
            "refClient": parcel.reference,
            "callbackUrlStatus": parcel.news_url,
            "callbackUrlMo": parcel.news_url,
        }
        if parcel.sender:
            body["from"] = parcel.sender
        told = self._call("POST", "/sms/v1/messages", body)
        if not told.get("messageId"):
            raise CarrierRefused(_("%(name)s gave an answer that cannot be understood.") % {"name": _NAME})
        price = told.get("price") if isinstance(told.get("price"), dict) else {}
        amount = price.get("amount") if price else None
        parts = (told.get("body") or {}).get("messagePartCount") if isinstance(told.get("body"), dict) else None
        return Accepted(
            ref=str(told["messageId"]),
            parts=parts if isinstance(parts, int) else None,
            price=Decimal(str(amount)) if isinstance(amount, (int, float)) else None,
            currency=words(price.get("currency"))[:8] if price else "",
        )

    def parse(self, call: Call) -> list[News]:
        """Returns what a call tells: the state of a message (direction MT), or an answer (MO)."""
        told = json_of_call(call.body)
        if str(told.get("direction")) == "MO" or "originMessageId" in told:
            text = told.get("body")
            text = text.get("text") if isinstance(text, dict) else text
            return [Reply(str(told.get("from") or ""), str(text or ""))]
        status = told.get("status")
        value = str(status.get("value") if isinstance(status, dict) else status or "").upper()
        ref = str(told.get("messageId") or "")
        if not value or not ref:
            raise ForgedCall("neither a state nor an answer")
        if value in _UNDER_WAY:
            return []
        if value == "DELIVERED":
            return [Progress(ref, SmsState.DELIVERED)]
        detail = status.get("detail") if isinstance(status, dict) else ""
        return [Progress(ref, SmsState.FAILED, words(f"{value} {detail or ''}"))]

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {
            "X-Api-Key": self._keys["api_key"],
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        data = json.dumps(body).encode() if body is not None else None
        answer = call(_NAME, method, f"{settings.SMSMODE_SMS_URL}{path}", headers=headers, data=data)
        told = json_of(answer)
        said = words(told.get("message") or told.get("detail") or told.get("error"))
        code = words(told.get("code") or answer.status_code)
        if answer.status_code in {401, 403}:
            raise KeysRefused(_("%(name)s does not know this key, or no longer.") % {"name": _NAME}, code=code)
        if answer.status_code >= 300:
            kind = NumberStopped if "blacklist" in said.lower() else CarrierRefused
            raise kind(f"{_NAME}: {said}", code=code)
        return told
