"""Rows of orders and price lists with one word in all their texts (twins.py)."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from accounts.models import User
from extranet.models import (
    Contact,
    NeedRule,
    Order,
    OrderEvent,
    OrderFile,
    PriceList,
    PricePack,
    PriceRow,
    TravelPrice,
    ZoneArea,
)
from kernel.models import FirmModel
from storage.actions.files import claim, store_bytes
from storage.models import StoredFile


def price_rows(
    made: dict[type[FirmModel], Any], word: str, reader: Contact
) -> dict[type[FirmModel], Callable[[], FirmModel]]:
    """Returns the factories of what is due and what it costs."""
    return {
        NeedRule: lambda: NeedRule.objects.create(
            kind="piscine", conditions={"pool": ["yes"]}, reason=word, source=word
        ),
        ZoneArea: lambda: ZoneArea.objects.create(zone="air", area="29200", city=word, city_key=word, source=word),
        PriceList: lambda: PriceList.objects.create(name=f"Tarif {word}", contact=reader),
        PriceRow: lambda: PriceRow.objects.create(price_list=made[PriceList], diagnostic="erp", price=12),
        PricePack: lambda: PricePack.objects.create(price_list=made[PriceList], name=word, least=2, percent=5),
        TravelPrice: lambda: TravelPrice.objects.create(price_list=made[PriceList], postcode="292", amount=9),
    }


def order_rows(
    made: dict[type[FirmModel], Any], word: str, staff: User, reader: Contact
) -> dict[type[FirmModel], Callable[[], FirmModel]]:
    """Returns the factories of what is ordered: sent, with an attachment and a line of history."""
    texts = ("street", "orderer_name", "owner_name", "keys", "access_note", "remarks", "staff_notes", "search")
    return {
        Order: lambda: Order.objects.create(
            number=word,
            state="todo",
            origin="client",
            contact=reader,
            postcode="29200",
            city=word,
            property_kind="flat",
            orderer_email=f"{word}@order.example",
            diagnostics=["dpe"],
            sent_at=timezone.now(),
            created_by=staff,
            **dict.fromkeys(texts, f" {word}"),
        ),
        OrderFile: lambda: OrderFile.objects.create(
            order=made[Order], stored=_file(word, staff), name=f"{word}.txt", added_by=word
        ),
        OrderEvent: lambda: OrderEvent.objects.create(order=made[Order], kind="sent", actor_name=word, subject=word),
    }


def _file(word: str, staff: User) -> StoredFile:
    return claim(store_bytes(f"other {word}".encode(), name=f"{word}.txt", user=staff))
