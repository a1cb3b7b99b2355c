"""Finding where visits, diagnosticians and the office are."""

from typing import Any

from extranet.enums import GeoState
from extranet.geocoding import SURE_SCORE, find_place
from extranet.models import Appointment, BookingSettings, Diagnostician, Dossier, Order
from extranet.models.booking import Located
from kernel.errors import OutsideServiceError
from kernel.jobs import firm_job, periodic
from tenants.actions.daily import enqueue_daily

_MODELS: dict[str, type[Located]] = {model.__name__: model for model in (Appointment, BookingSettings, Diagnostician)}
_NOWHERE: dict[str, Any] = {"latitude": None, "longitude": None}
#: How many of each table a firm's job looks up again in one night.
BATCH = 200


def address_of(row: Located | Order | Dossier) -> tuple[str, str, str]:
    """Returns a row's street, postcode and town: what its place depends on."""
    return (row.street, row.postcode, row.city)


def request_booking_place(row: Located) -> None:
    """Has a job look up the new or changed address of a row; without an address it has no place."""
    waits = bool(row.address_line)
    _set(row, _NOWHERE | {"geo_state": GeoState.WAITING if waits else GeoState.NONE})
    if waits:
        name = type(row).__name__
        geocode_booking.enqueue(model=name, pk=row.pk, once=f"place-{name}-{row.pk}")


@firm_job(queue="geocoding")
def geocode_booking(*, model: str, pk: int) -> None:
    """Looks up the address of a row that waits for it; it fails softly, never the job."""
    row = _MODELS[model]._default_manager.filter(pk=pk, geo_state=GeoState.WAITING).first()
    if row is not None:
        _look_up(row)


@periodic("43 5 * * *")
def retry_booking_places() -> None:
    """Has each open firm's addresses looked up that the service did not answer for, by one job a firm."""
    enqueue_daily(retry_failed_booking_places, only_active=True)


@firm_job(queue="geocoding")
def retry_failed_booking_places() -> None:
    """Looks up what failed; the first failure ends it until the next morning."""
    for model in _MODELS.values():
        for row in list(model._default_manager.filter(geo_state=GeoState.FAILED).order_by("-pk")[:BATCH]):
            if not _look_up(row):
                return


def _look_up(row: Located) -> bool:
    """Returns whether the service answered; the place is written unless the address was changed meanwhile."""
    address = row.address_line
    try:
        place = find_place(address)
    except OutsideServiceError:
        _set(row, {"geo_state": GeoState.FAILED}, address=address)
        return False
    if place is None:
        _set(row, _NOWHERE | {"geo_state": GeoState.NOT_FOUND}, address=address)
    else:
        state = GeoState.FOUND if place.score >= SURE_SCORE else GeoState.UNSURE
        values = {"latitude": place.latitude, "longitude": place.longitude, "geo_state": state}
        _set(row, values, address=address)
    return True


def _set(row: Located, values: dict[str, Any], *, address: str | None = None) -> None:
    """Writes columns past the row's own `save`: an address that changed meanwhile keeps what is said of it."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    if address is not None:
        rows = rows.filter(street=row.street, postcode=row.postcode, city=row.city)
    rows.update(**values)
    for name, value in values.items():
        setattr(row, name, value)
