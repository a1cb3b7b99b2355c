"""How PayPal is called: JSON over HTTPS with a token that lasts some hours, kept sealed in the firm's cache."""

import contextlib
import hashlib
from collections.abc import Mapping
from typing import Any

import requests
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from billing.providers.base import Access, CredentialsRefused, ProviderRefused, ProviderUnavailable
from kernel.crypto import decrypt, encrypt

#: A token is not used in its last seconds.
_MARGIN = 120
#: PayPal's longest PayPal-Request-Id where orders are made.
_ID_LENGTH = 38


def request_id(*parts: str) -> str:
    """Returns the idempotency key of a call: a digest, for PayPal takes 38 characters."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_ID_LENGTH]


class _Authorized(requests.auth.AuthBase):
    """Sets the header itself, so that a .netrc of the machine does not."""

    def __init__(self, header: str) -> None:
        self._header = header

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


class Line:
    """A line to PayPal for one account and mode.

    Its calls raise ProviderUnavailable, ProviderRefused (`code`: PayPal's issue) or CredentialsRefused; none of them
    holds a key or a body.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._base: str = settings.PAYPAL_LIVE_URL if access.live else settings.PAYPAL_TEST_URL

    @property
    def has_keys(self) -> bool:
        """Whether there is anything to log in with."""
        return bool(self._access.identifier and self._access.secrets.get("client_secret"))

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """Returns what PayPal has there."""
        return self._call("GET", path, query=query)

    def post(self, path: str, body: Mapping[str, Any] | bytes, *, key: str = "") -> dict[str, Any]:
        """Returns what PayPal made of it; `key` makes a repetition give the first answer."""
        headers = {"Prefer": "return=representation"}
        if key:
            headers["PayPal-Request-Id"] = key
        return self._call("POST", path, body=body, headers=headers)

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "params": query,
            "headers": {"Accept": "application/json", "Content-Type": "application/json", **(headers or {})},
            "json" if isinstance(body, Mapping) else "data": body,
        }
        answer = self._send(method, path, f"Bearer {self.token()}", asked)
        if answer.status_code == requests.codes.unauthorized:  # the token was withdrawn before its time
            answer = self._send(method, path, f"Bearer {self.token(fresh=True)}", asked)
        return _told(answer)

    def token(self, *, fresh: bool = False) -> str:
        """Returns a token for these keys, the kept one unless `fresh`."""
        name = self._cache_key()
        if not fresh and (kept := cache.get(name)) is not None:
            with contextlib.suppress(ValueError):  # sealed with a key that is gone
                return decrypt(kept)
        cache.delete(name)
        if not self.has_keys:
            raise CredentialsRefused(_("The client ID or the secret is missing."), code="no_keys")
        basic = requests.auth.HTTPBasicAuth(self._access.identifier, self._access.secrets["client_secret"])
        asked = {"data": {"grant_type": "client_credentials"}, "headers": {"Accept": "application/json"}}
        told = _told(self._send("POST", "/v1/oauth2/token", basic, asked))
        token, seconds = told.get("access_token"), told.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise ProviderUnavailable(_("PayPal gave an answer that cannot be understood."))
        if seconds > _MARGIN:
            cache.set(name, encrypt(token), timeout=seconds - _MARGIN)
        return token

    def _cache_key(self) -> str:
        """Returns the name of the kept token: other keys have another one; the firm's schema stands in front."""
        keys = (self._base, self._access.identifier, self._access.secrets.get("client_secret", ""))
        return f"paypal-token:{hashlib.sha256(chr(10).join(keys).encode()).hexdigest()}"

    def _send(
        self, method: str, path: str, authorization: str | requests.auth.AuthBase, asked: Mapping[str, Any]
    ) -> requests.Response:
        auth = _Authorized(authorization) if isinstance(authorization, str) else authorization
        try:
            return requests.request(
                method,
                self._base + path,
                auth=auth,
                timeout=settings.PAYMENT_TIMEOUT,
                allow_redirects=False,
                **asked,
            )
        except requests.RequestException:
            raise ProviderUnavailable(_("PayPal cannot be reached.")) from None


def _told(answer: requests.Response) -> dict[str, Any]:
    """Returns the JSON of an answer; raises what its status means."""
    status = answer.status_code
    if status == requests.codes.no_content:
        return {}
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise ProviderUnavailable(_("PayPal gave an answer that cannot be understood."))
    if not 200 <= status < 300:
        raise _refusal(status, told)
    return told


def _refusal(status: int, told: Mapping[str, Any]) -> ProviderRefused | ProviderUnavailable:
    details = told.get("details")
    first = details[0] if isinstance(details, list) and details and isinstance(details[0], dict) else {}
    code = str(first.get("issue") or told.get("name") or told.get("error") or f"HTTP {status}")[:80]
    said = str(first.get("description") or told.get("message") or told.get("error_description") or "")[:200]
    if status in {401, 403}:
        return CredentialsRefused(_("PayPal refuses the client ID and secret: %(code)s") % {"code": code}, code=code)
    if status in {408, 409, 429} or not 400 <= status < 500:
        return ProviderUnavailable(_("PayPal is not available (%(code)s).") % {"code": code})
    return ProviderRefused(f"PayPal: {code}. {said}".strip(), code=code)
