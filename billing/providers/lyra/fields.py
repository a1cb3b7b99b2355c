"""What a firm copies from the back office of PayZen, Systempay or a sister brand."""

from django.utils.translation import gettext_lazy as _

from billing.providers.fields import KeyField

FIELDS: tuple[KeyField, ...] = (
    KeyField(
        name="identifier",
        label=_("Shop ID"),
        secret=False,
        column="identifier",
        help_text=_("8 digits, in the back office under Settings, Shop, Keys."),
        pattern=r"[0-9]{8}",
    ),
    KeyField(
        name="password",
        label=_("REST API password"),
        help_text=_("In the back office under Settings, Shop, REST API keys. The test and live modes have their own."),
        pattern_test=r"testpassword_[A-Za-z0-9]{8,100}",
        pattern_live=r"prodpassword_[A-Za-z0-9]{8,100}",
        optional=True,
    ),
    KeyField(
        name="hmac_key",
        label=_("HMAC-SHA-256 key"),
        help_text=_("It stands beside the password and signs what the payer's browser brings back."),
        pattern=r"[A-Za-z0-9]{8,100}",
        advanced=True,
        optional=True,
    ),
    KeyField(
        name="form_key",
        label=_("Key of the payment form"),
        help_text=_("In the back office under Settings, Shop, Keys. Needed where the payment form is used."),
        pattern=r"[A-Za-z0-9]{16}",
        advanced=True,
        optional=True,
    ),
)
