"""The people who make visits: when they work, where, what they may diagnose, and their calendar's address."""

from datetime import date, time, timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extranet.enums import DiagnosticKind
from extranet.enums_booking import AbsenceKind, Colour, Weekday
from extranet.models.booking import Located
from kernel.models import CodedModel, FirmModel


class Diagnostician(CodedModel, Located):
    """Somebody who makes visits, a user of the firm or not; the address is where the day begins."""

    #: None for whoever does not log in.
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="diagnostician"
    )
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    colour = models.CharField(_("colour"), max_length=8, choices=Colour, default=Colour.BLUE)
    #: Empty: all of them.
    diagnostics = ArrayField(
        models.CharField(max_length=14, choices=DiagnosticKind), default=list, blank=True, verbose_name=_("diagnostics")
    )
    #: Beginnings of postcodes; empty: everywhere.
    postcodes = ArrayField(models.CharField(max_length=5), default=list, blank=True, verbose_name=_("zone of work"))
    #: Whether clients are offered this person's time.
    takes_online = models.BooleanField(_("clients may book"), default=True)
    is_active = models.BooleanField(_("makes visits"), default=True)

    class Meta:
        verbose_name = _("diagnostician")
        verbose_name_plural = _("diagnosticians")
        ordering: ClassVar[list[str]] = ["name", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_diagnostician_code_uq"),
        ]

    def __str__(self) -> str:
        return self.name


class WorkingHours(FirmModel):
    """A stretch of a weekday in which a diagnostician makes visits, in the firm's time."""

    diagnostician = models.ForeignKey(Diagnostician, on_delete=models.CASCADE, related_name="hours", db_index=False)
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))

    class Meta:
        ordering: ClassVar[list[str]] = ["weekday", "starts"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["diagnostician", "weekday", "starts"], name="extranet_hours_uq"),
            models.CheckConstraint(condition=Q(starts__lt=F("ends")), name="extranet_hours_order"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="extranet_hours_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class Absence(CodedModel):
    """A time in which a diagnostician makes no visits; without one, the whole firm is closed."""

    diagnostician = models.ForeignKey(
        Diagnostician, null=True, blank=True, on_delete=models.CASCADE, related_name="absences", db_index=False
    )
    kind = models.CharField(_("reason"), max_length=8, choices=AbsenceKind, default=AbsenceKind.LEAVE)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering: ClassVar[list[str]] = ["starts_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_absence_code_uq"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="extranet_absence_order"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["ends_at"], name="extranet_absence_ends_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%Y-%m-%d}"

    @property
    def days(self) -> tuple[date, date] | None:
        """Its first and last day when it is of whole days in the active time zone."""
        first, end = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        is_whole = first.time() == end.time() == time.min
        return (first.date(), end.date() - timedelta(days=1)) if is_whole else None


class CalendarFeed(FirmModel):
    """A secret, revocable address from which a calendar program reads visits; only the secret's hash is kept."""

    diagnostician = models.OneToOneField(Diagnostician, on_delete=models.CASCADE, related_name="feed")
    #: SHA-256, hexadecimal.
    token_hash = models.CharField(max_length=64)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token_hash"], name="extranet_calfeed_token_uq"),
        ]

    def __str__(self) -> str:
        return f"feed of diagnostician {self.diagnostician_id}"
