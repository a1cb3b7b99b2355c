"""What a firm copies from the back office of PayZen, Systempay or a sister brand, and what it may enter there."""

from django.utils.translation import gettext_lazy as _

from billing.providers.fields import KeyField

_PUBLIC = (r"([0-9]{8}:)?(test)?publickey_.*", _("This is the public key: copy the password, which stands above it."))
_LONG = _("8 letters and digits or more, without spaces")
FIELDS: tuple[KeyField, ...] = (
    KeyField(
        name="identifier",
        label=_("Shop ID"),
        secret=False,
        column="identifier",
        help_text=_("8 digits, in the back office under Settings, Shop, Keys."),
        pattern=r"[0-9]{8}",
        example=_("8 digits"),
    ),
    KeyField(
        name="password",
        label=_("REST API password"),
        help_text=_("In the back office under Settings, Shop, REST API keys. The test and live modes have their own."),
        pattern_test=r"testpassword_[A-Za-z0-9]{8,100}",
        pattern_live=r"prodpassword_[A-Za-z0-9]{8,100}",
        optional=True,
        example_test="testpassword_…",
        example_live="prodpassword_…",
        mistakes=(_PUBLIC,),
        needed_by="rest",
    ),
    KeyField(
        name="hmac_key",
        label=_("HMAC-SHA-256 key"),
        help_text=_("It stands beside the password and signs what the payer's browser brings back."),
        pattern=r"[A-Za-z0-9]{8,100}",
        advanced=True,
        optional=True,
        example=_LONG,
        mistakes=(_PUBLIC,),
    ),
    KeyField(
        name="form_key",
        label=_("Key of the payment form"),
        help_text=_("In the back office under Settings, Shop, Keys. Needed where the payment form is used."),
        pattern=r"[A-Za-z0-9]{16}",
        advanced=True,
        optional=True,
        example=_("16 letters and digits"),
        needed_by="form",
    ),
)
STEPS = (
    _("Nothing has to be entered for payments: each of them carries this address."),
    _(
        "So that refunds and cancellations made in the back office arrive at once: Settings, Notification rules, enter "
        "the address in the rules “on batch authorisation” and “on an operation coming from the back office”, for the "
        "test and the live mode."
    ),
    _("In these rules, tick “Automatic retry in case of failure”."),
)
