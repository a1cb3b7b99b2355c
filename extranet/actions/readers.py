"""In which language somebody reads what we write, and who of the firm is told of something."""

from django.utils import translation

from accounts.models import Role, User
from extranet.models import Contact
from themes.models import current_branding


def in_language_of(contact: Contact | None) -> translation.override:
    """Returns the block in which a mail is written to a client, or to somebody without an account.

    The client's own language, else the firm's, else the active one.
    """
    own = contact.user.language if contact is not None else ""
    return translation.override(own or current_branding().language or translation.get_language())


def told_of_firm(*keys: int | None) -> list[User]:
    """Returns who of the firm is told: the first of these users who still works there, else the administrators."""
    staff = User.objects.filter(role__in=[Role.ADMIN, Role.STAFF], is_active=True)
    for key in keys:
        if key is not None and (found := list(staff.filter(pk=key))):
            return found
    return list(staff.filter(role=Role.ADMIN).order_by("pk"))
