"""A firm's account, rules and texts for text messages, and what is known of a number."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Exists, Q

from kernel.errors import DomainError
from mail.models import OutgoingSms, SmsAccount, SmsConsent, SmsModel, SmsSettings, StoppedNumber
from mail.sms.enums import MODEL_KINDS, SmsKind, SmsLanguage
from mail.sms.numbers import mobile_of
from mail.sms.texts import DEFAULTS


@dataclass(frozen=True)
class NumberFacts:
    """What is known of a phone number: whether text messages reach it, and what its reader wants."""

    e164: str
    stop: StoppedNumber | None
    consent: SmsConsent | None


def active_account() -> SmsAccount | None:
    """Returns the account in use, None where the firm sends no text messages."""
    return SmsAccount.objects.filter(is_active=True).first()


def sms_settings() -> SmsSettings:
    """Returns the firm's rules: its one row."""
    return SmsSettings.objects.get(pk=1)


def sms_models() -> dict[tuple[str, str], SmsModel]:
    """Returns the text of every kind and language, those of the product where the firm has none: one query."""
    stored = {(row.kind, row.language): row for row in SmsModel.objects.all()}
    return {
        (kind, language): stored.get((kind, language))
        or SmsModel(kind=kind, language=language, text=DEFAULTS[kind, language])
        for kind in MODEL_KINDS
        for language in SmsLanguage.values
    }


def text_for(kind: SmsKind, language: str) -> str:
    """Returns the text of a kind for a reader of a language, else in whichever it is sent; empty: it is off."""
    found: Mapping[str, str] = dict(SmsModel.objects.filter(kind=kind, is_active=True).values_list("language", "text"))
    return found.get(language[:2]) or next((found[each] for each in SmsLanguage.values if each in found), "")


def sending(kind: SmsKind) -> Exists:
    """Returns, for a query, whether messages of a kind leave: it has a text that is on, and an account is in use."""
    account = SmsAccount.objects.filter(is_active=True)
    return Exists(SmsModel.objects.filter(Exists(account), kind=kind, is_active=True))


def number_facts(phone: str) -> NumberFacts | None:
    """Returns what is known of a number, None where no text message reaches it: two queries."""
    try:
        number = mobile_of(phone).e164
    except DomainError:
        return None
    stop = StoppedNumber.objects.filter(number=number).first()
    return NumberFacts(number, stop, SmsConsent.objects.filter(number=number).first())


def sms_of_contact(contact_code: str, numbers: Collection[str]) -> Collection[OutgoingSms]:
    """Returns the text messages to a contact, by its code and its numbers, the first one first."""
    wanted = Q(to__in=[number for number in numbers if number])
    if contact_code:
        wanted |= Q(contact_code=contact_code)
    return OutgoingSms.objects.filter(wanted).order_by("created_at", "id")
