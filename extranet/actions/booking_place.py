"""Finding where visits, diagnosticians and the office are."""

from typing import Any

from django.utils import timezone

from extranet.actions.place import BATCH, look_up, to_look_up
from extranet.enums import GeoState
from extranet.models import Appointment, BookingSettings, Diagnostician, Dossier, Order
from extranet.models.booking import Located
from kernel.jobs import firm_job, periodic
from tenants.actions.daily import enqueue_daily

_MODELS: dict[str, type[Located]] = {model.__name__: model for model in (Appointment, BookingSettings, Diagnostician)}
_NOWHERE: dict[str, Any] = {"latitude": None, "longitude": None}


def address_of(row: Located | Order | Dossier) -> tuple[str, str, str]:
    """Returns a row's street, postcode and town: what its place depends on."""
    return (row.street, row.postcode, row.city)


def request_booking_place(row: Located) -> None:
    """Has a job look up the new or changed address of a row; without an address it has no place."""
    waits = bool(row.address_line)
    values = _NOWHERE | {"geo_state": GeoState.WAITING if waits else GeoState.NONE, "geo_at": timezone.now()}
    # past the row's own `save`: neither its version nor its date is another one for it
    type(row)._default_manager.filter(pk=row.pk).update(**values)
    for name, value in values.items():
        setattr(row, name, value)
    if waits:
        name = type(row).__name__
        geocode_booking.enqueue(model=name, pk=row.pk, lock="geocoding", once=f"place-{name}-{row.pk}")


@firm_job(queue="geocoding")
def geocode_booking(*, model: str, pk: int) -> None:
    """Looks up the address of a row that waits for it; it fails softly, never the job."""
    # once more when the address was changed meanwhile: that change found this job waiting and enqueued none
    for _attempt in range(3):
        row = _MODELS[model]._default_manager.filter(pk=pk, geo_state=GeoState.WAITING).first()
        if row is None or look_up(row) is not None:
            return


@periodic("43 5 * * *")
def retry_booking_places() -> None:
    """Has each open firm's addresses looked up that the service did not answer for, by one job a firm."""
    enqueue_daily(retry_failed_booking_places, only_active=True)


@firm_job(queue="geocoding")
def retry_failed_booking_places() -> None:
    """Looks up what failed, lost its job or was never asked for; the first failure ends it until the next morning."""
    for model in _MODELS.values():
        for row in list(model._default_manager.filter(to_look_up()).order_by("-pk")[:BATCH]):
            if look_up(row) is False:
                return
