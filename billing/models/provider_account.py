"""A firm's account with a payment provider, and its keys."""

import secrets
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.enums import Method, Mode, Provider
from kernel.models import CodedModel, FirmModel


def new_token() -> str:
    """Returns what the address of notifications carries: 256 bits."""
    return secrets.token_urlsafe(32)


class ProviderAccount(CodedModel):
    """A way to pay that a firm offers: its account with a provider, or a manual one with its instructions."""

    provider = models.CharField(_("provider"), max_length=10, choices=Provider)
    mode = models.CharField(_("mode"), max_length=4, choices=Mode, default=Mode.TEST)
    #: What the client reads on the button.
    label = models.CharField(_("label shown to the client"), max_length=80)
    #: Shown to the client under the label; of a manual account, how to pay (bank details, order of the cheque).
    instructions = models.TextField(_("explanation for the client"), max_length=2000, blank=True)
    #: Of a manual account: transfer, cheque or cash.
    manual_method = models.CharField(_("how it is paid"), max_length=10, choices=Method, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(_("offered to clients"), default=False)
    #: In the address of the provider's notifications; looked up before any signature is checked.
    token = models.CharField(max_length=64, default=new_token, editable=False)
    #: Lyra alone: which of its sister brands, where it is not the usual one (providers.lyra.brands).
    brand = models.CharField(_("brand"), max_length=20, blank=True)
    #: Lyra alone: the hosted form (vads) instead of the REST interface.
    uses_form = models.BooleanField(_("payment form instead of the REST interface"), default=False)
    verified_at = models.DateTimeField(_("keys checked"), null=True, blank=True)
    verify_error = models.CharField(max_length=300, blank=True)
    last_notified_at = models.DateTimeField(_("last notification"), null=True, blank=True)
    last_rejected_at = models.DateTimeField(_("last notification refused"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    #: Taken away by the firm; its payments stay.
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("means of payment")
        verbose_name_plural = _("means of payment")
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="billing_account_code_uq"),
            models.UniqueConstraint(fields=["token"], name="billing_account_token_uq"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_manual(self) -> bool:
        """Whether no provider is called."""
        return self.provider == Provider.MANUAL


class Credentials(FirmModel):
    """The keys of an account for one mode: identifiers in clear, secrets sealed (kernel.secrets)."""

    account = models.ForeignKey(ProviderAccount, on_delete=models.CASCADE, related_name="credentials")
    mode = models.CharField(max_length=4, choices=Mode)
    #: Lyra's shop id, PayPal's client id; empty for Stripe.
    identifier = models.CharField(max_length=200, blank=True)
    #: PayPal's webhook id; needed to check its notifications, no secret.
    webhook_id = models.CharField(max_length=100, blank=True)
    #: JSON of the secrets by name, sealed for this firm.
    sealed = models.TextField(blank=True)
    #: The secrets before the last change: notifications on their way are still signed with them.
    sealed_before = models.TextField(blank=True)
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "mode"], name="billing_credentials_uq"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.mode}"
