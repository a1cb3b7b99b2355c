"""The mails about payments, in the active language."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.models import Payment, PaymentLine
from billing.rules import dossier_name, in_euros, is_test
from kernel.money import euros
from mail.content import Button, MailContent


def payment_confirmation_mail(
    payment: Payment, lines: Sequence[PaymentLine], *, link: str, receipt_link: str
) -> MailContent:
    """Returns what tells the payer that a payment was received, whatever the means."""
    amount = euros(in_euros(payment.amount))
    return _mail(
        payment,
        lines,
        subject=_("Confirmation of your payment of %(amount)s") % {"amount": amount},
        said=_("We have received your payment of %(amount)s. Thank you.") % {"amount": amount},
        link=link,
        receipt_link=receipt_link,
    )


def card_payment_mail(payment: Payment, lines: Sequence[PaymentLine], *, link: str, receipt_link: str) -> MailContent:
    """Returns what tells the payer that a payment by card was received."""
    amount = euros(in_euros(payment.amount))
    return _mail(
        payment,
        lines,
        subject=_("Confirmation of your card payment of %(amount)s") % {"amount": amount},
        said=_("Your card payment of %(amount)s was accepted. Thank you.") % {"amount": amount},
        link=link,
        receipt_link=receipt_link,
    )


def _mail(
    payment: Payment, lines: Sequence[PaymentLine], *, subject: str, said: str, link: str, receipt_link: str
) -> MailContent:
    means = payment.get_method_display() or payment.get_provider_display()
    paid_at = timezone.localtime(payment.paid_at or timezone.now())
    paragraphs = [said]
    if is_test(payment.provider, payment.mode):
        paragraphs.append(_("This is a test: no money was moved."))
    if payment.receipt_number is not None:
        paragraphs.append(_("Your receipt: %(link)s") % {"link": receipt_link})
    return MailContent(
        subject=subject,
        greeting=_("Hello %(name)s,") % {"name": payment.payer_name} if payment.payer_name else _("Hello,"),
        paragraphs=paragraphs,
        facts=[
            *((dossier_name(line.reference, line.title), euros(in_euros(line.amount))) for line in lines),
            (_("Total paid"), euros(in_euros(payment.amount))),
            (_("Paid on"), date_format(paid_at, "DATE_FORMAT")),
            (_("Means of payment"), f"{means} {payment.instrument}".strip()),
            (_("Payment reference"), payment.code),
        ],
        button=Button(_("See the payment"), link),
    )
