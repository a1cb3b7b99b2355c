"""Predicates over people."""

from allauth.mfa.models import Authenticator

from accounts.models import User


def has_second_factor(user: User) -> bool:
    """Returns whether the person has a second factor, recovery codes apart."""
    return bool(
        Authenticator.objects.filter(
            user_id=user.pk, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        ).exists()
    )
