"""The people who log in, and the keys of their programs."""

from accounts.models.api import CLIENT_SCOPES, ApiToken, ApiWrite, Scope
from accounts.models.user import STANDARD, USERNAME_LENGTH, Permission, Role, User, standard_permissions

__all__ = [
    "CLIENT_SCOPES",
    "STANDARD",
    "USERNAME_LENGTH",
    "ApiToken",
    "ApiWrite",
    "Permission",
    "Role",
    "Scope",
    "User",
    "standard_permissions",
]
