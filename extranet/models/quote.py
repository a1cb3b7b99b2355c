"""Quotes: what a firm offers to do for which price, its lines, its history, its numbers and the firm's rules."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from extranet.enums import DiagnosticKind
from extranet.enums_price import LineKind
from extranet.enums_quote import AcceptedBy, IssueMode, QuoteEventKind, QuoteState, RefuseReason
from extranet.models.contact import Contact
from extranet.models.order import Order
from kernel.models import CodedModel, FirmModel
from storage.models import StoredFile

_SENT = ~Q(state="draft")


class QuoteSettings(FirmModel):
    """How a firm makes its quotes: one row a firm, made when the firm is."""

    issue_mode = models.CharField(_("when an order is sent"), max_length=5, choices=IssueMode, default=IssueMode.OFF)
    show_prices = models.BooleanField(_("show the price to whoever orders"), default=True)
    prefix = models.CharField(
        _("beginning of the numbers"),
        max_length=6,
        default="D",
        blank=True,
        validators=[RegexValidator(r"^[A-Za-z0-9-]*\Z", _("Letters, figures and hyphens only."))],
    )
    valid_days = models.PositiveSmallIntegerField(
        _("valid for (days)"), default=30, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    terms = models.TextField(_("terms"), max_length=8000, blank=True)
    remind = models.BooleanField(_("remind clients who have not answered"), default=False)
    remind_after_days = models.PositiveSmallIntegerField(
        _("days without an answer"), default=7, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    remind_before_days = models.PositiveSmallIntegerField(
        _("days before the end of validity"), default=3, validators=[MinValueValidator(0), MaxValueValidator(60)]
    )
    most_reminders = models.PositiveSmallIntegerField(
        _("reminders at most"), default=2, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    #: The origins (RFC 6454) of the web sites that may show the page of prices in a frame.
    sites = ArrayField(models.CharField(max_length=120), default=list, blank=True, verbose_name=_("web sites"))

    class Meta:
        verbose_name = _("settings of quotes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="extranet_quotesettings_single"),
        ]

    def __str__(self) -> str:
        return "quotes"


class QuoteCounter(FirmModel):
    """The last number that was given in a year; its row is locked while one is given, so that none is left out."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Quote(CodedModel):
    """An offer; from its issue on all that it says is its own: prices, people and terms may change elsewhere."""

    #: Empty until it is issued: only then it takes one.
    number = models.CharField(_("number"), max_length=30, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=QuoteState, default=QuoteState.DRAFT)
    order = models.ForeignKey(
        Order, null=True, blank=True, on_delete=models.SET_NULL, related_name="quotes", db_index=False
    )
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="quotes", db_index=False
    )
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaced_by")
    #: In which its document and its mails are written.
    language = models.CharField(max_length=5, default="fr")

    # for whom and what
    client_name = models.CharField(_("name"), max_length=120, blank=True)
    client_company = models.CharField(_("company"), max_length=120, blank=True)
    client_email = models.EmailField(_("e-mail"), blank=True)
    client_phone = models.CharField(_("phone"), max_length=30, blank=True)
    client_address = models.CharField(_("postal address"), max_length=250, blank=True)
    property_address = models.CharField(_("address of the property"), max_length=400, blank=True)
    #: [label, value] of what decided about the price.
    property_facts = models.JSONField(default=list, blank=True)
    note = models.TextField(_("note to the client"), max_length=2000, blank=True)
    terms = models.TextField(_("terms"), max_length=8000, blank=True)
    #: Diagnostics that were asked for and have no price yet.
    on_request = ArrayField(models.CharField(max_length=14, choices=DiagnosticKind), default=list, blank=True)

    # the amounts in euros: those of the lines together
    net = models.DecimalField(_("total without VAT"), max_digits=10, decimal_places=2, default=0)
    vat = models.DecimalField(_("VAT"), max_digits=10, decimal_places=2, default=0)
    gross = models.DecimalField(_("total with VAT"), max_digits=10, decimal_places=2, default=0)

    issued_at = models.DateTimeField(_("sent"), null=True, blank=True)
    #: Its last day; the one on the document unless it was prolonged.
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    pdf = models.OneToOneField(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="quote")
    certificate = models.OneToOneField(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="quote_certificate"
    )
    #: Of the document as it was made.
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    #: Whether the mail of a quote that left by itself goes without it: to an address that nobody has proved.
    is_link_only = models.BooleanField(default=False, editable=False)

    # the answer and its proof
    decided_at = models.DateTimeField(_("answered"), null=True, blank=True)
    accepted_by = models.CharField(max_length=7, choices=AcceptedBy, blank=True)
    accepted_name = models.CharField(_("accepted by"), max_length=120, blank=True)
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    accepted_sha256 = models.CharField(max_length=64, blank=True)
    accepted_address = models.GenericIPAddressField(null=True, blank=True)
    accepted_agent = models.CharField(max_length=300, blank=True)
    recorded_by = models.CharField(max_length=120, blank=True)
    refuse_reason = models.CharField(_("reason"), max_length=10, choices=RefuseReason, blank=True)
    refuse_text = models.CharField(_("in a few words"), max_length=500, blank=True)
    withdraw_reason = models.CharField(_("reason"), max_length=500, blank=True)

    # reminders
    reminders_sent = models.PositiveSmallIntegerField(default=0)
    reminded_on = models.DateField(null=True, blank=True)
    reminders_stopped = models.BooleanField(default=False)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    #: Grows with each edit of a draft.
    version = models.PositiveIntegerField(default=1)
    #: Folded text of all that one looks a quote up by (actions.quote_history keeps it).
    search = models.TextField(editable=False)

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_quote_code_uq"),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="extranet_quote_number_uq"),
            models.UniqueConstraint(fields=["order"], condition=Q(state="issued"), name="extranet_quote_one_open"),
            models.UniqueConstraint(fields=["order"], condition=Q(state="accepted"), name="extranet_quote_one_agreed"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(~Q(number=""), issued_at__isnull=False, valid_until__isnull=False),
                name="extranet_quote_issued",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "refused"]) | Q(decided_at__isnull=False),
                name="extranet_quote_decided",
            ),
            models.CheckConstraint(
                condition=Q(net__gte=0, vat__gte=0, gross=F("net") + F("vat")), name="extranet_quote_amounts"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["search"], opclasses=["public.gin_trgm_ops"], name="extranet_quote_search_ix"),
            models.Index(F("created_at").desc(), F("id").desc(), name="extranet_quote_created_ix"),
            models.Index(F("issued_at").desc(), F("id").desc(), name="extranet_quote_issued_ix", condition=_SENT),
            models.Index(F("contact"), F("created_at").desc(), name="extranet_quote_contact_ix"),
            models.Index(fields=["order"], name="extranet_quote_order_ix"),
            models.Index(fields=["state", "valid_until"], name="extranet_quote_state_ix"),
            models.Index(
                fields=["decided_at"], name="extranet_quote_decided_ix", condition=Q(decided_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("Quote without a number"))

    @property
    def client(self) -> str:
        """For whom it is, as lists say it: the company first."""
        return self.client_company or self.client_name or self.client_email

    @property
    def is_draft(self) -> bool:
        """Whether it may still change."""
        return self.state == QuoteState.DRAFT

    @property
    def is_expired(self) -> bool:
        """Whether nobody has answered and its last day is past."""
        last: date | None = self.valid_until
        return self.state == QuoteState.ISSUED and last is not None and last < timezone.localdate()

    @property
    def is_open(self) -> bool:
        """Whether it can be accepted or refused: its document is there too."""
        return self.state == QuoteState.ISSUED and not self.is_expired

    @property
    def shown_state(self) -> str:
        """Its state, or "expired"."""
        return "expired" if self.is_expired else self.state

    @property
    def state_label(self) -> str | Promise:
        """What people call its state."""
        return pgettext_lazy("quote", "Expired") if self.is_expired else QuoteState(self.state).label


class QuoteLine(FirmModel):
    """A line of a quote, without VAT; the lines' parts of the VAT add up to that of the quote."""

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines", db_index=False)
    rank = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=11, choices=LineKind, blank=True)
    diagnostic = models.CharField(max_length=14, choices=DiagnosticKind, blank=True)
    label = models.CharField(_("label"), max_length=200)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=7, decimal_places=2, default=1)
    #: Negative for a discount.
    unit = models.DecimalField(_("unit price"), max_digits=9, decimal_places=2)
    net = models.DecimalField(max_digits=10, decimal_places=2)
    #: Percent; none: no VAT (CGI art. 293 B).
    vat_rate = models.DecimalField(_("VAT"), max_digits=4, decimal_places=2, null=True, blank=True)
    vat = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        ordering: ClassVar[list[str]] = ["rank"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["quote", "rank"], name="extranet_quoteline_rank_uq"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="extranet_quoteline_quantity"),
        ]

    def __str__(self) -> str:
        return self.label


class QuoteEvent(FirmModel):
    """One line of a quote's history; names are copied, so that it outlives whom it tells of."""

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=10, choices=QuoteEventKind)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    actor_name = models.CharField(max_length=120, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("quote"), F("at").desc(), name="extranet_quote_event_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
