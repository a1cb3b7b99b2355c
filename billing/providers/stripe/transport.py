"""How Stripe is called: through its SDK, one client a call, and its errors in our words."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import requests
import stripe
from django.conf import settings
from django.utils.translation import gettext as _

from billing.providers.base import Access, CredentialsRefused, ProviderRefused, ProviderUnavailable

#: What the client and the stand-in were written against; an account's own default may be older.
API_VERSION = "2026-10-28.endive"

# The SDK's only switch for it is the whole process's: it would tell Stripe of this machine and write a file.
stripe.enable_telemetry = False
# Below WARNING it logs what is sent and answered.
logging.getLogger("stripe").setLevel(logging.WARNING)

_SECRET = re.compile(r"\b(?:sk|rk|pk|whsec)_[A-Za-z0-9_*+/=-]+")


class _Bearer(requests.auth.AuthBase):
    """Leaves the SDK's own Authorization in place, which a .netrc of the machine would replace."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class _NoRedirects(requests.Session):
    """Follows no redirection: the SDK cannot be told not to."""

    def __init__(self) -> None:
        super().__init__()
        self.auth = _Bearer()

    def resolve_redirects(self, *_args: object, **_kwargs: object) -> Iterator[requests.Response]:
        """Gives no further answer."""
        return iter(())


@contextmanager
def calling(access: Access) -> Iterator[stripe.StripeClient]:
    """Gives a client with the account's key for some calls, whose errors become ours.

    Raises ProviderUnavailable, ProviderRefused or CredentialsRefused; none holds a key, a body or a header.
    """
    key = access.secrets.get("secret_key", "")
    if not key.startswith(("sk_live_", "rk_live_") if access.live else ("sk_test_", "rk_test_")):
        raise CredentialsRefused(_("The secret key is missing, or is one of the other mode."), code="wrong_mode")
    with _NoRedirects() as session:
        client = stripe.StripeClient(
            key,
            stripe_version=API_VERSION,
            base_addresses={"api": settings.STRIPE_URL},
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=settings.PAYMENT_TIMEOUT, session=session),
        )
        try:
            yield client
        except stripe.StripeError as error:
            # `from None`: the SDK's error carries whole bodies
            raise _ours(error) from None
        except (KeyError, AttributeError, TypeError, ValueError):
            raise ProviderUnavailable(_("Stripe gave an answer that cannot be understood.")) from None


def _ours(error: stripe.StripeError) -> ProviderRefused | ProviderUnavailable:
    status, code = error.http_status or 0, error.code or ""
    said = _SECRET.sub("[key]", error.user_message or "")[:200]
    if isinstance(error, stripe.AuthenticationError):
        return CredentialsRefused(
            _("Stripe does not know this secret key, or no longer."), code=code or type(error).__name__
        )
    if isinstance(error, stripe.PermissionError):
        return CredentialsRefused(
            _("Stripe refuses the secret key: %(said)s") % {"said": said}, code=code or type(error).__name__
        )
    if isinstance(error, stripe.APIConnectionError):
        return ProviderUnavailable(_("Stripe cannot be reached."))
    if isinstance(error, stripe.RateLimitError) or status in {408, 409, 429} or status >= 500:
        return ProviderUnavailable(_("Stripe is not available (HTTP %(status)s).") % {"status": status})
    if isinstance(error, stripe.IdempotencyError):
        return ProviderRefused(_("Stripe has had another request under the same number."), code="idempotency_error")
    if error.error is None:
        return ProviderUnavailable(_("Stripe gave an answer that cannot be understood."))
    return ProviderRefused(f"Stripe: {said}", code=code or type(error).__name__)
