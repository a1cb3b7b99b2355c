"""The signed addresses by which somebody without an account pays, and comes back to see what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.urls import reverse

from billing.models import Payment
from extranet.models import Contact, Dossier
from kernel.signing import BadSignature, sign, unsign
from kernel.text import new_code

#: Links of reminders are opened weeks later; what they show is only what is due.
PAY_SECONDS = 400 * 24 * 3600
STATUS_SECONDS = 400 * 24 * 3600
#: How many dossiers an address can hold: the web server takes 4,094 bytes. More are kept here, for so long.
MOST_IN_ADDRESS, CHOICE_SECONDS = 120, 7 * 24 * 3600


@dataclass(frozen=True)
class PayTicket:
    """What a payment link is for: dossiers by their codes, and the contact that pays where it is known."""

    dossiers: list[str]
    contact: str = ""


def pay_path(dossiers: Iterable[Dossier], *, contact: Contact | None = None) -> str:
    """Returns the path of the page on which dossiers are paid, by whoever holds it."""
    codes: list[str] | str = [dossier.code for dossier in dossiers]
    if len(codes) > MOST_IN_ADDRESS:
        key = new_code()
        cache.set(_kept(key), codes, CHOICE_SECONDS)
        codes = key
    return reverse("pay", args=[sign([codes, contact.code if contact else ""], purpose="pay")])


def read_pay_token(token: str) -> PayTicket:
    """Returns what a payment link is for; raises BadSignature for a forged, another firm's or an old one."""
    dossiers, contact = unsign(token, purpose="pay", max_age=PAY_SECONDS)
    if isinstance(dossiers, str):
        dossiers = cache.get(_kept(dossiers))
        if dossiers is None:
            raise BadSignature("this choice is no longer kept")
    return PayTicket(dossiers=dossiers, contact=contact)


def _kept(key: str) -> str:
    return f"pay-choice:{key}"


def status_path(payment: Payment) -> str:
    """Returns the path of the page that tells the payer what became of an attempt."""
    return reverse("pay-status", args=[status_token(payment)])


def status_token(payment: Payment) -> str:
    """Returns what stands in the addresses of an attempt, for whoever pays it."""
    return sign(payment.code, purpose="payment")


def receipt_path(payment: Payment) -> str:
    """Returns the path of the receipt, for whoever holds it."""
    return reverse("pay-receipt", args=[status_token(payment)])


def read_status_token(token: str) -> str:
    """Returns the code of a payment; raises BadSignature as read_pay_token does."""
    code = unsign(token, purpose="payment", max_age=STATUS_SECONDS)
    assert isinstance(code, str)
    return code
