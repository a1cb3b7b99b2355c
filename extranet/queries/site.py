"""The firm's site as it is stored, and what its pages take from the rest of the portal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import F, Min
from django.utils import timezone

from extranet.enums import DiagnosticKind
from extranet.enums_site import BlockKind, PriceSource
from extranet.models import BookingSettings, PriceList, PriceRow, Site, SiteContact, SiteImage
from extranet.queries.company import legal_mentions
from extranet.queries.price_list import price_list_for
from extranet.queries.settings import portal_settings
from extranet.site_document import Document, Page, read
from extranet.tariff import cents
from kernel.money import euros


@dataclass(frozen=True)
class Live:
    """What a page shows of the portal: read when the page is made, not when it was published."""

    #: (diagnostic, lowest price with VAT) of the price list for everybody.
    prices: list[tuple[str, str]] = field(default_factory=list)
    legal: str = ""
    latitude: float | None = None
    longitude: float | None = None
    visitor_orders: bool = False


def the_site() -> Site:
    """Returns the firm's site: its one row."""
    return Site.objects.get(pk=1)


def published_version() -> int | None:
    """Returns the version of the site that visitors see, None when there is none: one short query."""
    found = Site.objects.filter(pk=1, published__isnull=False).values_list("version", flat=True)
    return found.first()


def published_document() -> Document | None:
    """Returns the site as visitors see it, if it is published."""
    data = Site.objects.values_list("published", flat=True).get(pk=1)
    return None if data is None else read(data)


def pictures_of(document: Document) -> Mapping[str, SiteImage]:
    """Returns the pictures that a site shows, by their codes; no query when there are none."""
    codes = document.pictures
    return {image.code: image for image in SiteImage.objects.filter(code__in=codes)} if codes else {}


def live_of(page: Page) -> Live:
    """Returns what the blocks of a page take from the portal: a query for each that needs one, six at most."""
    kinds = {block.kind for block in page.blocks}
    rules = portal_settings() if kinds & {BlockKind.QUOTE, BlockKind.PRICES} else None
    place = None
    if any(block.kind == BlockKind.ZONE and block.values["map"] for block in page.blocks):
        place = BookingSettings.objects.values_list("latitude", "longitude").get(pk=1)
    from_tariff = any(
        block.kind == BlockKind.PRICES and block.values["source"] == PriceSource.TARIFF for block in page.blocks
    )
    return Live(
        prices=lowest_prices(timezone.localdate()) if from_tariff else [],
        legal=legal_mentions() if BlockKind.LEGAL in kinds else "",
        latitude=place[0] if place else None,
        longitude=place[1] if place else None,
        visitor_orders=rules is not None and rules.visitor_orders,
    )


def lowest_prices(on: date) -> list[tuple[str, str]]:
    """Returns (diagnostic, lowest price with VAT) of everybody's list; none of a list that nobody has checked."""
    entry = price_list_for(None, on)
    if entry is None or entry.is_unchecked:
        return []
    rows = PriceRow.objects.filter(price_list=entry, price__gt=0).values_list("diagnostic").annotate(Min("price"))
    found = dict(rows.order_by())
    return [
        (str(label), euros(_with_vat(found[kind], entry))) for kind, label in DiagnosticKind.choices if kind in found
    ]


def _with_vat(net: Decimal, entry: PriceList) -> Decimal:
    return net if entry.vat_rate is None else cents(net * (100 + entry.vat_rate) / 100)


def site_contacts() -> "list[SiteContact]":
    """Returns the last 200 messages of visitors, those to be answered first."""
    return list(SiteContact.objects.order_by(F("handled_at").desc(nulls_first=True), "-at", "-id")[:200])
