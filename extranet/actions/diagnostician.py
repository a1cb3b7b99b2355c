"""The people who make visits: what is said of them, their absences, their feeds; the firm's rules of visits."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from extranet.actions.booking_place import address_of, request_booking_place
from extranet.actions.map_feed import hash_token
from extranet.models import (
    Absence,
    BookingSettings,
    CalendarFeed,
    DiagnosticDuration,
    Diagnostician,
    WorkingHours,
)
from extranet.models.booking import Located

FIELDS = (
    "name",
    "user",
    "email",
    "phone",
    "colour",
    "street",
    "postcode",
    "city",
    "diagnostics",
    "postcodes",
    "takes_online",
    "is_active",
)


@transaction.atomic
def save_diagnostician(
    diagnostician: Diagnostician | None, *, values: Mapping[str, Any], hours: Sequence[tuple[int, time, time]]
) -> Diagnostician:
    """Returns the new or changed diagnostician, with these stretches of work (weekday, from, to) and no others."""
    saved = diagnostician or Diagnostician()
    address = address_of(saved) if diagnostician else None
    for name in FIELDS:
        if name in values:
            setattr(saved, name, values[name])
    saved.save()
    if sorted(hours) != sorted(saved.hours.values_list("weekday", "starts", "ends")):
        saved.hours.all().delete()
        WorkingHours.objects.bulk_create(
            WorkingHours(diagnostician=saved, weekday=weekday, starts=starts, ends=ends)
            for weekday, starts, ends in hours
        )
    _look_up_if_changed(saved, address)
    return saved


def _look_up_if_changed(row: Located, before: tuple[str, str, str] | None) -> None:
    if before != address_of(row):
        request_booking_place(row)


@transaction.atomic
def add_absence(
    diagnostician: Diagnostician | None, *, kind: str, starts_at: datetime, ends_at: datetime, note: str
) -> Absence:
    """Returns a new absence, of the whole firm without a diagnostician; visits in it stay, the calendar shows them."""
    return Absence.objects.create(
        diagnostician=diagnostician, kind=kind, starts_at=starts_at, ends_at=ends_at, note=note
    )


def delete_absence(absence: Absence) -> None:
    """Takes an absence back."""
    absence.delete()


@transaction.atomic
def create_calendar_feed(diagnostician: Diagnostician, *, user: User) -> tuple[CalendarFeed, str]:
    """Returns the diagnostician's only feed and its secret, which is nowhere else; a former one ends."""
    token = secrets.token_urlsafe(32)
    feed, _created = CalendarFeed.objects.update_or_create(
        diagnostician=diagnostician,
        defaults={
            "token_hash": hash_token(token),
            "created_by": user,
            "created_at": timezone.now(),
            "last_used_at": None,
        },
    )
    return feed, token


def revoke_calendar_feed(diagnostician: Diagnostician) -> bool:
    """Ends the diagnostician's feed; returns whether there was one."""
    return bool(CalendarFeed.objects.filter(diagnostician=diagnostician).delete()[0])


def use_calendar_feed(token: str) -> CalendarFeed | None:
    """Returns the feed of a secret with its diagnostician, noted as used; None for none or for nobody active."""
    gone = Q(diagnostician__is_active=False) | Q(diagnostician__user__is_active=False)
    feeds = CalendarFeed.objects.select_related("diagnostician").filter(token_hash=hash_token(token))
    feed = feeds.exclude(gone).first()
    if feed is not None:
        feed.last_used_at = timezone.now()
        feed.save(update_fields=["last_used_at"])
    return feed


@transaction.atomic
def save_booking_settings(*, values: Mapping[str, Any], durations: Mapping[str, tuple[int, int]]) -> BookingSettings:
    """Returns the firm's rules of visits, with these minutes (and more for each 10 m²) by diagnostic."""
    settings = BookingSettings.objects.select_for_update().get(pk=1)
    address = address_of(settings)
    for name, value in values.items():
        setattr(settings, name, value)
    settings.save()
    rows = [
        DiagnosticDuration(kind=kind, minutes=minutes, extra_minutes=extra)
        for kind, (minutes, extra) in durations.items()
    ]
    DiagnosticDuration.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["kind"], update_fields=["minutes", "extra_minutes"]
    )
    _look_up_if_changed(settings, address)
    return settings
