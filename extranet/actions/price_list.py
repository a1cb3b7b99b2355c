"""The firm's price lists. A quote keeps its own lines: none of this alters one that was issued."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from extranet.models import PriceList, PricePack, PriceRow, TravelPrice
from extranet.queries.price_list import price_of
from extranet.tariff import cents, overlaps
from kernel.errors import DomainError

FIELDS = (
    "name",
    "is_active",
    "valid_from",
    "valid_until",
    "contact",
    "contact_kind",
    "size_by",
    "vat_rate",
    "travel_free_km",
    "travel_per_km",
    "travel_most",
    "urgent_amount",
    "urgent_percent",
    "weekend_amount",
    "evening_amount",
    "outbuilding_amount",
)
ROW_FIELDS = ("diagnostic", "transaction", "property_kind", "size_from", "size_to", "price")
PACK_FIELDS = ("name", "diagnostics", "least", "transaction", "percent", "amount")
TRAVEL_FIELDS = ("postcode", "amount")


@transaction.atomic
def save_price_list(entry: PriceList | None, *, values: Mapping[str, Any]) -> PriceList:
    """Returns the list, new or edited; raises DomainError `sizes_differ` when its prices go by another size."""
    saved = PriceList() if entry is None else _locked(entry)
    if entry is not None and values["size_by"] != saved.size_by and has_sizes(saved):
        raise DomainError("sizes_differ", _("The list has prices that go by the other size: delete those first."))
    for name in FIELDS:
        setattr(saved, name, values[name])
    saved.is_unchecked = False
    saved.save()
    return saved


def has_sizes(entry: PriceList) -> bool:
    """Whether a list has prices that go by a size."""
    rows = PriceRow.objects.filter(price_list=entry)
    return rows.exclude(size_from__isnull=True, size_to__isnull=True).exists()


@transaction.atomic
def delete_price_list(entry: PriceList) -> None:
    """Deletes a list with its prices."""
    PriceList.objects.filter(pk=entry.pk).delete()


@transaction.atomic
def duplicate_price_list(entry: PriceList, *, name: str, percent: Decimal) -> PriceList:
    """Returns a copy that is not in use yet, its prices changed by a percentage; packs and travels stay."""
    source = _locked(entry)
    copy = PriceList(**{field: getattr(source, field) for field in FIELDS})
    copy.name, copy.is_active = name, False
    copy.save()
    factor = 1 + percent / 100
    rows = _copies(source, PriceRow, ROW_FIELDS, copy)
    for row in rows:
        row.price = cents(row.price * factor)
    PriceRow.objects.bulk_create(rows)
    PricePack.objects.bulk_create(_copies(source, PricePack, PACK_FIELDS, copy))
    TravelPrice.objects.bulk_create(_copies(source, TravelPrice, TRAVEL_FIELDS, copy))
    return copy


def _copies[Row: (PriceRow, PricePack, TravelPrice)](
    source: PriceList, model: type[Row], fields: Sequence[str], copy: PriceList
) -> list[Row]:
    rows = model._default_manager.filter(price_list=source)
    return [model(price_list=copy, **{field: getattr(row, field) for field in fields}) for row in rows]


@transaction.atomic
def save_rows(entry: PriceList, rows: Sequence[Mapping[str, Any]], *, diagnostic: str = "") -> None:
    """Replaces the prices of one diagnostic, or all of them; raises DomainError `prices_overlap`."""
    locked = _locked(entry)
    new = [PriceRow(price_list=locked, **{field: row[field] for field in ROW_FIELDS}) for row in rows]
    if faults := overlaps(price_of(row, size_by=locked.size_by) for row in new):
        text = _("Two prices for the same case: %(case)s.") % {"case": faults[0].words(locked.size_by)}
        raise DomainError("prices_overlap", text)
    old = PriceRow.objects.filter(price_list=locked)
    (old.filter(diagnostic=diagnostic) if diagnostic else old).delete()
    PriceRow.objects.bulk_create(new)
    _touch(locked)


@transaction.atomic
def save_packs(entry: PriceList, packs: Sequence[Mapping[str, Any]]) -> None:
    """Replaces the packs of a list."""
    _replace(PricePack, entry, packs, PACK_FIELDS)


@transaction.atomic
def save_travels(entry: PriceList, travels: Sequence[Mapping[str, Any]]) -> None:
    """Replaces the travels by postcode of a list."""
    _replace(TravelPrice, entry, travels, TRAVEL_FIELDS)


def _replace[Row: (PricePack, TravelPrice)](
    model: type[Row], entry: PriceList, lines: Sequence[Mapping[str, Any]], fields: Sequence[str]
) -> None:
    locked = _locked(entry)
    rows = model._default_manager
    rows.filter(price_list=locked).delete()
    rows.bulk_create(model(price_list=locked, **{field: line[field] for field in fields}) for line in lines)
    _touch(locked)


def _locked(entry: PriceList) -> PriceList:
    found = PriceList.objects.select_for_update().filter(pk=entry.pk).first()
    if found is None:
        raise DomainError("gone", _("This price list is no longer there."))
    return found


def _touch(entry: PriceList) -> None:
    """Notes that somebody of the firm has looked at the prices."""
    entry.is_unchecked = False
    entry.save(update_fields=["is_unchecked", "changed_at"])
