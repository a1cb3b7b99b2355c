"""Who may send how much: a place in an hour is taken before a mail leaves, so that no two workers take the same."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kernel.tenancy import in_public
from mail.models import MailServer, Route, SendingHour
from mail.rules import Limits, first_free_hour


def limits_of(route: Route, server: MailServer | None) -> Limits:
    """Returns how much may leave by a route: by the platform's rule for each firm, or by the firm's host."""
    if route == Route.OWN:
        return Limits(server.hour_limit, server.day_limit) if server else Limits()
    return Limits() if in_public() else Limits(settings.MAIL_HOUR_LIMIT, settings.MAIL_DAY_LIMIT)


def take_place(route: Route, limits: Limits) -> datetime | None:
    """Returns when a mail may leave by a route, its place taken; None: now."""
    if not limits.any:
        return None
    now = timezone.now()
    with transaction.atomic():
        # one row for all of the route's places: taking one waits for whoever takes another
        SendingHour.objects.get_or_create(route=route, hour=_LOCK)
        SendingHour.objects.select_for_update().get(route=route, hour=_LOCK)
        rows = SendingHour.objects.filter(route=route, hour__gt=now - timedelta(hours=25))
        hour = first_free_hour(dict(rows.values_list("hour", "taken")), limits, now=now)
        _count(route, hour)
    return hour if hour > now else None


def give_place_back(route: Route, limits: Limits, at: datetime | None) -> None:
    """Gives back a place that was taken for a mail that somebody else has sent meanwhile."""
    if limits.any:
        hour = _hour_of(at or timezone.now())
        SendingHour.objects.filter(route=route, hour=hour, taken__gt=0).update(taken=F("taken") - 1)


def count_essential(route: Route) -> None:
    """Counts a mail that waits for no place, so that the others make room for it."""
    with transaction.atomic():
        _count(route, _hour_of(timezone.now()))


def forget_hours() -> None:
    """Deletes what no limit asks about any more."""
    old = timezone.now() - timedelta(days=2)
    SendingHour.objects.filter(hour__lt=old).exclude(hour=_LOCK).delete()


#: The hour of the row that is locked.
_LOCK = datetime(2000, 1, 1, tzinfo=timezone.get_fixed_timezone(0))


def _hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _count(route: Route, hour: datetime) -> None:
    SendingHour.objects.get_or_create(route=route, hour=hour)
    SendingHour.objects.filter(route=route, hour=hour).update(taken=F("taken") + 1)
