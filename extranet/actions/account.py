"""The accounts of clients: of contacts and of their collaborators."""

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.errors import DomainError


def save_account(user: User, *, name: str, email: str, username: str, language: str) -> User:
    """Returns the saved account of a client; a new one has no password until its codes are sent.

    Raises DomainError `username_taken` or `email_taken`. One logs in by either, so nobody's identifier may be another
    person's e-mail.
    """
    user.full_name, user.email, user.username, user.language = name, email, username.lower(), language
    if user._state.adding:
        user.set_unusable_password()
    others = User.objects.annotate(folded_name=Lower("username"), folded_email=Lower("email")).exclude(pk=user.pk)
    if others.filter(folded_name=email.lower()).exists():
        raise _email_taken()
    if user.username != email.lower() and others.filter(folded_email=user.username).exists():
        raise _username_taken()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise (_email_taken() if "accounts_user_email_uq" in str(error) else _username_taken()) from error
    return user


def _email_taken() -> DomainError:
    return DomainError("email_taken", _("Another account already uses this e-mail."))


def _username_taken() -> DomainError:
    return DomainError("username_taken", _("Another account already uses this identifier."))
