"""Brevo: POST /v3/transactionalSMS/send with an api-key (developers.brevo.com)."""

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

_NAME = "Brevo"
_DELIVERED, _UNDER_WAY = {"delivered"}, {"accepted", "sent", "soft_bounce", "softbounces"}
_STOPPED = {"unsubscribe", "unsubscribed", "blacklisted"}


class Brevo:
    """Brevo, for one account."""

    FIELDS: ClassVar[tuple[KeyField, ...]] = (
        KeyField(
            "api_key",
            gettext_lazy("API key"),
            secret=True,
            help_text=gettext_lazy("Begins with xkeysib-; in Brevo under SMTP & API."),
            shape=r"xkeysib-[!-~]{10,190}",
        ),
    )

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def check(self) -> str:
        """Returns the credits for text messages that are left."""
        told = self._call("GET", "/v3/account")
        plans = [plan for plan in told.get("plan") or [] if isinstance(plan, dict) and plan.get("type") == "sms"]
        return _("%(count)s credits left") % {"count": words(plans[0].get("credits")) if plans else "0"}

    def send(self, parcel: Parcel) -> Accepted:
        """Hands a message over; Brevo knows no sender of its own, so one is needed."""
        if not parcel.sender:
            raise CarrierRefused(_("%(name)s needs a sender.") % {"name": _NAME}, code="no_sender")
        told = self._call(
            "POST",
            "/v3/transactionalSMS/send",
            {
                "sender": parcel.sender.removeprefix("+"),
                "recipient": parcel.to.removeprefix("+"),
                "content": parcel.text,
                "type": "transactional",
                "tag": parcel.reference,
                "webUrl": parcel.news_url,
                "unicodeEnabled": parcel.is_unicode,
            },
        )
        if not told.get("messageId"):
            raise CarrierRefused(_("%(name)s gave an answer that cannot be understood.") % {"name": _NAME})
        used = told.get("usedCredits")
        return Accepted(
            ref=str(told["messageId"]),
            parts=told.get("smsCount"),
            price=Decimal(str(used)) if used is not None else None,
            currency="CREDITS" if used is not None else "",
        )

    def parse(self, call: Call) -> list[News]:
        """Returns what a webhook tells: `msg_status` of a message, or what somebody answered."""
        told = json_of_call(call.body)
        status = str(told.get("msg_status") or told.get("event") or "").lower()
        ref, number = str(told.get("messageId") or ""), str(told.get("to") or "")
        if status == "replied" or told.get("reply"):
            return [Reply(number, str(told.get("reply") or ""))]
        if status in _STOPPED:
            return [Reply(number, "STOP", is_stop=True)]
        if not status or not ref:
            raise ForgedCall("no state of a message")
        if status in _UNDER_WAY:
            return []
        if status in _DELIVERED:
            return [Progress(ref, SmsState.DELIVERED)]
        return [Progress(ref, SmsState.FAILED, words(f"{status} {told.get('description') or ''}"))]

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {
            "api-key": self._keys["api_key"],
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        data = json.dumps(body).encode() if body is not None else None
        answer = call(_NAME, method, f"{settings.BREVO_SMS_URL}{path}", headers=headers, data=data)
        told = json_of(answer)
        code = words(told.get("code"))
        if answer.status_code in {401, 403}:
            raise KeysRefused(_("%(name)s does not know this key, or no longer.") % {"name": _NAME}, code=code)
        if answer.status_code >= 300:
            said = words(told.get("message"))
            if "blacklisted" in said.lower():
                raise NumberStopped(f"{_NAME}: {said}", code=code)
            raise CarrierRefused(f"{_NAME}: {said}", code=code)
        return told
