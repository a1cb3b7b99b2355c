"""How the carriers are called: one line each, with a time limit, and what goes wrong in our words."""

import json
from collections.abc import Mapping
from typing import Any

import requests
from django.conf import settings
from django.utils.translation import gettext as _
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout, RequestException
from urllib3.exceptions import MaxRetryError, NewConnectionError

from mail.sms.providers.base import AnswerLost, CarrierUnavailable, ForgedCall

_MOST_BYTES = 256 * 1024
_LONGEST_WAIT = 3_600


class _AsGiven(requests.auth.AuthBase):
    """Leaves the headers as they are; without it a .netrc of the machine would replace them."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def call(
    name: str,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    data: bytes | Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> requests.Response:
    """Returns a carrier's answer, follows no redirection.

    Raises CarrierUnavailable where it has certainly done nothing (no connection, 429, 5xx), AnswerLost where it may.
    """
    told = {"name": name}
    try:
        answer = requests.request(
            method,
            url,
            headers=dict(headers),
            data=data,
            auth=auth or _AsGiven(),
            timeout=settings.SMS_TIMEOUT,
            allow_redirects=False,
        )
    except ConnectTimeout:
        raise CarrierUnavailable(_("%(name)s cannot be reached.") % told) from None
    except NoConnection as error:
        if _never_left(error):
            raise CarrierUnavailable(_("%(name)s cannot be reached.") % told) from None
        raise AnswerLost(_("%(name)s gave no answer: the message may have left or not.") % told) from None
    except RequestException:
        raise AnswerLost(_("%(name)s gave no answer: the message may have left or not.") % told) from None
    if answer.status_code == 429 or answer.status_code >= 500:
        raise CarrierUnavailable(
            _("%(name)s is not available (HTTP %(status)s).") % {"name": name, "status": answer.status_code},
            wait_seconds=_wait(answer.headers.get("Retry-After", "")),
        )
    return answer


def _never_left(error: NoConnection) -> bool:
    """Whether no connection was made, so that nothing was asked."""
    cause: Any = error.args[0] if error.args else None
    if isinstance(cause, MaxRetryError):
        cause = cause.reason
    return isinstance(cause, NewConnectionError)


def _wait(text: str) -> int:
    return min(int(text), _LONGEST_WAIT) if text.isascii() and text.isdigit() else 0


def json_of(answer: requests.Response) -> dict[str, Any]:
    """Returns the object that an answer holds, empty where it holds none."""
    try:
        told = json.loads(answer.content[:_MOST_BYTES])
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def json_of_call(body: bytes) -> dict[str, Any]:
    """Returns the object that a call of a carrier's holds; raises ForgedCall where it holds none."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ForgedCall("no JSON") from error
    if not isinstance(told, dict):
        raise ForgedCall("no object")
    return told


def words(value: object) -> str:
    """Returns what a carrier said as one short line."""
    return " ".join(str(value or "").split())[:200]
