"""The people who log in."""

from accounts.models.user import STANDARD, USERNAME_LENGTH, Permission, Role, User, standard_permissions

__all__ = ["STANDARD", "USERNAME_LENGTH", "Permission", "Role", "User", "standard_permissions"]
