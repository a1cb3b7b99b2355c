"""What the pages and tests of the API are about: keys, and writes that they have made."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.actions.api_token import create_token
from accounts.models import ApiToken, ApiWrite, Scope, User
from kernel.models import FirmModel


def add_key(user: User, name: str = "Liciel") -> ApiToken:
    """Returns a key of a person, in the current firm."""
    return create_token(user=user, name=name, scopes=[Scope.DOSSIERS_READ], by=user).token


def api_arguments(token: ApiToken) -> dict[str, dict[str, object]]:
    """Returns the arguments of the routes of keys."""
    return {"api-key-revoke": {"code": token.code}}


def api_data() -> dict[str, Callable[[], dict[str, Any]]]:
    """Returns what is sent to them; a client's key takes no more than this."""
    return {"api-key-new": lambda: {"name": "Liciel", "scopes": ["dossiers:read"], "validity": "90", "networks": ""}}


def api_rows(
    made: dict[type[FirmModel], Any], word: str, staff: User
) -> dict[type[FirmModel], Callable[[], FirmModel]]:
    """Returns the factories of keys and of their writes, with one word in their texts (twins.py)."""
    return {
        ApiToken: lambda: add_key(staff, word),
        ApiWrite: lambda: ApiWrite.objects.create(
            token=made[ApiToken],
            key=word,
            fingerprint="0" * 64,
            status=200,
            body=word.encode(),
            running_until=timezone.now() + timedelta(minutes=2),
        ),
    }
