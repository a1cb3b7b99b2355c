"""What the tests of quotes share."""

import io
import re
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from extranet.actions.order import begin_order, send_order
from extranet.enums_order import OrderOrigin
from extranet.models import (
    Order,
    PriceList,
    PriceRow,
    QuoteSettings,
)
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from storage.backends import firm_storage
from storage.models import StoredFile
from tests.factories.cast import Cast
from tests.factories.order_things import PROPERTY


def checked_prices() -> PriceList:
    """Everybody's checked list in alpha: DPE 100, asbestos 80, 20 % of VAT, 10 % less from two on."""
    with firm_context("firm_alpha"):
        PriceList.objects.all().delete()
        entry = PriceList.objects.create(name="Tarif", vat_rate=Decimal("20.00"))
        for kind, amount in (("dpe", 100), ("amiante", 80)):
            PriceRow.objects.create(price_list=entry, diagnostic=kind, price=amount)
        entry.packs.create(name="Pack", least=2, percent=10)
        return entry


def ordered(cast: Cast, *kinds: str, sent: bool = True, origin: OrderOrigin = OrderOrigin.CLIENT) -> Order:
    """Returns an order in the current firm: Alice's, or that of somebody without an account."""
    alice = cast.alice if origin == OrderOrigin.CLIENT else None
    values = PROPERTY | {"floor": "", "diagnostics": list(kinds), "surface": Decimal(80)}
    if alice is None:
        values |= {"orderer_name": "Vera", "orderer_email": "vera@mail.example"}
    order = begin_order(origin=origin, user=alice.user if alice else None, contact=alice, values=values)
    return send_order(order, user=alice.user if alice else None) if sent else order


def mode(value: str, **others: Any) -> None:
    QuoteSettings.objects.update(issue_mode=value, **others)


def text_of(data: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    return re.sub(r"\s+", " ", text)


def bytes_of(stored: StoredFile | None) -> bytes:
    assert stored is not None
    return b"".join(firm_storage().stream(stored.key))


def code_of(call: Any) -> str:
    with pytest.raises(DomainError) as caught:
        call()
    return caught.value.code
