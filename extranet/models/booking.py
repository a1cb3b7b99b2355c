"""What a firm decides about its visits, and what visits and people who make them share: an address with its place."""

from decimal import Decimal
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from extranet.enums import DiagnosticKind, GeoState
from extranet.enums_booking import BookingFrom, BookingZone, DepositKind, HolidayRegion
from extranet.rules import address_on_one_line
from kernel.models import FirmModel


def euros_field(label: Any) -> "models.DecimalField[Any, Any]":
    """Returns a column of euros, VAT included, that may be empty."""
    return models.DecimalField(
        label,
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(1)), MaxValueValidator(Decimal(100_000))],
    )


class Located(FirmModel):
    """An address and its place on the map (actions.booking_place looks it up)."""

    street = models.CharField(_("address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    latitude = models.FloatField(null=True, blank=True, editable=False)
    longitude = models.FloatField(null=True, blank=True, editable=False)
    geo_state = models.CharField(max_length=10, choices=GeoState, default=GeoState.NONE, editable=False)
    geo_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def address_line(self) -> str:
        """The address on one line: street, postcode and town."""
        return address_on_one_line(self.street, self.postcode, self.city)


class BookingSettings(Located):
    """A firm's rules for its visits: one row a firm, made when the firm is; its address is the office's."""

    time_zone = models.CharField(_("time zone"), max_length=24, choices=BookingZone, default=BookingZone.PARIS)
    holiday_region = models.CharField(_("public holidays of"), max_length=4, choices=HolidayRegion, blank=True)
    works_on_holidays = models.BooleanField(_("visits on public holidays too"), default=False)
    #: Visits begin at whole multiples of it after the hour.
    step_minutes = models.PositiveSmallIntegerField(
        _("visits begin every"),
        choices=[(15, _("quarter of an hour")), (30, _("half-hour")), (60, _("hour"))],
        default=30,
    )
    notice_hours = models.PositiveSmallIntegerField(
        _("notice (hours)"), default=24, validators=[MaxValueValidator(720)]
    )
    horizon_days = models.PositiveSmallIntegerField(
        _("horizon (days)"), default=60, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    #: Minimum of Stripe Checkout: a time held for less could be paid after it was given to somebody else.
    hold_minutes = models.PositiveSmallIntegerField(
        _("time to pay (minutes)"), default=30, validators=[MinValueValidator(30), MaxValueValidator(240)]
    )

    # how long a visit takes, besides the table of DiagnosticDuration
    base_minutes = models.PositiveSmallIntegerField(
        _("each visit (minutes)"), default=20, validators=[MaxValueValidator(240)]
    )
    #: Square metres that the minutes of a diagnostic cover.
    included_surface = models.PositiveSmallIntegerField(
        _("surface included (m²)"), default=70, validators=[MinValueValidator(1), MaxValueValidator(2000)]
    )

    # the way between two visits
    buffer_minutes = models.PositiveSmallIntegerField(
        _("between two visits (minutes)"), default=10, validators=[MaxValueValidator(240)]
    )
    speed_kmh = models.PositiveSmallIntegerField(
        _("average speed (km/h)"), default=45, validators=[MinValueValidator(5), MaxValueValidator(130)]
    )
    #: Roads are longer than the straight line; a quarter to a third more is usual.
    detour_percent = models.PositiveSmallIntegerField(
        _("roads against the straight line (%)"),
        default=130,
        validators=[MinValueValidator(100), MaxValueValidator(300)],
    )
    unknown_minutes = models.PositiveSmallIntegerField(
        _("travel when a place is not known (minutes)"), default=30, validators=[MaxValueValidator(240)]
    )

    # what clients may change by themselves
    move_hours = models.PositiveSmallIntegerField(
        _("clients move a visit until (hours before)"), default=48, validators=[MaxValueValidator(720)]
    )
    cancel_hours = models.PositiveSmallIntegerField(
        _("clients cancel a visit until (hours before)"), default=48, validators=[MaxValueValidator(720)]
    )
    most_moves = models.PositiveSmallIntegerField(
        _("how often clients may move a visit"), default=2, validators=[MaxValueValidator(20)]
    )

    # clients who book by themselves
    client_booking = models.BooleanField(_("clients book their visit online"), default=False)
    visitor_booking = models.BooleanField(_("people without an account too"), default=False)
    booking_from = models.CharField(_("they may book"), max_length=6, choices=BookingFrom, default=BookingFrom.SENT)
    #: Hours before the visit; 0: none. The first comes while the visit can still be moved.
    first_reminder_hours = models.PositiveSmallIntegerField(
        _("first reminder (hours before)"), default=72, validators=[MaxValueValidator(336)]
    )
    last_reminder_hours = models.PositiveSmallIntegerField(
        _("last reminder (hours before)"), default=24, validators=[MaxValueValidator(336)]
    )

    # the deposit
    deposit_kind = models.CharField(_("deposit"), max_length=7, choices=DepositKind, default=DepositKind.NONE)
    deposit_amount = euros_field(_("amount of the deposit (€)"))
    deposit_percent = models.PositiveSmallIntegerField(
        _("part of the price (%)"), default=30, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    deposit_min = euros_field(_("at least (€)"))
    deposit_max = euros_field(_("at most (€)"))
    #: Whether the announcement of a transfer or cheque confirms a visit.
    deposit_by_hand = models.BooleanField(_("accept the announcement of a transfer or cheque"), default=False)
    refund_hours = models.PositiveSmallIntegerField(
        _("given back in full until (hours before)"), default=48, validators=[MaxValueValidator(720)]
    )
    refund_percent = models.PositiveSmallIntegerField(
        _("then given back (%)"), default=50, validators=[MaxValueValidator(100)]
    )

    class Meta:
        verbose_name = _("rules of visits")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="extranet_booking_single"),
        ]

    def __str__(self) -> str:
        return "booking"


class DiagnosticDuration(FirmModel):
    """How long one diagnostic takes on the spot."""

    kind = models.CharField(_("diagnostic"), max_length=14, choices=DiagnosticKind)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=30, validators=[MaxValueValidator(600)])
    #: For each 10 m² beyond the surface that is included.
    extra_minutes = models.PositiveSmallIntegerField(
        _("more for each further 10 m²"), default=0, validators=[MaxValueValidator(60)]
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind"], name="extranet_duration_kind_uq"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
