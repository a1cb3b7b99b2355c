"""Why a payment was refused, in words that help whoever wanted to pay."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: What providers say (parts of their texts, codes of the bank) → what it means.
_REASONS: Sequence[tuple[Sequence[str], Promise]] = (
    (
        ("authenti", "3ds", "3-d secure", "payer_action", "challenge"),
        _("Your bank's check (3-D Secure) was not passed. Please try again, and confirm in your bank's application."),
    ),
    (
        ("insufficient", "provision", "fonds", "limit", "plafond", "acq_001 51"),
        _("Your bank did not agree: the account or the card's limit is not enough. Another card may do."),
    ),
    (("expired_card", "has expired", "carte expir"), _("Your card has expired. Please use another one.")),
    (
        ("incorrect_cvc", "incorrect_number", "invalid_expiry", "security code", "cvc", "cvv"),
        _("The number, the date or the code of the card is not right. Please check it."),
    ),
    (
        ("declined", "refus", "denied", "acq_", "vads_result 05", "vads_result 02", "do not honor"),
        _("Your bank refused this payment. Please try again, use another card, or ask your bank why."),
    ),
    (("vads_result 17", "abandon"), _("The payment was given up before its end.")),
    (("vads_result 96",), _("A technical problem kept the bank from answering. Please try again in a moment.")),
)


def known_reason(error: str) -> str:
    """Returns why a payment was refused, in words for the payer; empty where the provider's word is not known."""
    told = error.lower()
    return next((str(words) for signs, words in _REASONS if any(sign in told for sign in signs)), "")


def reason(error: str) -> str:
    """Returns the same, and something true where it is not known."""
    return known_reason(error) or str(_("The bank or the payment service refused this payment. You may try again."))
