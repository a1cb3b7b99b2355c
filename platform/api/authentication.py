"""Who calls: a key in the Authorization header (RFC 6750), never a browser's session."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.actions.api_token import find_token
from accounts.models import ApiToken, User
from api.problems import TooManyCalls
from kernel.http import client_address
from kernel.ratelimit import consume, is_used_up

_WRONG_KEYS, _WRONG_KEYS_SECONDS = 30, 60


class TokenAuthentication(BaseAuthentication):
    """Lets the person of a key in, as far as the key goes; `request.auth` is the key."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken]:
        """Returns the person and the key; raises AuthenticationFailed, or TooManyCalls for who guesses keys."""
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not secret:
            raise AuthenticationFailed(
                _("Send a key of this firm in the header “Authorization: Bearer …”."), code="token_missing"
            )
        http = request._request
        token = find_token(secret.strip(), address=client_address(http))
        if token is None:
            # asked only here: a right key costs no query for it, and another program's wrong one does not shut it out
            if is_used_up(http, "api-key", limit=_WRONG_KEYS):
                raise TooManyCalls(wait=_WRONG_KEYS_SECONDS)
            consume(http, "api-key", limit=_WRONG_KEYS, seconds=_WRONG_KEYS_SECONDS)
            raise AuthenticationFailed(
                _("This key is unknown here, has expired, was revoked or may not come from this address."),
                code="token_invalid",
            )
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Returns what a caller without a key is asked for."""
        return 'Bearer realm="Diagdesk"'


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """What the specification says of it."""

    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Returns the security scheme (OpenAPI 3.1, Security Scheme Object)."""
        return {"type": "http", "scheme": "bearer", "description": "A key made in the settings (ddk_…)."}
