"""Twilio: POST …/Messages.json with SID and token; its calls are signed (twilio.com/docs/usage/security)."""

import base64
import hmac
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
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
from mail.sms.providers.transport import call, json_of, words

_NAME = "Twilio"
#: "Attempt to send to unsubscribed recipient" (twilio.com/docs/api/errors/21610).
_UNSUBSCRIBED = "21610"
_FAILED = {"undelivered", "failed", "canceled"}


def sign(token: str, url: str, form: Mapping[str, str]) -> str:
    """Returns the signature of a call: HMAC-SHA1 over its address and its fields in their order, as base 64."""
    text = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()


class Twilio:
    """Twilio, for one account."""

    FIELDS: ClassVar[tuple[KeyField, ...]] = (
        KeyField("account_sid", gettext_lazy("Account SID"), shape=r"AC[0-9a-fA-F]{32}"),
        KeyField("auth_token", gettext_lazy("Auth token"), secret=True),
        KeyField(
            "messaging_service",
            gettext_lazy("Messaging service SID"),
            optional=True,
            help_text=gettext_lazy("Used where no sender is given below."),
            shape=r"MG[0-9a-fA-F]{32}",
        ),
    )

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    @property
    def _path(self) -> str:
        return f"/2010-04-01/Accounts/{self._keys['account_sid']}"

    def check(self) -> str:
        """Returns the balance."""
        told = self._call("GET", f"{self._path}/Balance.json")
        return _("%(amount)s left") % {"amount": words(f"{told.get('balance', '')} {told.get('currency', '')}")}

    def send(self, parcel: Parcel) -> Accepted:
        """Hands a message over, from the sender or from the messaging service."""
        form = {"To": parcel.to, "Body": parcel.text, "StatusCallback": parcel.news_url}
        if parcel.sender:
            form["From"] = parcel.sender
        elif service := self._keys["messaging_service"]:
            form["MessagingServiceSid"] = service
        else:
            raise CarrierRefused(_("%(name)s needs a sender.") % {"name": _NAME}, code="no_sender")
        told = self._call("POST", f"{self._path}/Messages.json", form)
        if not told.get("sid"):
            raise CarrierRefused(_("%(name)s gave an answer that cannot be understood.") % {"name": _NAME})
        parts = str(told.get("num_segments") or "")
        return Accepted(
            ref=str(told["sid"]),
            parts=int(parts) or None if parts.isdigit() else None,
            price=_price(told.get("price")),
            currency=words(told.get("price_unit"))[:8] if told.get("price") else "",
        )

    def parse(self, call: Call) -> list[News]:
        """Returns what a signed call tells: MessageStatus of a message, or From and Body of an answer."""
        given = call.headers.get("x-twilio-signature", "")
        if not given or not hmac.compare_digest(
            sign(self._keys["auth_token"], call.url, call.form).encode(), given.encode()
        ):
            raise ForgedCall("the signature does not fit")
        form = call.form
        status = form.get("MessageStatus", "").lower()
        ref = form.get("MessageSid", "")
        if status and ref and status not in {"receiving", "received"}:
            if status in {"delivered", "read"}:
                return [Progress(ref, SmsState.DELIVERED)]
            if status in _FAILED:
                return [Progress(ref, SmsState.FAILED, words(f"{status} {form.get('ErrorCode', '')}"))]
            return []
        if form.get("From"):
            return [Reply(form["From"], form.get("Body", ""), is_stop=form.get("OptOutType", "").upper() == "STOP")]
        raise ForgedCall("neither a state nor an answer")

    def _call(self, method: str, path: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        auth = (self._keys["account_sid"], self._keys["auth_token"])
        url = f"{settings.TWILIO_SMS_URL}{path}"
        answer = call(_NAME, method, url, headers={"Accept": "application/json"}, data=form, auth=auth)
        told = json_of(answer)
        code, said = words(told.get("code")), words(told.get("message"))
        if answer.status_code in {401, 403} or (answer.status_code == 404 and method == "GET"):
            raise KeysRefused(_("%(name)s refuses these keys: %(said)s") % {"name": _NAME, "said": said}, code=code)
        if answer.status_code >= 300:
            kind = NumberStopped if code == _UNSUBSCRIBED else CarrierRefused
            raise kind(f"{_NAME}: {said}", code=code)
        return told


def _price(told: object) -> Decimal | None:
    """Returns what a message costs; Twilio writes it as a negative amount, and often only later."""
    if not re.fullmatch(r"-?\d{1,6}(\.\d{1,8})?", str(told)):
        return None
    try:
        return abs(Decimal(str(told)))
    except InvalidOperation:
        return None
