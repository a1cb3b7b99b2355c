"""The closed lists of text messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SmsKind(models.TextChoices):
    """What a text message is for."""

    DOSSIER = "dossier", _("Dossier available")
    PAYMENT = "payment", _("Reminder of a payment")
    VISIT = "visit", _("Visit confirmed, moved or cancelled")
    VISIT_REMINDER = "reminder", _("Reminder of a visit")
    TEST = "test", pgettext_lazy("sms", "Test")


#: Those that a firm writes a text for.
MODEL_KINDS = (SmsKind.DOSSIER, SmsKind.PAYMENT, SmsKind.VISIT, SmsKind.VISIT_REMINDER)
#: Those that wait for the hours at which people are written to.
REMINDER_KINDS = frozenset({SmsKind.PAYMENT, SmsKind.VISIT_REMINDER})


class SmsLanguage(models.TextChoices):
    """The languages of the texts."""

    FRENCH = "fr", _("French")
    ENGLISH = "en", _("English")


class SmsState(models.TextChoices):
    """How far a text message has come."""

    QUEUED = "queued", pgettext_lazy("sms", "Queued")
    HELD = "held", pgettext_lazy("sms", "Waits for the hour")
    SENT = "sent", pgettext_lazy("sms", "Sent")
    DELIVERED = "delivered", pgettext_lazy("sms", "Delivered")
    FAILED = "failed", pgettext_lazy("sms", "Failed")
    STOPPED = "stopped", pgettext_lazy("sms", "Stopped by its reader")


#: Not at the provider's yet.
WAITING = (SmsState.QUEUED, SmsState.HELD)


class SmsCarrier(models.TextChoices):
    """Who carries text messages."""

    OVH = "ovh", "OVHcloud"
    BREVO = "brevo", "Brevo"
    TWILIO = "twilio", "Twilio"
    SMSMODE = "smsmode", "smsmode"


class Encoding(models.TextChoices):
    """How a text message is written (3GPP TS 23.038)."""

    GSM7 = "gsm7", "GSM-7"
    UCS2 = "ucs2", "UCS-2"
