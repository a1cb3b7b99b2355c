"""Text messages for the route matrix and the twins: an account, a message that failed, a mobile phone."""

from collections.abc import Callable
from typing import Any

from extranet.models import Contact
from kernel.models import FirmModel
from kernel.secrets import seal
from mail.models import OutgoingSms, SmsAccount, SmsConsent, SmsModel, SmsSettings, StoppedNumber


def add_sms_things(contact: Contact) -> tuple[SmsAccount, OutgoingSms]:
    """Returns an account and a message that failed; the contact gets a mobile phone."""
    Contact.objects.filter(pk=contact.pk).update(phone="06 12 34 56 78")
    # the twins have one already
    account = SmsAccount.objects.filter(is_active=True).first() or SmsAccount.objects.create(
        carrier="smsmode", sealed=seal({"api_key": "key-of-alpha"}), is_active=True
    )
    sms = OutgoingSms.objects.create(
        kind="dossier", to="+33612345678", text="x", encoding="gsm7", parts=1, state="failed", contact_code=contact.code
    )
    return account, sms


def sms_arguments(account: SmsAccount, sms: OutgoingSms, contact: Contact) -> dict[str, dict[str, object]]:
    """Returns the arguments of the addresses of text messages."""
    return {
        "sms-notify": {"token": account.token},
        "sms-carrier": {"carrier": "smsmode"},
        "sms-model": {"kind": "dossier"},
        "sms-test": {"kind": "dossier"},
        "sms-resend": {"sms_code": sms.code},
        "contact-sms-consent": {"code": contact.code},
        "contact-sms-stop": {"code": contact.code},
    }


def rules_data(**changed: str) -> dict[str, str]:
    """Returns what the form of the rules sends."""
    told = {"sender": "ARMOR", "signature": "Armor", "since": "08:00", "until": "19:00", "price": "0,07"}
    return told | {"most_a_day": "50"} | changed


def texts_data(**changed: str) -> dict[str, str]:
    """Returns what the form of the texts of a kind sends."""
    return {"active_fr": "on", "text_fr": "{cabinet} : {lien}", "text_en": "{cabinet}: {lien}"} | changed


def sms_data() -> dict[str, Callable[[], dict[str, Any]]]:
    """Returns what the forms of text messages send."""
    return {
        "settings-sms": rules_data,
        "sms-model": texts_data,
        "sms-test": lambda: texts_data(language="fr", phone="06 98 76 54 32"),
        "contact-sms-consent": lambda: {"given_on": "2026-01-02", "how": "phone"},
    }


def sms_rows(word: str, reader: Contact) -> dict[type[FirmModel], Callable[[], FirmModel]]:
    """Returns the factories of text messages, with one word in their texts (twins.py)."""
    number = "+33687654321"
    return {
        SmsAccount: lambda: SmsAccount.objects.create(
            carrier="smsmode", sealed=seal({"api_key": word}), token=f"sms-{word}", credit=word, is_active=True
        ),
        SmsSettings: lambda: _settings(word),
        SmsModel: lambda: SmsModel.objects.create(kind="dossier", language="fr", text=word, is_active=True),
        OutgoingSms: lambda: OutgoingSms.objects.create(
            kind="dossier",
            to=number,
            text=word,
            about=word,
            encoding="gsm7",
            parts=1,
            state="failed",
            error=word,
            contact_code=reader.code,
        ),
        StoppedNumber: lambda: StoppedNumber.objects.create(number=number, said=word),
        SmsConsent: lambda: _consent(word, reader),
    }


def _consent(word: str, reader: Contact) -> SmsConsent:
    reader.phone = "06 87 65 43 22"
    reader.save(update_fields=["phone"])
    return SmsConsent.objects.create(number="+33687654322", given_on="2026-01-02", noted_by=word, how=word)


def _settings(word: str) -> SmsSettings:
    SmsSettings.objects.update(signature=word)
    return SmsSettings.objects.get(pk=1)
