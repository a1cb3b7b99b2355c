"""What a provider told us, as it came."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.enums import Mode, NotificationState
from billing.models.payment import Payment
from billing.models.provider_account import ProviderAccount
from kernel.models import FirmModel


class Notification(FirmModel):
    """A signed notification, kept once under the key that tells it from all others."""

    account = models.ForeignKey(ProviderAccount, on_delete=models.CASCADE, related_name="notifications", db_index=False)
    mode = models.CharField(max_length=4, choices=Mode)
    #: The event's own id, or what stands for it where the protocol has none.
    dedupe_key = models.CharField(max_length=200)
    kind = models.CharField(max_length=80, blank=True)
    #: Exactly what was signed.
    body = models.TextField()
    #: Our payment's code and the provider's references that it names.
    payment_code = models.CharField(max_length=64, blank=True)
    refs = models.JSONField(default=list)
    payment = models.ForeignKey(Payment, null=True, blank=True, on_delete=models.SET_NULL, related_name="notifications")
    state = models.CharField(_("state"), max_length=8, choices=NotificationState, default=NotificationState.RECEIVED)
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "dedupe_key"], name="billing_notification_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["account", "id"],
                name="billing_notification_todo_ix",
                condition=Q(state__in=("received", "failed")),
            ),
            models.Index(F("received_at").desc(), name="billing_notification_at_ix"),
        ]

    def __str__(self) -> str:
        return self.kind or self.dedupe_key
