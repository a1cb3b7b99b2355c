"""The carriers of text messages by name, and the client of a firm's account."""

from collections.abc import Mapping

from kernel.secrets import unseal
from mail.models import SmsAccount
from mail.sms.enums import SmsCarrier
from mail.sms.providers.base import Carrier, Keys
from mail.sms.providers.brevo import Brevo
from mail.sms.providers.ovh import Ovh
from mail.sms.providers.smsmode import Smsmode
from mail.sms.providers.twilio import Twilio

CARRIERS: Mapping[str, type[Carrier]] = {
    SmsCarrier.OVH: Ovh,
    SmsCarrier.BREVO: Brevo,
    SmsCarrier.TWILIO: Twilio,
    SmsCarrier.SMSMODE: Smsmode,
}


def keys_of(account: SmsAccount) -> Keys:
    """Returns with what an account is reached; raises ValueError when its secrets cannot be opened."""
    return Keys(account.identifiers, unseal(account.sealed))


def carrier_of(account: SmsAccount) -> Carrier:
    """Returns the client of an account; raises ValueError as keys_of does."""
    return CARRIERS[account.carrier](keys_of(account))
