"""The people who log in."""

from accounts.models.user import Role, User

__all__ = ["Role", "User"]
