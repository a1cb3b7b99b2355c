"""Reports of what could not be delivered (RFC 3464), which come to the envelope sender of the mail they are about."""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.message import Message
from typing import Any

import structlog

from kernel.tenancy import firm_context
from mail.actions.stopping import note_bounce
from mail.bounce_address import BounceToken, read_bounce_address
from mail.models import OutgoingMail
from mail.rules import enhanced_code

logger = structlog.get_logger(__name__)

#: Headers that name whom a report was sent to, as mail servers add or keep them.
_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
#: Of a report, parts and bytes of its text that are looked at.
_MOST_PARTS, _MOST_BYTES = 50, 300_000
_STATUS = re.compile(r"^\s*([245])\.(\d{1,3})\.(\d{1,3})")
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,118}>")


@dataclass(frozen=True)
class _Failure:
    """What a report says of one reader."""

    code: tuple[int, int, int] | None
    text: str


def take_report(raw: bytes, *, recipient: str = "") -> bool:
    """Returns whether a mail was a report about one of ours, whose mail and address now bear it.

    Only what comes to an address that we signed is believed, and only of the firm that signed it. `recipient`: whom it
    was delivered to, where the door knows; else its headers tell. A report that it is merely late changes nothing.
    """
    # headers first: attachments of forty megabytes are nobody's report
    report = email.message_from_bytes(raw[: 4 * _MOST_BYTES], policy=email.policy.compat32)
    token = _token_of(report, recipient)
    if token is None:
        return False
    try:
        failures = list(_failures(report))
    except (MessageError, LookupError, ValueError, RecursionError):
        return False
    if not failures:
        return report.get_content_type() == "multipart/report"
    with firm_context(token.schema):
        mail = _mail_of(token, report)
        if mail is None:
            return False
        note_bounce(mail, code=failures[0].code, text=failures[0].text)
    logger.info("mail_came_back", firm=token.schema)
    return True


def _token_of(report: "Message[str, str]", recipient: str) -> BounceToken | None:
    named = [recipient] if recipient else [str(one) for name in _TO for one in report.get_all(name) or []]
    return next((token for one in named if (token := read_bounce_address(one[:1_000])) is not None), None)


def _failures(report: "Message[str, str]") -> Iterator[_Failure]:
    """Yields what failed for good, by the report's blocks for each reader."""
    for rank, part in enumerate(report.walk()):
        if rank >= _MOST_PARTS:
            return
        if part.get_content_type() not in {"message/delivery-status", "message/global-delivery-status"}:
            continue
        for block in _blocks(part):
            if str(block.get("Action", "")).strip().lower() == "failed":
                yield _failure_of(block)


def _blocks(part: "Message[str, str]") -> list["Message[str, str]"]:
    """Returns the groups of fields of a status; some senders encode it, against the norm."""
    inner: Any = part.get_payload()
    if isinstance(inner, list) and any(one.get("Action") for one in inner):
        return [one for one in inner if isinstance(one, Message)]
    data = part.get_payload(decode=True)
    if isinstance(inner, list):
        data = "\n\n".join(str(one.get_payload()) for one in inner).encode(errors="replace")
    text = data.decode(errors="replace") if isinstance(data, bytes) else ""
    return [email.message_from_string(block, policy=email.policy.compat32) for block in re.split(r"\r?\n\r?\n", text)]


def _failure_of(block: "Message[str, str]") -> _Failure:
    said = " ".join(str(block.get("Diagnostic-Code", "")).split())
    said = said.partition(";")[2].strip() if said.lower().startswith(("smtp;", "x-", "lmtp;")) else said
    status = str(block.get("Status", "")).strip()
    found = _STATUS.match(status)
    code = (int(found[1]), int(found[2]), int(found[3])) if found else None
    # many say 5.0.0 and the truth in the answer that they got
    if code is None or code[1:] == (0, 0):
        code = enhanced_code(said) or (None if code and code[0] == 5 else code)
    return _Failure(code, f"{status} {said}".strip()[:500])


def _mail_of(token: BounceToken, report: "Message[str, str]") -> OutgoingMail | None:
    """Returns the mail of the token, else the one of that firm whose Message-ID the report quotes."""
    found = OutgoingMail.objects.filter(code=token.code).first()
    if found is not None:
        return found
    for part in report.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            quoted = part.as_string()[:_MOST_BYTES]
            ids = [match for line in quoted.splitlines() if line.lower().startswith("message-id:")
                   for match in _MESSAGE_ID.findall(line)]  # fmt: skip
            return OutgoingMail.objects.filter(message_id__in=ids[:3]).first()
    return None
