"""Predicates over people."""

from allauth.mfa.models import Authenticator

from accounts.models import CLIENT_SCOPES, Scope, User


def has_second_factor(user: User) -> bool:
    """Returns whether the person has a second factor, recovery codes apart."""
    return bool(
        Authenticator.objects.filter(
            user_id=user.pk, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        ).exists()
    )


def scopes_open_to(user: User) -> tuple[Scope, ...]:
    """Returns what a person's keys can be made for: of a client what clients have pages for."""
    return tuple(Scope) if user.is_firm_staff else CLIENT_SCOPES
