"""Ending what is open for an account, and taking out of it what tells who it was."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.models import User


def end_sessions(user: User) -> None:
    """Logs a person out everywhere."""
    for session in UserSession.objects.filter(user_id=user.pk):
        session.end()


@transaction.atomic
def erase_account(user: User, *, name: str, mark: str) -> None:
    """Closes an account for good: `name` and an address made of `mark` stand where the person's own were.

    Its sessions with their addresses, its second factors and its password go too.
    """
    end_sessions(user)
    Authenticator.objects.filter(user_id=user.pk).delete()
    EmailAddress.objects.filter(user_id=user.pk).delete()
    user.full_name, user.username, user.email = name, mark, f"{mark}@erased.invalid"
    user.is_active, user.last_login = False, None
    user.set_unusable_password()
    user.save()
