"""The tables of payments."""

from billing.models.notification import Notification
from billing.models.payment import Payment, PaymentIssue, PaymentLine
from billing.models.provider_account import Credentials, ProviderAccount
from billing.models.refund import Refund
from billing.models.settings import BillingSettings, ReminderStop, UnpaidReminder

__all__ = [
    "BillingSettings",
    "Credentials",
    "Notification",
    "Payment",
    "PaymentIssue",
    "PaymentLine",
    "ProviderAccount",
    "Refund",
    "ReminderStop",
    "UnpaidReminder",
]
