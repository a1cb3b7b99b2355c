"""What goes with a success, in its transaction: the receipt's number and the one mail to the payer."""

from django.utils import translation

from billing.emails import card_payment_mail, payment_confirmation_mail
from billing.enums import Method
from billing.models import BillingSettings, Payment
from billing.tokens import receipt_path, status_path
from kernel.tenancy import require_firm
from mail.actions.outgoing import queue_mail
from tenants.links import schema_url


def confirm(payment: Payment) -> None:
    """Gives a locked payment that has just succeeded its receipt number, and tells the payer."""
    number_receipt(payment)
    to = payment.payer_email or (payment.contact.user.email if payment.contact else "")
    if not to:
        return
    write = card_payment_mail if payment.method == Method.CARD else payment_confirmation_mail
    schema = require_firm()
    with translation.override(payment.language):
        content = write(
            payment,
            list(payment.lines.all()),
            link=schema_url(schema, status_path(payment)),
            receipt_link=schema_url(schema, receipt_path(payment)),
        )
        queue_mail(to=to, content=content, kind="payment")


def number_receipt(payment: Payment) -> None:
    """Gives a payment the firm's next receipt number: the numbers have no gap, since a failure gives it back."""
    settings = BillingSettings.objects.select_for_update().get(pk=1)
    payment.receipt_number = settings.next_receipt_number
    settings.next_receipt_number += 1
    settings.save(update_fields=["next_receipt_number"])
    payment.save(update_fields=["receipt_number"])
