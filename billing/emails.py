"""The mails about payments, in the active language."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from billing.models import Payment, PaymentLine
from billing.rules import in_euros
from kernel.money import euros
from mail.content import Button, MailContent


def payment_confirmation_mail(
    payment: Payment, lines: Sequence[PaymentLine], *, link: str, receipt_link: str
) -> MailContent:
    """Returns what tells the payer that a payment was received."""
    return MailContent(
        subject=_("Your payment was received"),
        paragraphs=[_("We have received your payment. Your receipt: %(link)s") % {"link": receipt_link}],
        facts=[(line.title, euros(in_euros(line.amount))) for line in lines],
        button=Button(_("See the payment"), link),
    )


def card_payment_mail(payment: Payment, lines: Sequence[PaymentLine], *, link: str, receipt_link: str) -> MailContent:
    """Returns what tells the payer that a payment by card was received."""
    return payment_confirmation_mail(payment, lines, link=link, receipt_link=receipt_link)
