"""What a firm copies from its Stripe dashboard."""

from django.utils.translation import gettext_lazy as _

from billing.providers.fields import KeyField

FIELDS: tuple[KeyField, ...] = (
    KeyField(
        name="secret_key",
        label=_("Secret key"),
        help_text=_(
            "Stripe dashboard, Developers, API keys. A restricted key will do: it must be allowed to write Checkout "
            "Sessions and Refunds, and to read PaymentIntents, Charges and Disputes."
        ),
        pattern_test=r"(sk|rk)_test_[A-Za-z0-9_]{8,240}",
        pattern_live=r"(sk|rk)_live_[A-Za-z0-9_]{8,240}",
    ),
    KeyField(
        name="webhook_secret",
        label=_("Signing secret of the webhook"),
        help_text=_(
            "Stripe dashboard, Developers, Webhooks: add a destination with the notification address shown here, then "
            "copy its signing secret."
        ),
        pattern=r"whsec_[A-Za-z0-9+/=_-]{8,240}",
    ),
)
