"""What a firm copies from its PayPal developer dashboard."""

from django.utils.translation import gettext_lazy as _

from billing.providers.fields import KeyField

FIELDS: tuple[KeyField, ...] = (
    KeyField(
        name="identifier",
        label=_("Client ID"),
        secret=False,
        column="identifier",
        help_text=_("PayPal developer dashboard, Apps & Credentials. Sandbox and live each have their own."),
        pattern=r"[A-Za-z0-9_-]{20,120}",
    ),
    KeyField(
        name="client_secret",
        label=_("Secret"),
        help_text=_("It stands beside the client ID."),
        pattern=r"[A-Za-z0-9_-]{20,120}",
    ),
    KeyField(
        name="webhook_id",
        label=_("Webhook ID"),
        secret=False,
        column="webhook_id",
        help_text=_(
            "In the same app, add a webhook with the notification address shown here, then copy its ID: without it "
            "PayPal's notifications cannot be checked."
        ),
        pattern=r"[A-Za-z0-9-]{8,60}",
    ),
)
