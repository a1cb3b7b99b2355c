"""The people who log in."""

from accounts.models.user import USERNAME_LENGTH, Role, User

__all__ = ["USERNAME_LENGTH", "Role", "User"]
