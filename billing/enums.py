"""The closed lists of payments."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Provider(models.TextChoices):
    """Who takes the money."""

    STRIPE = "stripe", "Stripe"
    PAYPAL = "paypal", "PayPal"
    PAYZEN = "payzen", "PayZen"
    SYSTEMPAY = "systempay", "Systempay"
    MANUAL = "manual", _("Transfer, cheque or cash")


class Mode(models.TextChoices):
    """Whether money moves."""

    TEST = "test", _("Test")
    LIVE = "live", _("Live")


class Method(models.TextChoices):
    """How a payment was made; the manual ones are chosen by whoever records them."""

    CARD = "card", _("Card")
    PAYPAL = "paypal", "PayPal"
    DIRECT_DEBIT = "debit", _("Direct debit")
    TRANSFER = "transfer", _("Transfer")
    CHEQUE = "cheque", _("Cheque")
    CASH = "cash", _("Cash")
    OTHER = "other", _("Other")


class PaymentStatus(models.TextChoices):
    """Where an attempt to pay stands; money that went back afterwards is told by its refunds."""

    CREATED = "created", _("Not started")
    PENDING = "pending", _("Waiting for confirmation")
    SUCCEEDED = "succeeded", _("Paid")
    FAILED = "failed", _("Refused")
    CANCELLED = "cancelled", _("Given up")
    EXPIRED = "expired", _("Expired")


#: Those that the provider may still change by itself.
OPEN_STATUSES = (PaymentStatus.CREATED, PaymentStatus.PENDING)


class RefundStatus(models.TextChoices):
    """Where a refund stands."""

    REQUESTED = "requested", _("Asked")
    PENDING = "pending", _("Being made")
    SUCCEEDED = "succeeded", _("Refunded")
    FAILED = "failed", _("Refused")


class RefundOrigin(models.TextChoices):
    """Who made a refund."""

    HERE = "here", _("Here")
    PROVIDER = "provider", _("At the provider")
    REVERSAL = "reversal", _("Payment cancelled by the provider")
    CHARGEBACK = "chargeback", _("Chargeback")


class Dispute(models.TextChoices):
    """Whether the payer contests a payment with the bank."""

    NONE = "", _("None")
    OPEN = "open", _("Contested")
    WON = "won", _("Contested, and kept")
    LOST = "lost", _("Contested, and lost")


class IssueKind(models.TextChoices):
    """What about a payment needs a person."""

    PAID_TWICE = "paid_twice", _("Paid twice")
    AMOUNT_CHANGED = "amount_changed", _("The amount changed meanwhile")
    WRONG_AMOUNT = "wrong_amount", _("Not the amount asked for")
    LATE = "late", _("Paid after it had ended")
    REFUNDED_ELSEWHERE = "refunded_elsewhere", _("Refunded at the provider")
    REVERSED = "reversed", _("Cancelled by the provider")
    CHARGEBACK = "chargeback", _("Chargeback")
    DOSSIER_GONE = "dossier_gone", _("The dossier is no longer there")
    DIFFERS = "differs", _("The provider says otherwise")
    DEPOSIT_LATE = "deposit_late", _("Deposit for a time that is gone")
    DEPOSIT_BACK = "deposit_back", _("Deposit to be given back")


class NotificationState(models.TextChoices):
    """What became of a notification."""

    RECEIVED = "received", _("To be handled")
    HANDLED = "handled", _("Handled")
    IGNORED = "ignored", _("Of no concern to us")
    FAILED = "failed", _("To be tried again")
