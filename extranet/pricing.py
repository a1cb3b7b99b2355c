"""What an order costs, to the cent, and why: a price list over what is ordered, without queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from extranet.enums import DiagnosticKind
from extranet.enums_price import LineKind, SizeBy
from extranet.tariff import ZERO, Pack, Price, Tariff, cents, figure, price_words, vat_shares
from kernel.money import euros


@dataclass(frozen=True, kw_only=True)
class PriceRequest:
    """What is to be priced; "" or None where it is not known."""

    diagnostics: Sequence[str] = ()
    transaction: str = ""
    property_kind: str = ""
    surface: Decimal | None = None
    rooms: int | None = None
    outbuildings: int = 0
    postcode: str = ""
    #: One way, from the firm.
    distance_km: Decimal | None = None
    urgent: bool = False
    weekend: bool = False
    evening: bool = False


# --- the answer -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PricedLine:
    """A line of a price; the VAT of all lines adds up to that of the total."""

    kind: LineKind
    label: str
    net: Decimal
    why: str
    diagnostic: str = ""
    quantity: Decimal = Decimal(1)
    unit: Decimal = ZERO
    vat_rate: Decimal | None = None
    vat: Decimal = ZERO

    @property
    def gross(self) -> Decimal:
        """The amount with VAT."""
        return self.net + self.vat


@dataclass(frozen=True)
class Unpriced:
    """A diagnostic without a price, and the reason; `missing` names what would decide: surface, rooms and the like."""

    diagnostic: str
    why: str
    missing: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What people call the diagnostic."""
        return str(DiagnosticKind(self.diagnostic).label)


@dataclass(frozen=True)
class Priced:
    """What an order costs: its lines add up to `net`, `net` and `vat` to `gross`."""

    lines: tuple[PricedLine, ...]
    unpriced: tuple[Unpriced, ...]
    vat_rate: Decimal | None
    net: Decimal
    vat: Decimal
    gross: Decimal
    notes: tuple[str, ...] = field(default=())

    @property
    def is_complete(self) -> bool:
        """Whether everything that is asked for has a price."""
        return not self.unpriced


def price(tariff: Tariff, request: PriceRequest) -> Priced:
    """Returns what a request costs by a price list, each line with the reason, in the active language."""
    diagnostics, unpriced = _diagnostics(tariff, request)
    lines = [*diagnostics]
    notes: list[str] = []
    if discount := _discount(tariff.packs, diagnostics, request.transaction):
        lines.append(discount)
    if diagnostics:
        if request.outbuildings > 0 and tariff.outbuilding_amount:
            lines.append(_outbuildings(tariff, request.outbuildings))
        work = sum((line.net for line in lines), ZERO)
        lines += _surcharges(tariff, request, work)
        travel = _travel(tariff, request)
        if isinstance(travel, str):
            notes.append(travel)
        elif travel is not None:
            lines.append(travel)
    return _added_up(lines, unpriced, tariff.vat_rate, notes)


def _added_up(
    lines: Iterable[PricedLine], unpriced: Sequence[Unpriced], rate: Decimal | None, notes: Sequence[str]
) -> Priced:
    """Returns the total of lines that are all taxed at one rate."""
    plain = list(lines)
    shares = vat_shares((rate, line.net) for line in plain)
    taxed = tuple(replace(line, vat_rate=rate, vat=vat) for line, vat in zip(plain, shares, strict=True))
    net, vat = sum((line.net for line in plain), ZERO), sum(shares, ZERO)
    return Priced(taxed, tuple(unpriced), rate, net, vat, net + vat, tuple(notes))


# --- diagnostics ------------------------------------------------------------------------------------------------------


def _diagnostics(tariff: Tariff, request: PriceRequest) -> tuple[list[PricedLine], list[Unpriced]]:
    lines: list[PricedLine] = []
    unpriced: list[Unpriced] = []
    for kind in dict.fromkeys(request.diagnostics):
        found = _price_of(tariff, kind, request)
        if isinstance(found, Unpriced):
            unpriced.append(found)
            continue
        lines.append(
            PricedLine(
                kind=LineKind.DIAGNOSTIC,
                label=str(DiagnosticKind(kind).label),
                diagnostic=kind,
                unit=found.amount,
                net=found.amount,
                why=price_words(found, tariff.size_by),
            )
        )
    return lines, unpriced


def size_of(size_by: str, request: PriceRequest) -> Decimal | None:
    """Returns the size that a list goes by, None when it is not known."""
    if size_by == SizeBy.ROOMS:
        return None if request.rooms is None else Decimal(request.rooms)
    return request.surface


def _price_of(tariff: Tariff, kind: str, request: PriceRequest) -> Price | Unpriced:
    size = size_of(tariff.size_by, request)
    fitting: list[Price] = []
    open_: list[Price] = []
    for one in tariff.prices:
        if one.diagnostic == kind:
            fits = one.fits(request.transaction, request.property_kind, size)
            if fits is not False:
                (fitting if fits else open_).append(one)
    best = max(fitting, key=lambda one: one.rank, default=None)
    rivals = [one for one in open_ if best is None or one.rank >= best.rank]
    if not rivals:
        return best or Unpriced(kind, _("The price list has no price for it: on request."))
    if best is not None and {one.amount for one in rivals} == {best.amount}:
        return best
    missing = _missing(rivals, request, size, tariff.size_by)
    labels = {
        "surface": _("the surface"),
        "rooms": _("the number of rooms"),
        "property_kind": _("the type of property"),
        "transaction": _("sale or rental"),
    }
    wanted = ", ".join(labels[name] for name in missing)
    return Unpriced(kind, _("Its price depends on: %(missing)s.") % {"missing": wanted}, missing)


