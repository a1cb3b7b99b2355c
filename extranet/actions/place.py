"""Finding where a property is, and correcting it by hand."""

from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from extranet.actions.history import build_event
from extranet.enums import EventKind, GeoState
from extranet.geocoding import SURE_SCORE, TOWN, Place, find_place
from extranet.models import Dossier
from extranet.models.booking import Located
from kernel.errors import OutsideServiceError
from kernel.jobs import firm_job, periodic
from tenants.actions.daily import enqueue_daily

logger = structlog.get_logger(__name__)

#: How many dossiers one job looks up again before it lets others work.
BATCH = 200
#: One that has waited so long has lost its job.
LOST_AFTER = timedelta(hours=12)
_NOWHERE: dict[str, Any] = {"latitude": None, "longitude": None, "geo_score": None, "geo_label": ""}


@transaction.atomic
def request_place(dossier: Dossier) -> Dossier:
    """Returns the dossier, whose new or changed address a job will look up; without an address it has no place.

    What was known of the former address goes, a pin placed by hand too.
    """
    has_address = bool(dossier.address_line.strip())
    values = _NOWHERE | {"geo_state": GeoState.WAITING if has_address else GeoState.NONE, "geo_at": timezone.now()}
    _set(dossier, values)
    if has_address:
        _enqueue(dossier)
    return dossier


@transaction.atomic
def look_up_again(dossier: Dossier) -> Dossier:
    """Returns the dossier, whose address a job will look up once more because a person wants it.

    The present place is shown until another one is found.
    """
    if dossier.address_line.strip():
        _set(dossier, {"geo_state": GeoState.WAITING, "geo_at": timezone.now()})
        _enqueue(dossier)
    return dossier


@transaction.atomic
def move_place(dossier: Dossier, *, latitude: float, longitude: float, user: User) -> Dossier:
    """Returns the dossier at the place, in degrees, where a person put it."""
    locked = Dossier.objects.select_for_update().get(pk=dossier.pk)
    values = {"latitude": latitude, "longitude": longitude, "geo_state": GeoState.BY_HAND, "geo_at": timezone.now()}
    _set(locked, _NOWHERE | values)
    build_event(locked, EventKind.MOVED, actor=user, subject=locked.address_line).save()
    return locked


@firm_job(queue="geocoding")
def geocode_dossier(*, dossier_id: int) -> None:
    """Looks up the address of a dossier that waits for it; it fails softly, never the job."""
    # once more when the address was changed meanwhile: that change found this job waiting and enqueued none
    for _attempt in range(3):
        dossier = Dossier.objects.filter(pk=dossier_id, geo_state=GeoState.WAITING, deleted_at__isnull=True).first()
        if dossier is None or look_up(dossier) is not None:
            return


@periodic("13 5 * * *")
def retry_places() -> None:
    """Has each open firm's addresses looked up that the service did not answer for, by one job a firm."""
    enqueue_daily(retry_failed_places, only_active=True)


@firm_job(queue="geocoding")
def retry_failed_places(*, after: int = 0) -> int:
    """Looks up what failed, lost its job or was never asked for, from a key on; returns how many were answered.

    The first failure ends it until the next morning: the service is still down.
    """
    waiting = Dossier.objects.filter(to_look_up(), deleted_at__isnull=True)
    batch = list(waiting.filter(pk__gt=after).order_by("pk")[:BATCH])
    answered = 0
    for dossier in batch:
        if look_up(dossier) is False:
            return answered
        answered += 1
    if len(batch) == BATCH:
        retry_failed_places.enqueue(after=batch[-1].pk)
    return answered


def to_look_up() -> Q:
    """Returns what a row is that failed, lost its job or was never asked for."""
    lost = Q(geo_state=GeoState.WAITING) & (Q(geo_at__lt=timezone.now() - LOST_AFTER) | Q(geo_at__isnull=True))
    never = Q(geo_state=GeoState.NONE) & ~Q(street="", postcode="", city="")
    return Q(geo_state=GeoState.FAILED) | lost | never


def look_up(row: Dossier | Located) -> bool | None:
    """Returns whether the service answered; None when the address changed meanwhile and nothing was written."""
    values: dict[str, Any]
    try:
        values = place_values(find_place(row.address_line), street=row.street)
    except OutsideServiceError as error:
        logger.warning("address_not_looked_up", model=type(row).__name__, pk=row.pk, reason=str(error))
        values = {"geo_state": GeoState.FAILED}
    columns = {field.name for field in row._meta.fields}
    values = {name: value for name, value in values.items() if name in columns}
    same = {name: getattr(row, name) for name in ("street", "postcode", "city", "geo_state")}
    # past the row's own `save`: neither its version nor its date is another one for it
    written = type(row)._default_manager.filter(pk=row.pk, **same).update(**values, geo_at=timezone.now())
    return values["geo_state"] != GeoState.FAILED if written else None


def place_values(place: Place | None, *, street: str) -> dict[str, Any]:
    """Returns what the service's answer makes of a row that has an address: its columns `latitude` to `geo_state`."""
    if place is None:
        return _NOWHERE | {"geo_state": GeoState.NOT_FOUND}
    # an address of which the service knows the town alone is not found yet
    sure = place.score >= SURE_SCORE and not (street.strip() and place.kind == TOWN)
    return {
        "latitude": place.latitude,
        "longitude": place.longitude,
        "geo_score": place.score,
        "geo_label": place.label,
        "geo_state": GeoState.FOUND if sure else GeoState.UNSURE,
    }


def _set(dossier: Dossier, values: dict[str, Any]) -> None:
    """Writes these columns alone: neither the version that people edit nor its date is another one for it."""
    Dossier.objects.filter(pk=dossier.pk).update(**values)
    for name, value in values.items():
        setattr(dossier, name, value)


def _enqueue(dossier: Dossier) -> None:
    geocode_dossier.enqueue(dossier_id=dossier.pk, lock="geocoding", once=f"dossier-{dossier.pk}")
