"""What goes with a success, in its transaction: the receipt's number and the one mail to the payer."""

from collections.abc import Sequence

from django.utils import translation

from billing.emails import card_payment_mail, payment_confirmation_mail
from billing.enums import Method
from billing.models import BillingSettings, Payment, PaymentLine
from billing.tokens import receipt_path, status_path
from kernel.tenancy import require_firm
from mail.actions.outgoing import queue_mail
from tenants.links import schema_url


def confirm(payment: Payment, lines: Sequence[PaymentLine]) -> None:
    """Tells the payer of a payment that has just succeeded."""
    to = payment.payer_email or (payment.contact.user.email if payment.contact else "")
    if not to:
        return
    by_card = payment.method == Method.CARD
    write = card_payment_mail if by_card else payment_confirmation_mail
    host = schema_url(require_firm(), "")
    with translation.override(payment.language):
        content = write(
            payment,
            lines,
            link=host + status_path(payment),
            receipt_link=host + receipt_path(payment),
        )
        queue_mail(to=to, content=content, kind="payment_card" if by_card else "payment")


def number_receipt(payment: Payment) -> None:
    """Gives a payment, which the caller saves, the firm's next receipt number.

    The numbers have no gap: a transaction that fails gives its number back, and the next one waits for that.
    """
    settings = BillingSettings.objects.select_for_update().get(pk=1)
    payment.receipt_number = settings.next_receipt_number
    settings.next_receipt_number += 1
    settings.save(update_fields=["next_receipt_number"])