def _missing(rivals: Sequence[Price], request: PriceRequest, size: Decimal | None, size_by: str) -> tuple[str, ...]:
    wanted = {
        "transaction": not request.transaction and any(one.transaction for one in rivals),
        "property_kind": not request.property_kind and any(one.property_kind for one in rivals),
        str(size_by): size is None and any(one.is_sized for one in rivals),
    }
    return tuple(name for name, is_wanted in wanted.items() if is_wanted)


# --- packs ------------------------------------------------------------------------------------------------------------


def _discount(packs: Sequence[Pack], lines: Sequence[PricedLine], transaction: str) -> PricedLine | None:
    """Returns the discount of the pack that takes most off; the first of those that take the same."""
    offered = [_discount_of(pack, lines, transaction) for pack in packs]
    best = min((one for one in offered if one is not None), key=lambda one: one.net, default=None)
    return best if best is not None and best.net < 0 else None


def _discount_of(pack: Pack, lines: Sequence[PricedLine], transaction: str) -> PricedLine | None:
    if pack.transaction and pack.transaction != transaction:
        return None
    if not pack.diagnostics <= {line.diagnostic for line in lines}:
        return None
    if pack.least is not None and len(lines) < pack.least:
        return None
    within = [line for line in lines if not pack.diagnostics or line.diagnostic in pack.diagnostics]
    base = sum((line.net for line in within), ZERO)
    if pack.percent is not None:
        off = cents(base * pack.percent / 100)
        why = _("%(percent)s %% of %(base)s") % {"percent": figure(pack.percent), "base": euros(base)}
    else:
        off = min(cents(pack.amount or ZERO), base)
        why = _("Fixed discount")
    count = ngettext("%(count)d diagnostic together", "%(count)d diagnostics together", len(within))
    why = f"{why} · {count % {'count': len(within)}}"
    return PricedLine(kind=LineKind.DISCOUNT, label=pack.name, unit=-off, net=-off, why=why)


# --- what comes on top ------------------------------------------------------------------------------------------------


def _outbuildings(tariff: Tariff, count: int) -> PricedLine:
    unit = tariff.outbuilding_amount
    return PricedLine(
        kind=LineKind.OUTBUILDING,
        label=str(LineKind.OUTBUILDING.label),
        quantity=Decimal(count),
        unit=unit,
        net=cents(unit * count),
        why=_("%(count)s × %(unit)s") % {"count": count, "unit": euros(unit)},
    )


def _surcharges(tariff: Tariff, request: PriceRequest, work: Decimal) -> list[PricedLine]:
    found: list[PricedLine] = []
    if request.urgent:
        off = cents(tariff.urgent_amount + work * tariff.urgent_percent / 100)
        parts = [euros(tariff.urgent_amount)] if tariff.urgent_amount else []
        if tariff.urgent_percent:
            figures = {"percent": figure(tariff.urgent_percent), "base": euros(work)}
            parts.append(_("%(percent)s %% of %(base)s") % figures)
        found.append(_surcharge(LineKind.URGENCY, off, " + ".join(parts)))
    if request.weekend:
        found.append(_surcharge(LineKind.WEEKEND, tariff.weekend_amount, _("Visit on a Saturday or Sunday")))
    if request.evening:
        found.append(_surcharge(LineKind.EVENING, tariff.evening_amount, _("Visit in the evening")))
    return [line for line in found if line.net]


def _surcharge(kind: LineKind, net: Decimal, why: str) -> PricedLine:
    return PricedLine(kind=kind, label=str(kind.label), unit=net, net=net, why=why)


def _travel(tariff: Tariff, request: PriceRequest) -> PricedLine | str | None:
    """Returns the line of the travel, None when it costs nothing, or what is missing to say."""
    zones = [one for one in tariff.travels if request.postcode.startswith(one[0])]
    if request.postcode and zones:
        start, net = max(zones, key=lambda one: len(one[0]))
        why = _("Postcodes that begin with %(start)s") % {"start": start}
        return _surcharge(LineKind.TRAVEL, net, why) if net else None
    if not tariff.per_km:
        return None
    if request.distance_km is None:
        return _("Travel is not counted: the distance is not known.")
    return _travel_by_distance(tariff, request.distance_km)


def _travel_by_distance(tariff: Tariff, distance: Decimal) -> PricedLine | None:
    beyond = max(Decimal(0), distance - tariff.free_km)
    net = cents(beyond * tariff.per_km)
    if not net:
        return None
    figures: dict[str, str] = {"beyond": figure(beyond), "unit": euros(tariff.per_km), "free": str(tariff.free_km)}
    why = _("%(beyond)s km × %(unit)s beyond the first %(free)s km") % figures
    most = tariff.travel_most
    if most is not None and net > most:
        net = most
        why = f"{why} · {_('at most %(most)s') % {'most': euros(most)}}"
    line = _surcharge(LineKind.TRAVEL, net, why)
    return line if net else None
