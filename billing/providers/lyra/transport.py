"""How Lyra's REST interface is called: always POST, and 200 whatever the answer is."""

from collections.abc import Mapping
from typing import Any

import requests
from django.conf import settings
from django.utils.translation import gettext as _

from billing.providers.base import Access, CredentialsRefused, ProviderRefused, ProviderUnavailable
from billing.providers.lyra.brands import brand_of, rest_url

#: Login or key refused.
_BAD_KEYS = "INT_905"


class Line:
    """A line to Lyra for one account and mode.

    Its calls raise ProviderUnavailable, ProviderRefused (`code`: Lyra's own) or CredentialsRefused.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self.brand = brand_of(access.provider, access.brand)

    @property
    def has_keys(self) -> bool:
        """Whether there is anything to log in with."""
        return bool(self._access.identifier and self._access.secrets.get("password"))

    def call(self, service: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the answer of a web service, which must be of this mode: the key alone decides of that."""
        if not self.has_keys:
            raise CredentialsRefused(_("The shop ID or the REST API password is missing."), code="no_keys")
        try:
            answer = requests.post(
                rest_url(self.brand, service),
                json=body,
                auth=requests.auth.HTTPBasicAuth(self._access.identifier, self._access.secrets["password"]),
                timeout=settings.PAYMENT_TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException:
            raise ProviderUnavailable(_("%s cannot be reached.") % self.brand.label) from None
        return self._told(answer)

    def _told(self, answer: requests.Response) -> dict[str, Any]:
        try:
            told = answer.json()
        except ValueError:
            told = None
        if answer.status_code not in {requests.codes.ok, requests.codes.unauthorized} or not isinstance(told, dict):
            raise self.unintelligible()
        said = told.get("answer")
        if not isinstance(said, dict) or told.get("status") not in {"SUCCESS", "ERROR"}:
            raise self.unintelligible()
        if told["status"] == "ERROR":
            code = str(said.get("errorCode") or "")
            message = str(said.get("errorMessage") or code)[:200]
            if code == _BAD_KEYS or answer.status_code == requests.codes.unauthorized:
                raise CredentialsRefused(_("%s does not know these keys.") % self.brand.label, code=code)
            raise ProviderRefused(f"{self.brand.label}: {message}", code=code)
        if told.get("mode") != ("PRODUCTION" if self._access.live else "TEST"):
            raise CredentialsRefused(_("This password is of the other mode."), code="wrong_mode")
        return said

    def unintelligible(self) -> ProviderUnavailable:
        """Returns the error of an answer of another shape."""
        return ProviderUnavailable(_("%s gave an answer that cannot be understood.") % self.brand.label)
