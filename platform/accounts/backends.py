"""How a person proves who it is."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accounts.models import Role, User
from kernel.tenancy import in_public


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """Identifier or e-mail with a password, of the current schema; roles count only where they belong."""

    def user_can_authenticate(self, user: User) -> bool:
        """Returns whether the person is active and of a role that this host knows."""
        return bool(super().user_can_authenticate(user)) and (user.role == Role.OPERATOR) == in_public()

    def get_user(self, user_id: Any) -> User | None:
        """Returns the person of a session, None when it may no longer be here."""
        user = super().get_user(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Returns the person whose identifier or e-mail and password were given, None otherwise."""
        user: User | None = super().authenticate(request, **credentials)
        return user
