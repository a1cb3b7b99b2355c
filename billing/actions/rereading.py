"""Reading a payment again because a person asks for it."""

from billing.actions.merging import merge
from billing.actions.settling import read_truth, settle
from billing.enums import Provider
from billing.models import Payment


def reread_payment(payment: Payment) -> Payment:
    """Returns the payment as the provider tells it now; a manual one, and one that nobody was sent to pay, as it is.

    Raises ProviderUnavailable; ProviderRefused for one that has ended (an open one says itself why). Not within a
    transaction.
    """
    if payment.is_open or payment.provider == Provider.MANUAL:
        return settle(payment.pk)
    return merge(payment.pk, read_truth(payment)) if payment.provider_ref else payment
