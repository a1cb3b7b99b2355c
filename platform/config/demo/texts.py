"""What the demo's first firm sends by text message: an account with the carriers' double, texts, some in the log."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from extranet.models import Contact
from mail.actions.sms_account import save_sms_model, set_up_carrier
from mail.models import OutgoingSms, SmsAccount, SmsSettings, StoppedNumber
from mail.sms.enums import MODEL_KINDS, SmsLanguage
from mail.sms.texts import DEFAULTS

#: Who has which mobile phone.
_PHONES = ("06 12 34 56 78", "06 22 33 44 55", "07 45 67 89 01")
_SAMPLES = (
    ("dossier", "delivered", "Armor Diagnostics : vos diagnostics pour Maison de ville sont disponibles.", ""),
    ("visit", "delivered", "Armor Diagnostics : votre rendez-vous du mardi 8 décembre à 14:30 est confirmé.", ""),
    ("reminder", "failed", "Rappel Armor Diagnostics : visite de diagnostic demain à 9:00.", "UNDELIVERABLE"),
    ("payment", "stopped", "Armor Diagnostics : sauf erreur, 240,00 € restent à régler pour Appartement.", ""),
)


def seed_texts(double: Mapping[str, Any]) -> None:
    """Gives the current firm its text messages, unless it has or had some; `double`: the keys that it accepts."""
    if SmsAccount.objects.exists():
        return
    set_up_carrier("smsmode", double["keys"]["smsmode"])
    SmsSettings.objects.update(sender="ARMOR", signature="Armor Diagnostics", price="0.0580")
    for kind in MODEL_KINDS:
        for language in SmsLanguage.values:
            text = DEFAULTS[kind, language]
            save_sms_model(kind, language, text=text, is_active=kind != "payment", user_name="Gwenaëlle Le Bihan")
    contacts = list(Contact.objects.order_by("id")[: len(_PHONES)])
    for contact, phone in zip(contacts, _PHONES, strict=False):
        contact.phone = phone
        contact.save(update_fields=["phone"])
    now = timezone.now()
    for rank, (what, state, text, error) in enumerate(_SAMPLES):
        number = "+33745678901" if state == "stopped" else "+33612345678"
        sms = OutgoingSms.objects.create(
            kind=what, to=number, text=text, encoding="gsm7", parts=1, state=state, error=error, carrier="smsmode"
        )
        at = now - timedelta(hours=5 * rank + 1)
        contact_code = contacts[0].code if contacts and state != "stopped" else ""
        OutgoingSms.objects.filter(pk=sms.pk).update(created_at=at, sent_at=at, contact_code=contact_code)
    StoppedNumber.objects.create(number="+33745678901", said="STOP")
