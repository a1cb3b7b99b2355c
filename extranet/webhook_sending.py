"""One message to one address: signed by the Standard Webhooks specification 1.0.0, sent, its answer judged.

Source: standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

import base64
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from extranet.enums_webhook import DeliveryTrouble
from kernel.outgoing import Answer, NoAnswer, post

#: Under which the secrets are among the sealed.
CURRENT, PREVIOUS = "current", "previous"
_PREFIX = "whsec_"
_KEY_BYTES = 32
#: Characters of an answer that are kept.
_MOST_KEPT = 2_000
_LONGEST_WAIT = 3_600


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt; without a `trouble` the message was taken."""

    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None
    milliseconds: int = 0
    trouble: DeliveryTrouble | None = None
    detail: str = ""
    response: str = ""
    #: Seconds for which the host asked (Retry-After), an hour at most.
    wait_seconds: int = 0

    @property
    def was_taken(self) -> bool:
        """Whether the message arrived."""
        return self.trouble is None


def new_secret() -> str:
    """Returns a random secret as receivers' libraries take it."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def sign(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """Returns the signature of a message (`v1`, HMAC-SHA256); raises ValueError for a secret that is none."""
    key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    digest = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def signed_headers(keys: Sequence[str], *, message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Returns the headers of a message, with one signature for each secret."""
    timestamp = int(now.timestamp())
    signatures = [sign(key, message_id=message_id, timestamp=timestamp, body=body) for key in keys]
    return {
        "content-type": "application/json",
        "user-agent": f"{settings.PLATFORM_NAME}-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def send_message(url: str, keys: Sequence[str], *, message_id: str, body: str, now: datetime) -> Outcome:
    """Returns what became of a message; call it outside a transaction, for it takes up to 15 seconds."""
    content = body.encode()
    headers = signed_headers(keys, message_id=message_id, body=content, now=now)
    try:
        answer = post(url, content, headers, allow_private=settings.WEBHOOK_ALLOW_PRIVATE_HOSTS)
    except NoAnswer as error:
        return Outcome(
            headers=headers,
            milliseconds=error.milliseconds,
            trouble=DeliveryTrouble(error.reason.value),
            detail=error.detail,
        )
    return Outcome(
        headers=headers,
        status=answer.status,
        milliseconds=answer.milliseconds,
        trouble=_trouble_of(answer.status),
        response=_kept(answer.body),
        wait_seconds=_wait_of(answer),
    )


def _trouble_of(status: int) -> DeliveryTrouble | None:
    if 200 <= status < 300:
        return None
    if status == 410:
        return DeliveryTrouble.GONE
    return DeliveryTrouble.REDIRECT if 300 <= status < 400 else DeliveryTrouble.STATUS


def _kept(body: bytes) -> str:
    """Returns the beginning of an answer as text that a database takes: no NUL, 2 kB at most."""
    cut = body[:_MOST_KEPT].decode(errors="ignore")
    return cut.replace("\x00", "")


def _wait_of(answer: Answer) -> int:
    if answer.status not in {429, 503}:
        return 0
    told = next((value for name, value in answer.headers.items() if name.lower() == "retry-after"), "")
    return min(int(told), _LONGEST_WAIT) if told.isascii() and told.isdigit() else 0
