"""What a firm copies from its PayPal developer dashboard, and what it enters there."""

from django.utils.translation import gettext_lazy as _

from billing.providers.fields import KeyField

_EMAIL = (r"[^@]+@[^@]+", _("This is an e-mail address: copy the key of your application."))
_EXAMPLE = _("20 letters and digits or more, without spaces")
FIELDS: tuple[KeyField, ...] = (
    KeyField(
        name="identifier",
        label=_("Client ID"),
        secret=False,
        column="identifier",
        help_text=_("PayPal developer dashboard, Apps & Credentials. Sandbox and live each have their own."),
        pattern=r"[A-Za-z0-9_-]{20,120}",
        example=_EXAMPLE,
        mistakes=(_EMAIL,),
    ),
    KeyField(
        name="client_secret",
        label=_("Secret"),
        help_text=_("It stands beside the client ID."),
        pattern=r"[A-Za-z0-9_-]{20,120}",
        example=_EXAMPLE,
        mistakes=(_EMAIL,),
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
        example="8PT597110X687430L",
        mistakes=((r"https?://.*", _("This is an address: copy the ID that PayPal shows beside it.")),),
        needs_address=True,
    ),
)
STEPS = (
    _("In the PayPal developer dashboard, choose Sandbox or Live, then your application, then Add webhook."),
    _("Paste the address and tick the events listed below (or all of them)."),
    _("Save, then copy the webhook's ID into the field of this page."),
)
