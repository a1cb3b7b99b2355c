"""The firm's price lists: which one applies to whom, and what it holds."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet

from extranet.enums_price import SizeBy
from extranet.models import Contact, PriceList, PricePack, PriceRow, TravelPrice
from extranet.tariff import Fault, Pack, Price, Tariff, gaps


def lists_in_force(on: date) -> QuerySet[PriceList]:
    """Returns the lists in use that are valid on a day."""
    return PriceList.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=on),
        Q(valid_until__isnull=True) | Q(valid_until__gte=on),
        is_active=True,
    )


def price_list_for(contact: Contact | None, on: date) -> PriceList | None:
    """Returns the list for a client (None: somebody without an account): its own, its kind's or everybody's.

    Of several, the one that is valid since the latest day, then the newest. One query.
    """
    found = lists_in_force(on)
    own = Q(contact__isnull=True)
    if contact is None:
        found = found.filter(own, contact_kind="")
    else:
        found = found.filter(own | Q(contact_id=contact.pk), contact_kind__in=["", contact.kind])
    return max(found, key=_rank, default=None)


def _rank(entry: PriceList) -> tuple[bool, bool, date, int]:
    return entry.contact_id is not None, bool(entry.contact_kind), entry.valid_from or date.min, entry.pk


def tariff_of(entry: PriceList) -> Tariff:
    """Returns a list with all that it holds, as the computation takes it: three queries."""
    return Tariff(
        name=entry.name,
        size_by=entry.size_by,
        vat_rate=entry.vat_rate,
        prices=prices_of(entry, PriceRow.objects.filter(price_list=entry)),
        packs=[_pack(pack) for pack in PricePack.objects.filter(price_list=entry)],
        travels=list(TravelPrice.objects.filter(price_list=entry).values_list("postcode", "amount")),
        free_km=entry.travel_free_km,
        per_km=entry.travel_per_km,
        travel_most=entry.travel_most,
        urgent_amount=entry.urgent_amount,
        urgent_percent=entry.urgent_percent,
        weekend_amount=entry.weekend_amount,
        evening_amount=entry.evening_amount,
        outbuilding_amount=entry.outbuilding_amount,
    )


def prices_of(entry: PriceList, rows: Iterable[PriceRow]) -> list[Price]:
    """Returns rows of a list as the computation takes them."""
    return [price_of(row, size_by=entry.size_by) for row in rows]


def price_of(row: PriceRow, *, size_by: str) -> Price:
    """Returns what a row says: rooms go up to `size_to` with it, so that they end before the next whole number."""
    end = row.size_to
    if end is not None and size_by == SizeBy.ROOMS:
        end += Decimal(1)
    return Price(
        diagnostic=row.diagnostic,
        amount=row.price,
        transaction=row.transaction,
        property_kind=row.property_kind,
        start=row.size_from,
        end=end,
    )


def _pack(pack: PricePack) -> Pack:
    return Pack(
        name=pack.name,
        diagnostics=frozenset(pack.diagnostics),
        least=pack.least,
        transaction=pack.transaction,
        percent=pack.percent,
        amount=pack.amount,
    )


def rows_of_list(entry: PriceList) -> QuerySet[PriceRow]:
    """Returns the prices of a list in the order in which people read them."""
    first = F("size_from").asc(nulls_first=True)
    return PriceRow.objects.filter(price_list=entry).order_by("diagnostic", "property_kind", "transaction", first, "id")


def gaps_of(entry: PriceList, rows: Sequence[PriceRow]) -> list[Fault]:
    """Returns the sizes for which a list has no price."""
    return gaps(prices_of(entry, rows), entry.size_by)


def all_lists() -> QuerySet[PriceList]:
    """Returns the lists with how many prices each has (`row_count`), those in use first."""
    return (
        PriceList.objects.select_related("contact")
        .annotate(row_count=Count("rows"))
        .order_by("-is_active", "contact__name", "contact_kind", "-valid_from", "name", "id")
    )


def rival_of(entry: PriceList) -> PriceList | None:
    """Returns another list in use for the same people that begins on the same day: neither would come first."""
    same = PriceList.objects.filter(
        is_active=True, contact=entry.contact, contact_kind=entry.contact_kind, valid_from=entry.valid_from
    )
    return same.exclude(pk=entry.pk).first() if entry.is_active else None


def has_general_list(on: date) -> bool:
    """Whether a list for everybody is in force on a day."""
    return lists_in_force(on).filter(contact__isnull=True, contact_kind="").exists()
