"""OVHcloud: POST /sms/{serviceName}/jobs, each call signed with three keys (api.ovh.com, python-ovh)."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mail.sms.enums import SmsState
from mail.sms.providers.base import (
    Accepted,
    Call,
    CarrierRefused,
    CarrierUnavailable,
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

_NAME = "OVHcloud"
#: What OVH tells (`ptt`, guide « Tout savoir sur les utilisateurs SMS »): on its way, delivered; others failed.
_UNDER_WAY, _DELIVERED = {"0", "1", "2", "3"}, "4"


def sign(secret: str, consumer: str, method: str, url: str, body: str, timestamp: str) -> str:
    """Returns the signature of a call: "$1$" and the SHA-1 of its parts joined by "+"."""
    parts = f"{secret}+{consumer}+{method}+{url}+{body}+{timestamp}"
    return f"$1${hashlib.sha1(parts.encode()).hexdigest()}"  # noqa: S324 - the protocol's


class Ovh:
    """OVHcloud, for one account."""

    FIELDS: ClassVar[tuple[KeyField, ...]] = (
        KeyField(
            "service",
            gettext_lazy("Name of the SMS service"),
            help_text=gettext_lazy("Such as sms-ab12345-1, in your OVHcloud customer area."),
            shape=r"sms-[a-z0-9]+-\d+",
        ),
        KeyField("application_key", gettext_lazy("Application key")),
        KeyField("application_secret", gettext_lazy("Application secret"), secret=True),
        KeyField(
            "consumer_key",
            gettext_lazy("Consumer key"),
            secret=True,
            help_text=gettext_lazy("With the rights GET and POST on /sms/*, made on api.ovh.com/createToken."),
        ),
    )

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    @property
    def _path(self) -> str:
        return f"/1.0/sms/{quote(self._keys['service'], safe='')}"

    def check(self) -> str:
        """Returns the credits that are left."""
        told = self._call("GET", self._path)
        return _("%(count)s credits left") % {"count": words(told.get("creditsLeft"))}

    def send(self, parcel: Parcel) -> Accepted:
        """Hands a message over; the clause about STOP is for advertising only."""
        body: dict[str, Any] = {
            "message": parcel.text,
            "receivers": [parcel.to],
            "charset": "UTF-8",
            "coding": "8bit" if parcel.is_unicode else "7bit",
            "class": "phoneDisplay",
            "priority": "high",
            "validityPeriod": 2880,
            "noStopClause": True,
            "senderForResponse": not parcel.sender,
            "tag": parcel.reference,
        }
        if parcel.sender:
            body["sender"] = parcel.sender
        told = self._call("POST", f"{self._path}/jobs", body)
        if told.get("invalidReceivers"):
            raise CarrierRefused(_("%(name)s does not accept this number.") % {"name": _NAME}, code="invalid_receiver")
        ids = told.get("ids") or []
        if not ids:
            raise NumberStopped(_("%(name)s sent nothing: the number is on its STOP list.") % {"name": _NAME})
        taken = told.get("totalCreditsRemoved")
        return Accepted(ref=str(ids[0]), parts=None if taken is None else max(1, round(float(taken))))

    def parse(self, call: Call) -> list[News]:
        """Returns what OVH tells in the address: a state (`id`, `ptt`), or what somebody answered."""
        told: Mapping[str, str] = {**call.form, **call.query}
        if "ptt" in told and told.get("id"):
            state = told["ptt"]
            if state in _UNDER_WAY:
                return []
            reason = words(f"{state} {told.get('descriptionDlr', '')}")
            if state == _DELIVERED:
                return [Progress(told["id"], SmsState.DELIVERED)]
            return [Progress(told["id"], SmsState.FAILED, reason)]
        number = told.get("senderid") or told.get("sender") or told.get("from") or ""
        if number and "message" in told:
            return [Reply(number, told["message"])]
        raise ForgedCall("neither a state nor an answer")

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        url, text = f"{settings.OVH_SMS_URL}{path}", json.dumps(body) if body is not None else ""
        # OVH's own clock: one that is ten seconds off on our side would make every signature wrong
        asked = call(_NAME, "GET", f"{settings.OVH_SMS_URL}/1.0/auth/time", headers={})
        timestamp = asked.text.strip()
        if not timestamp.isdigit():
            raise CarrierUnavailable(_("%(name)s gave an answer that cannot be understood.") % {"name": _NAME})
        keys = self._keys
        headers = {
            "X-Ovh-Application": keys["application_key"],
            "X-Ovh-Consumer": keys["consumer_key"],
            "X-Ovh-Timestamp": timestamp,
            "X-Ovh-Signature": sign(keys["application_secret"], keys["consumer_key"], method, url, text, timestamp),
            "Content-Type": "application/json; charset=utf-8",
        }
        answer = call(_NAME, method, url, headers=headers, data=text.encode() or None)
        told = json_of(answer)
        if answer.status_code in {401, 403}:
            raise KeysRefused(
                _("%(name)s refuses these keys: %(said)s") % {"name": _NAME, "said": words(told.get("message"))},
                code=words(told.get("errorCode")),
            )
        if answer.status_code >= 300:
            raise CarrierRefused(f"{_NAME}: {words(told.get('message'))}", code=str(answer.status_code))
        return told
