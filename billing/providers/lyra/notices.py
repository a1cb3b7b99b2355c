"""Lyra's notifications: those of the REST interface (`kr-answer`) and of the form (`vads_*`) come to one address."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from billing.providers.base import Access, ForgedNotification, Incoming, Notice
from billing.providers.lyra.signing import is_answer_signed, is_form_signed

_LONGEST_KEY = 160


def fields_of(body: str) -> dict[str, str]:
    """Returns the fields of a form's body, untouched; raises ForgedNotification where it is none."""
    try:
        pairs = parse_qsl(body, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=500)
    except ValueError:
        raise ForgedNotification("not a form") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ForgedNotification("a field stands there twice")
    return fields


def parse(access: Access, incoming: Incoming) -> Notice:
    """Returns what a notification says; raises ForgedNotification."""
    try:
        fields = fields_of(incoming.body.decode())
    except UnicodeDecodeError:
        raise ForgedNotification("not UTF-8") from None
    try:
        return _of_rest(access, fields) if "kr-answer" in fields else _of_form(access, fields)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ForgedNotification("no message of the protocol") from None


def _keys(access: Access, name: str) -> list[str]:
    return [access.secrets.get(name, ""), access.former.get(name, "")]


def _of_rest(access: Access, fields: Mapping[str, str]) -> Notice:
    raw, told = fields["kr-answer"], fields.get("kr-hash", "")
    if fields.get("kr-hash-algorithm") != "sha256_hmac" or fields.get("kr-hash-key") != "password":
        raise ForgedNotification("another algorithm or key")
    if not any(is_answer_signed(raw, told, key) for key in _keys(access, "password")):
        raise ForgedNotification("the hash does not fit")
    answer = json.loads(raw)
    order = answer.get("orderDetails") or {}
    _check_shop(access, str(answer["shopId"]))
    _check_mode(access, order.get("mode"))
    transactions = answer.get("transactions") or []
    code = str(order.get("orderId") or "")
    kind = fields.get("kr-answer-type", "V4/Payment")
    statuses = [f"{one['uuid']}:{one['detailedStatus']}" for one in transactions]
    return Notice(
        dedupe_key=_dedupe(statuses or [f"{code}:{answer.get('orderStatus')}"]),
        kind=f"{kind} {answer.get('orderStatus') or ''}".strip(),
        live=access.live,
        payment_code=code,
        refs=[str(one["uuid"]) for one in transactions],
        matters=bool(code) and kind == "V4/Payment",
    )


def _of_form(access: Access, fields: Mapping[str, str]) -> Notice:
    if not any(is_form_signed(fields, key) for key in _keys(access, "form_key")):
        raise ForgedNotification("the signature does not fit")
    _check_shop(access, fields["vads_site_id"])
    _check_mode(access, fields["vads_ctx_mode"])
    if "vads_hash" not in fields:
        raise ForgedNotification("what a browser brings back is no notification")
    code, uuid = fields.get("vads_order_id", ""), fields.get("vads_trans_uuid", "")
    status = fields["vads_trans_status"]
    name = uuid or f"{fields.get('vads_trans_date', '')[:8]}-{fields.get('vads_trans_id', '')}"
    return Notice(
        dedupe_key=_dedupe([f"{name}:{status}"]),
        kind=f"{fields.get('vads_url_check_src') or 'PAY'} {status}",
        live=access.live,
        payment_code=code,
        refs=[uuid] if uuid else [],
        matters=bool(code),
    )


def _check_shop(access: Access, shop: str) -> None:
    if shop != access.identifier:
        raise ForgedNotification("another shop's")


def _check_mode(access: Access, mode: Any) -> None:
    """Refuses what one mode's key signed and says that it is of the other: whoever has the test key has no money."""
    if mode != ("PRODUCTION" if access.live else "TEST"):
        raise ForgedNotification("signed with the key of the other mode")


def _dedupe(parts: Iterable[str]) -> str:
    """Returns what is the same for each delivery: Lyra's messages have no number of their own."""
    key = ",".join(sorted(parts))
    return key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
