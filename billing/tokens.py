"""The signed addresses by which somebody without an account pays, and comes back to see what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from billing.models import Payment
from extranet.models import Contact, Dossier
from kernel.signing import sign, unsign

#: Links of reminders are opened weeks later; what they show is only what is due.
PAY_SECONDS = 400 * 24 * 3600
STATUS_SECONDS = 400 * 24 * 3600


@dataclass(frozen=True)
class PayTicket:
    """What a payment link is for: dossiers by their codes, and the contact that pays where it is known."""

    dossiers: list[str]
    contact: str = ""


def pay_path(dossiers: Iterable[Dossier], *, contact: Contact | None = None) -> str:
    """Returns the path of the page on which dossiers are paid, by whoever holds it."""
    told = [[dossier.code for dossier in dossiers], contact.code if contact else ""]
    return reverse("pay", args=[sign(told, purpose="pay")])


def read_pay_token(token: str) -> PayTicket:
    """Returns what a payment link is for; raises BadSignature for a forged, another firm's or an old one."""
    dossiers, contact = unsign(token, purpose="pay", max_age=PAY_SECONDS)
    return PayTicket(dossiers=dossiers, contact=contact)


def status_path(payment: Payment) -> str:
    """Returns the path of the page that tells the payer what became of an attempt."""
    return reverse("pay-status", args=[sign(payment.code, purpose="payment")])


def receipt_path(payment: Payment) -> str:
    """Returns the path of the receipt, for whoever holds it."""
    return reverse("pay-receipt", args=[sign(payment.code, purpose="payment")])


def read_status_token(token: str) -> str:
    """Returns the code of a payment; raises BadSignature as read_pay_token does."""
    code = unsign(token, purpose="payment", max_age=STATUS_SECONDS)
    assert isinstance(code, str)
    return code
