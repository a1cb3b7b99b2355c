"""How allauth behaves here: mails through our queue, no public registration, secrets encrypted."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest

from accounts.emails import password_reset_mail, security_notice_mail
from accounts.models import User
from kernel.crypto import decrypt, encrypt
from kernel.http import client_address
from mail.actions.outgoing import queue_mail
from themes.models import current_branding


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Log-in of a firm's people and of the operators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Returns False: a firm makes its clients' accounts."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Returns the address that rate limits count by."""
        return client_address(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Returns where a person lands."""
        return "/"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Returns where a person goes on after choosing a password."""
        return "/"

    def set_password(self, user: User, password: str) -> None:
        """Sets a password that the person chose itself."""
        user.must_change_password = False
        super().set_password(user, password)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queues the mails that a log-in may cause; raises LookupError for one that we do not write.

        Where the firm does not let clients choose a new password by mail none leaves to them, and the page says the
        same as ever; its own people always get theirs, so that the firm is never locked out.
        """
        user: User | None = context.get("user")
        if user is not None and user.is_client and not current_branding().offer_password_reset:
            return
        if template_prefix == "account/email/password_reset_key" and user is not None:
            content = password_reset_mail(user, link=context["password_reset_url"])
            queue_mail(to=email, content=content, kind="password_reset", confidential=True)
        else:
            raise LookupError(template_prefix)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tells the person by mail that a second factor was added, removed or made anew."""
        prefix, _slash, event = template_prefix.rpartition("/")
        if prefix == "mfa/email":
            content = security_notice_mail(user, event=event)
            queue_mail(to=user.email, content=content, kind="security_notice")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """TOTP, passkeys and recovery codes."""

    def encrypt(self, text: str) -> str:
        """Returns a secret as the database may keep it."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Returns a secret that `encrypt` sealed; raises ValueError when no key opens it."""
        return decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        """Returns the name that an authenticator app shows."""
        return self._get_site_name()

    def _get_site_name(self) -> str:
        from allauth.core import context

        firm = getattr(context.request, "firm", None)
        return firm.name if firm is not None else settings.PLATFORM_NAME
