"""Money given back."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.enums import RefundOrigin, RefundStatus
from billing.models.payment import Payment, PaymentLine
from kernel.models import CodedModel


class Refund(CodedModel):
    """One refund of a payment, made here or found at the provider; `code` is our idempotency key for it."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    #: The one dossier that it concerns; none: the payment's lines in their order.
    line = models.ForeignKey(PaymentLine, null=True, blank=True, on_delete=models.PROTECT, related_name="refunds")
    #: Cents.
    amount = models.PositiveBigIntegerField(_("amount"))
    status = models.CharField(_("state"), max_length=10, choices=RefundStatus, default=RefundStatus.REQUESTED)
    origin = models.CharField(_("made"), max_length=10, choices=RefundOrigin, default=RefundOrigin.HERE)
    provider_ref = models.CharField(_("provider's reference"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    #: Whether what it concerns is to be paid again.
    reopens = models.BooleanField(_("the dossier becomes unpaid again"), default=False)
    error = models.CharField(max_length=300, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    requested_by_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    settled_at = models.DateTimeField(_("refunded"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="billing_refund_code_uq"),
            models.UniqueConstraint(
                fields=["payment", "provider_ref"], name="billing_refund_ref_uq", condition=~Q(provider_ref="")
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_refund_amount"),
        ]

    def __str__(self) -> str:
        return self.code
