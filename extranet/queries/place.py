"""Dossiers on the map: whose places, in which colour, and how many have none."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.enums import DownloadState, PaymentState
from extranet.models import Dossier, DossierAccess
from extranet.queries.contact import contact_id_of
from extranet.queries.dossier_filter import DossierFilter, filtered_dossiers

#: How many places the map shows.
MAX_PLACES = 20_000


class Pin(models.TextChoices):
    """What the colour of a place says: first whether it is unpaid, then how much was downloaded."""

    UNPAID = "unpaid", _("Unpaid")
    NONE = "none", _("Not downloaded")
    PARTIAL = "partial", _("Partly downloaded")
    FULL = "full", _("Downloaded")


@dataclass(frozen=True)
class Counts:
    """How many dossiers of a list have a place, and how many have none."""

    placed: int
    missing: int


def dossiers_to_map(user: User, wanted: DossierFilter) -> QuerySet[Dossier]:
    """Returns the filtered list with `pin`, and `state` as the person sees it (a client: that of its own access)."""
    found = filtered_dossiers(user, wanted)
    if user.is_firm_staff:
        found = found.annotate(state=F("download_state"))
    else:
        own = DossierAccess.objects.filter(dossier=OuterRef("pk"), contact_id=contact_id_of(user) or 0)
        state = Coalesce(Subquery(own.values("download_state")[:1]), Value(DownloadState.NONE.value))
        found = found.annotate(state=state)
    return found.annotate(
        pin=Case(When(payment_state=PaymentState.UNPAID, then=Value(Pin.UNPAID.value)), default=F("state"))
    )


def placed(found: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """Returns those that have a place."""
    return found.filter(latitude__isnull=False, longitude__isnull=False)


def place_counts(user: User, wanted: DossierFilter) -> Counts:
    """Returns the two numbers, by one query."""
    row = filtered_dossiers(user, wanted).order_by().aggregate(all=Count("pk"), placed=Count("latitude"))
    return Counts(placed=row["placed"], missing=row["all"] - row["placed"])


def map_rows(user: User, wanted: DossierFilter) -> list[tuple[Any, ...]]:
    """Returns code, title, reference, street, postcode, town, latitude, longitude and pin of MAX_PLACES + 1 at most."""
    columns = ("code", "title", "reference", "street", "postcode", "city", "latitude", "longitude", "pin")
    return list(placed(dossiers_to_map(user, wanted)).values_list(*columns)[: MAX_PLACES + 1])


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """What a file for Google Earth says of a dossier."""

    pk: int
    code: str
    title: str
    reference: str
    street: str
    postcode: str
    city: str
    latitude: float
    longitude: float
    visited_on: date | None
    created_at: datetime
    payment_state: str
    state: str
    pin: str


_PLACE_COLUMNS = tuple(PlaceRow.__dataclass_fields__)


def place_batches(user: User, wanted: DossierFilter, *, size: int) -> Iterator[list[PlaceRow]]:
    """Yields the placed dossiers of a list by their keys, `size` at a time: a query each, none open meanwhile."""
    found = placed(dossiers_to_map(user, wanted)).order_by("pk").values_list(*_PLACE_COLUMNS)
    last = 0
    while rows := [PlaceRow(*row) for row in found.filter(pk__gt=last)[:size]]:
        yield rows
        if len(rows) < size:
            return
        last = rows[-1].pk
