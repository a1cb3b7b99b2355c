"""What a firm copies from its Stripe dashboard, and what it enters there."""

from django.utils.translation import gettext_lazy as _

from billing.providers.fields import KeyField

_SIGNING = _("This is the signing secret of the webhook: it belongs in the field below.")
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
        example_test="sk_test_… / rk_test_…",
        example_live="sk_live_… / rk_live_…",
        mistakes=(
            (r"pk_.*", _("This is the publishable key: copy the secret key, which stands beside it.")),
            (r"whsec_.*", _SIGNING),
        ),
    ),
    KeyField(
        name="webhook_secret",
        label=_("Signing secret of the webhook"),
        help_text=_(
            "Stripe dashboard, Developers, Webhooks: add a destination with the notification address shown here, then "
            "copy its signing secret."
        ),
        pattern=r"whsec_[A-Za-z0-9+/=_-]{8,240}",
        example="whsec_…",
        mistakes=(
            (r"(sk|rk|pk)_.*", _("This is an API key: the signing secret of the webhook begins with whsec_.")),
            (r"we_.*", _("This is the ID of the destination: reveal its signing secret, which begins with whsec_.")),
            (r"https?://.*", _("This is an address: reveal the signing secret, which begins with whsec_.")),
        ),
        needs_address=True,
    ),
)
STEPS = (
    _("In the Stripe dashboard, choose the right mode (test or live), then Developers, Webhooks, Add destination."),
    _("Choose the events listed below, and the type “webhook endpoint”."),
    _("Paste the address, save, then reveal the signing secret and copy it into the field of this page."),
)
