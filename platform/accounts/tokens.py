"""Tokens in links: of one person, one firm, one use."""

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from kernel.tenancy import current_schema


class PasswordResetTokens(PasswordResetTokenGenerator):
    """Password reset tokens that mean nothing in another firm; dead once the password or e-mail changes."""

    key_salt = "accounts.tokens.PasswordResetTokens"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{current_schema()}.{super()._make_hash_value(user, timestamp)}"


class WelcomeTokens(PasswordResetTokenGenerator):
    """Tokens that log a new administrator in once: dead as soon as it has logged in."""

    key_salt = "accounts.tokens.WelcomeTokens"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{current_schema()}.{super()._make_hash_value(user, timestamp)}"


welcome_tokens = WelcomeTokens()
