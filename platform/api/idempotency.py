"""A write that comes twice is done once (draft-ietf-httpapi-idempotency-key-header-07)."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken, ApiWrite
from api.problems import EXPECTED, Problem
from api.renderers import dumps

HEADER = "Idempotency-Key"
#: Seconds after which a write that never answered counts as dead.
RUNNING_SECONDS = 120
_LONGEST_KEY = 255
#: Headers of an answer that belong to the write, not to the call.
_KEPT_HEADERS = ("ETag", "Location")
#: What these say may be otherwise a moment later: the same key is tried again.
_PASSING = frozenset({401, 403, 408, 409, 412, 423, 425, 429})


def key_of(request: Request) -> str:
    """Returns the key that a write names itself by, empty for none; raises Problem `bad_idempotency_key`."""
    key = request.headers.get(HEADER, "").strip().strip('"')
    if len(key) > _LONGEST_KEY or not key.isprintable():
        text = _("The Idempotency-Key has at most %(count)s printable characters.") % {"count": _LONGEST_KEY}
        raise Problem(HTTPStatus.BAD_REQUEST, "bad_idempotency_key", text)
    return key


def begin(token: ApiToken, *, key: str, fingerprint: str) -> ApiWrite | HttpResponse:
    """Returns the row of a write that may run now, or the answer that it got before.

    Raises Problem `idempotency_key_reused` when the key named another request, `write_running` while the first runs.
    """
    now = timezone.now()
    until = now + timedelta(seconds=RUNNING_SECONDS)
    write, made = ApiWrite.objects.get_or_create(
        token=token, key=key, defaults={"fingerprint": fingerprint, "running_until": until}
    )
    if made:
        return write
    if write.fingerprint != fingerprint:
        text = _("This Idempotency-Key was sent with another request.")
        raise Problem(HTTPStatus.UNPROCESSABLE_CONTENT, "idempotency_key_reused", text)
    if write.status is not None:
        return replay(write)
    # dead, or still at work: one of those who ask takes it over
    taken = ApiWrite.objects.filter(pk=write.pk, status=None, running_until__lte=now).update(running_until=until)
    if not taken:
        text = _("The same write is still running. Please ask again in a moment.")
        raise Problem(HTTPStatus.CONFLICT, "write_running", text, headers={"Retry-After": "2"})
    return write


def run_write(
    write: ApiWrite,
    handler: Callable[[], Response],
    *,
    on_error: Callable[[Exception], Response],
    in_transaction: bool,
) -> Response:
    """Returns the answer of a write, remembered in its transaction: neither is there without the other.

    A fault of ours, and what may be otherwise a moment later, is forgotten: the key may be tried again.
    """
    is_kept = False
    try:
        try:
            if in_transaction:
                with transaction.atomic():
                    response = handler()
                    is_kept = _keep(write, response)
            else:
                response = handler()
                is_kept = _keep(write, response)
        except EXPECTED as error:
            response = on_error(error)
            is_kept = _keep(write, response)
    finally:
        if not is_kept:
            ApiWrite.objects.filter(pk=write.pk).delete()
    return response


def replay(write: ApiWrite) -> HttpResponse:
    """Returns the answer again."""
    response = HttpResponse(bytes(write.body), status=write.status)
    for name, value in write.headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response


def fingerprint_of(request: Request, *, with_body: bool) -> str:
    """Returns the digest of method, address and body, by which the same request is known again."""
    http = request._request
    parts = [http.method or "", http.get_full_path(), http.content_type or ""]
    sums = hashlib.sha256("\n".join(parts).encode())
    sums.update(http.body if with_body else http.headers.get("Content-Length", "").encode())
    return sums.hexdigest()


def _keep(write: ApiWrite, response: Response) -> bool:
    if response.status_code in _PASSING or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return False
    data = response.data
    if isinstance(data, dict) and "secret" in data:
        # shown once and kept nowhere, here neither
        data = {name: value for name, value in data.items() if name != "secret"}
    body: bytes = b"" if data is None else dumps(data)
    headers: dict[str, Any] = {name: response[name] for name in _KEPT_HEADERS if response.has_header(name)}
    headers["Content-Type"] = response.content_type or "application/json"
    return bool(ApiWrite.objects.filter(pk=write.pk).update(status=response.status_code, body=body, headers=headers))
