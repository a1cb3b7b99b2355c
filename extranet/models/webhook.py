"""Webhooks: the addresses that are told of events, the events, and what became of each at each address."""

import json
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extranet.enums_webhook import DeliveryState, DeliveryTrouble, OffReason
from extranet.webhook_kinds import kind_label
from kernel.models import CodedModel

URL_LENGTH = 500


class WebhookEndpoint(CodedModel):
    """An address of other software that is told of events (decisions/0038)."""

    url = models.CharField(_("address"), max_length=URL_LENGTH)
    description = models.CharField(_("description"), max_length=120, blank=True)
    #: Keys of webhook_kinds.KINDS.
    kinds = ArrayField(models.CharField(max_length=40), verbose_name=_("events"))
    #: kernel.secrets: "current", and "previous" until `previous_until`.
    sealed = models.TextField(editable=False)
    previous_until = models.DateTimeField(null=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    off_reason = models.CharField(max_length=8, choices=OffReason, blank=True)
    off_at = models.DateTimeField(null=True, editable=False)
    #: Since when nothing was taken; how many attempts failed since.
    failing_since = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    #: It did not answer, or asked for time (Retry-After): nothing is sent until then.
    paused_until = models.DateTimeField(null=True, editable=False)
    last_delivered_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    #: As it was then: who has left is still named.
    created_by_name = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering: ClassVar[list[str]] = ["created_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_webhook_code_uq"),
        ]

    def __str__(self) -> str:
        return self.description or self.url

    @property
    def has_previous_secret(self) -> bool:
        """Whether the secret before the present one still signs."""
        return self.previous_until is not None and self.previous_until > timezone.now()

    def wait_until(self, now: datetime) -> datetime | None:
        """Returns until when nothing is sent to it; None when it may be asked at once."""
        return self.paused_until if self.paused_until is not None and self.paused_until > now else None


class WebhookEvent(CodedModel):
    """Something that happened; `code` is the webhook-id of its message, the same at each attempt and replay."""

    kind = models.CharField(max_length=40)
    #: JSON as it is sent: what is signed is these bytes.
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_hookevent_code_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], name="extranet_hookevent_created_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"

    @property
    def payload(self) -> dict[str, Any]:
        """The message: `type`, `timestamp` and `data`."""
        told: dict[str, Any] = json.loads(self.body)
        return told


class WebhookDelivery(CodedModel):
    """What became of an event at an address; what is noted of an attempt is that of the last one."""

    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    #: Of its event: the log is narrowed by it.
    kind = models.CharField(_("event"), max_length=40)
    state = models.CharField(_("state"), max_length=9, choices=DeliveryState, default=DeliveryState.WAITING)
    #: Since it was made, or replayed.
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    #: Not before; none once it has ended.
    next_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    last_at = models.DateTimeField(_("last attempt"), null=True, blank=True)
    replayed_at = models.DateTimeField(null=True, blank=True)
    #: HTTP status; none without an answer.
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    trouble = models.CharField(max_length=12, choices=DeliveryTrouble, blank=True)
    #: In the words of the machine, where nobody answered.
    detail = models.CharField(max_length=300, blank=True)
    request_headers = models.JSONField(default=dict, blank=True)
    #: The beginning of the answer's body.
    response = models.TextField(blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_hookdelivery_code_uq"),
            models.UniqueConstraint(fields=["event", "endpoint"], name="extranet_hookdelivery_uq"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.WAITING, next_at__isnull=False)
                | (~Q(state=DeliveryState.WAITING) & Q(next_at__isnull=True)),
                name="extranet_hookdelivery_next",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at", "-id"], name="extranet_hookdelivery_ix"),
            models.Index(fields=["endpoint", "-created_at", "-id"], name="extranet_hookdelivery_of_ix"),
            models.Index(fields=["kind", "-created_at", "-id"], name="extranet_hookdelivery_kind_ix"),
            models.Index(fields=["state", "-created_at", "-id"], name="extranet_hookdelivery_state_ix"),
            models.Index(
                fields=["next_at"], name="extranet_hookdelivery_next_ix", condition=Q(state=DeliveryState.WAITING)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.endpoint_id}"

    @property
    def kind_label(self) -> str:
        """What the event is called."""
        return kind_label(self.kind)

    @property
    def is_over(self) -> bool:
        """Whether nothing is tried any more."""
        return self.state != DeliveryState.WAITING
