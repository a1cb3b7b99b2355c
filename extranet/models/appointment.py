"""A visit: who goes where and when, and what happened to it."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from extranet.enums import DiagnosticKind
from extranet.enums_booking import BUSY_STATES, AppointmentEventKind, AppointmentState, ReminderChannel
from extranet.models.booking import Located
from extranet.models.contact import Contact
from extranet.models.diagnostician import Diagnostician
from extranet.models.dossier import Dossier
from extranet.models.order import Order
from kernel.models import CodedModel, FirmModel


class TsTzRange(Func):
    """PostgreSQL's range of two instants."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Appointment(CodedModel, Located):
    """A visit of a diagnostician; no two that are held or confirmed have a moment in common."""

    diagnostician = models.ForeignKey(
        Diagnostician, on_delete=models.PROTECT, related_name="appointments", db_index=False
    )
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.SET_NULL, related_name="appointments")
    dossier = models.ForeignKey(Dossier, null=True, blank=True, on_delete=models.SET_NULL, related_name="appointments")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="appointments")
    state = models.CharField(_("state"), max_length=10, choices=AppointmentState, default=AppointmentState.CONFIRMED)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    #: Of a time that is held while it is paid.
    held_until = models.DateTimeField(null=True, blank=True)

    diagnostics = ArrayField(
        models.CharField(max_length=14, choices=DiagnosticKind), default=list, blank=True, verbose_name=_("diagnostics")
    )
    #: Square metres.
    surface = models.DecimalField(
        _("surface (m²)"),
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(99_999)],
    )
    street_extra = models.CharField(_("building, floor, door"), max_length=200, blank=True)
    person_name = models.CharField(_("who opens the door"), max_length=120, blank=True)
    person_phone = models.CharField(_("phone"), max_length=30, blank=True)
    person_email = models.EmailField(_("e-mail"), blank=True)
    access_note = models.CharField(_("access, keys"), max_length=300, blank=True)
    staff_note = models.TextField(_("note for the staff"), max_length=5_000, blank=True)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    #: How often the client moved it.
    client_moves = models.PositiveSmallIntegerField(default=0)
    cancel_reason = models.CharField(_("reason"), max_length=300, blank=True)

    # the deposit: asked for, by the rules of the day on which it was booked
    #: Euros, VAT included; none: nothing is asked.
    deposit = models.DecimalField(_("deposit"), max_digits=8, decimal_places=2, null=True, blank=True)
    #: Given back in full until so many hours before, then by this percentage.
    refund_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    refund_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    deposit_paid_at = models.DateTimeField(null=True, blank=True)
    #: Euros to be given back since it was cancelled.
    deposit_back = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)

    #: The version of which the client was told last, and when.
    told_version = models.PositiveIntegerField(default=0)
    told_at = models.DateTimeField(null=True, blank=True)
    #: Grows with each change: what calendars (RFC 5545, SEQUENCE) and people who edit at once go by.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering: ClassVar[list[str]] = ["starts_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_appointment_code_uq"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="extranet_appointment_order"),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(held_until__isnull=False), name="extranet_appointment_held"
            ),
            # what is given back had come
            models.CheckConstraint(
                condition=Q(deposit_back__isnull=True)
                | Q(deposit__isnull=False, deposit_back__gte=0, deposit_back__lte=F("deposit")),
                name="extranet_appointment_back",
            ),
            models.CheckConstraint(
                condition=Q(deposit__isnull=True) | Q(deposit__gt=0), name="extranet_appointment_deposit"
            ),
            # half open: a visit may begin at the moment in which another ends
            ExclusionConstraint(
                name="extranet_appointment_overlap",
                expressions=[
                    (OpClass("diagnostician", name="public.gist_int8_ops"), RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=[str(state) for state in BUSY_STATES]),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["starts_at"], name="extranet_appointment_start_ix"),
            models.Index(fields=["diagnostician", "starts_at"], name="extranet_appointment_who_ix"),
            models.Index(fields=["held_until"], name="extranet_appointment_held_ix", condition=Q(state="held")),
        ]

    def __str__(self) -> str:
        return self.person_name or self.address_line or str(_("Visit"))

    @property
    def is_busy(self) -> bool:
        """Whether nobody else can have its time."""
        return self.state in BUSY_STATES

    @property
    def deposit_is_due(self) -> bool:
        """Whether its deposit is still to come."""
        return self.deposit is not None and self.deposit_paid_at is None

    @property
    def paid_dossier_id(self) -> int | None:
        """The dossier that its deposit counts for: its own, else its order's; None before there is one."""
        return self.dossier_id or (self.order.dossier_id if self.order is not None else None)

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


class AppointmentEvent(FirmModel):
    """A line of a visit's history, with where and when it was before it was moved."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=10, choices=AppointmentEventKind)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    actor_name = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=300, blank=True)
    #: The visit's version after this.
    version = models.PositiveIntegerField()
    before_who = models.ForeignKey(
        Diagnostician, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    before_starts_at = models.DateTimeField(null=True, blank=True)
    before_ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["appointment", "-at", "-id"], name="extranet_appevent_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"


class AppointmentReminder(FirmModel):
    """A reminder that was sent of a visit at this time: the same is never sent twice."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="reminders", db_index=False)
    channel = models.CharField(max_length=4, choices=ReminderChannel, default=ReminderChannel.MAIL)
    #: When the visit was to begin then, and the hours before it.
    starts_at = models.DateTimeField()
    hours = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["appointment", "starts_at", "hours", "channel"], name="extranet_appreminder_uq"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.hours} h"
