"""An attempt to pay, what it pays, and what about it needs a person."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from billing.enums import OPEN_STATUSES, Dispute, IssueKind, Method, Mode, PaymentStatus, Provider
from billing.models.provider_account import ProviderAccount
from extranet.models import Appointment, Contact, Dossier
from kernel.models import CodedModel, FirmModel


class Payment(CodedModel):
    """One attempt to pay dossiers or the deposit of a visit; `code` is the reference that the provider is given."""

    account = models.ForeignKey(ProviderAccount, on_delete=models.PROTECT, related_name="payments")
    #: Those of the account when the attempt began.
    provider = models.CharField(_("provider"), max_length=10, choices=Provider)
    mode = models.CharField(_("mode"), max_length=4, choices=Mode)
    status = models.CharField(_("state"), max_length=10, choices=PaymentStatus, default=PaymentStatus.CREATED)
    method = models.CharField(_("paid by"), max_length=10, choices=Method, blank=True)
    #: Minor units (cents), VAT included.
    amount = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(max_length=3, default="EUR")
    #: Percent; none where the firm charges no VAT (CGI art. 293 B).
    vat_rate = models.DecimalField(_("VAT rate"), max_digits=4, decimal_places=2, null=True, blank=True)
    #: Cents given back, of the refunds that succeeded.
    refunded = models.PositiveBigIntegerField(_("refunded"), default=0)
    dispute = models.CharField(max_length=4, choices=Dispute, default=Dispute.NONE, blank=True)

    # who
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="payments")
    payer_name = models.CharField(_("payer"), max_length=120, blank=True)
    payer_email = models.EmailField(_("payer's email"), blank=True)
    language = models.CharField(max_length=5, default="fr")
    #: The member of staff who recorded a manual payment.
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    # at the provider
    #: Its object of the attempt: checkout session, order, payment order; of a manual payment the cheque or transfer.
    provider_ref = models.CharField(_("provider's reference"), max_length=120, blank=True)
    #: Its object of the money taken: payment intent, capture, transaction; what refunds need.
    capture_ref = models.CharField(max_length=120, blank=True)
    #: Where the payer goes to pay.
    pay_url = models.TextField(blank=True)
    #: The masked card or the account that paid, as the provider shows it.
    instrument = models.CharField(max_length=60, blank=True)
    error = models.CharField(_("what went wrong"), max_length=300, blank=True)

    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    #: When the provider ends the attempt by itself.
    expires_at = models.DateTimeField(null=True, blank=True)
    #: When the money was taken, as the provider says.
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    #: When the provider was last asked, and how often while it was open.
    checked_at = models.DateTimeField(null=True, blank=True)
    checks = models.PositiveIntegerField(default=0)
    receipt_number = models.PositiveIntegerField(_("receipt"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="billing_payment_code_uq"),
            models.UniqueConstraint(fields=["receipt_number"], name="billing_payment_receipt_uq"),
            models.UniqueConstraint(
                fields=["account", "provider_ref"],
                name="billing_payment_ref_uq",
                condition=~Q(provider_ref="") & ~Q(provider="manual"),
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_payment_amount"),
            models.CheckConstraint(condition=Q(refunded__lte=F("amount")), name="billing_payment_refunded"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("created_at").desc(), F("id").desc(), name="billing_payment_created_ix"),
            models.Index(F("paid_at").desc(), F("id").desc(), name="billing_payment_paid_ix"),
            # the order of the list (queries.payment_filter.dated_payments)
            models.Index(Coalesce("paid_at", "created_at").desc(), F("id").desc(), name="billing_payment_happened_ix"),
            models.Index(fields=["created_at"], name="billing_payment_open_ix", condition=Q(status__in=OPEN_STATUSES)),
            models.Index(fields=["capture_ref"], name="billing_payment_capture_ix", condition=~Q(capture_ref="")),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Whether the provider may still change it by itself."""
        return self.status in OPEN_STATUSES

    @property
    def net(self) -> int:
        """What the firm has kept of it, in cents."""
        return self.amount - self.refunded if self.status == PaymentStatus.SUCCEEDED else 0


class PaymentLine(FirmModel):
    """What a payment pays: a dossier, or the deposit of a visit.

    A deposit counts for the dossier of the visit once there is one (actions.deposit): `dossier` says so then. Names
    are copied, for the day when what they name is no longer there.
    """

    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="lines")
    dossier = models.ForeignKey(Dossier, null=True, blank=True, on_delete=models.SET_NULL, related_name="payment_lines")
    appointment = models.ForeignKey(
        Appointment, null=True, blank=True, on_delete=models.SET_NULL, related_name="payment_lines"
    )
    reference = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=200)
    #: Cents, VAT included.
    amount = models.PositiveBigIntegerField()
    refunded = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["payment", "dossier"], name="billing_line_uq"),
            models.UniqueConstraint(fields=["payment", "appointment"], name="billing_line_visit_uq"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_line_amount"),
            models.CheckConstraint(condition=Q(refunded__lte=F("amount")), name="billing_line_refunded"),
        ]

    def __str__(self) -> str:
        return self.title


class PaymentIssue(CodedModel):
    """Something about a payment that the firm must look at, until somebody says that it is settled."""

    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="issues")
    kind = models.CharField(max_length=20, choices=IssueKind)
    #: What happened, in figures and names, for the sentence that explains it.
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="billing_issue_code_uq"),
            models.UniqueConstraint(fields=["payment", "kind", "note"], name="billing_issue_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], name="billing_issue_open_ix", condition=Q(resolved_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
