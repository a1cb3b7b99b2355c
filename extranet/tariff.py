"""A price list as plain data: its prices by size, packs and travels, how people read them, its holes and overlaps."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from extranet.enums import DiagnosticKind, PropertyKind, Transaction
from extranet.enums_price import SizeBy

ZERO = Decimal("0.00")
_CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Returns an amount to the cent, half a cent upwards."""
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)


def vat_shares(lines: Iterable[tuple[Decimal | None, Decimal]]) -> list[Decimal]:
    """Returns what each line (rate in percent, net) adds to the rounded VAT of its rate, so that no cent is lost."""
    nets: dict[Decimal | None, Decimal] = {}
    shares: list[Decimal] = []
    for rate, net in lines:
        before = nets.get(rate, ZERO)
        nets[rate] = before + net
        shares.append(ZERO if rate is None else cents(nets[rate] * rate / 100) - cents(before * rate / 100))
    return shares


@dataclass(frozen=True, kw_only=True)
class Price:
    """One price: sizes from `start` (with it) to `end` (without it); None has no end, an empty text fits all."""

    diagnostic: str
    amount: Decimal
    transaction: str = ""
    property_kind: str = ""
    start: Decimal | None = None
    end: Decimal | None = None

    @property
    def is_sized(self) -> bool:
        """Whether the size matters."""
        return bool(self.start) or self.end is not None

    @property
    def rank(self) -> tuple[int, bool]:
        """What decides between prices that fit: the one that says more; the property before the occasion."""
        return bool(self.transaction) + bool(self.property_kind), bool(self.property_kind)

    def fits(self, transaction: str, property_kind: str, size: Decimal | None) -> bool | None:
        """Whether the price is of such an order; None while what would decide is not known."""
        parts = (_same(self.transaction, transaction), _same(self.property_kind, property_kind), self._holds(size))
        if False in parts:
            return False
        return None if None in parts else True

    def _holds(self, size: Decimal | None) -> bool | None:
        if not self.is_sized:
            return True
        if size is None:
            return None
        return (self.start or 0) <= size and (self.end is None or size < self.end)


def _same(wanted: str, given: str) -> bool | None:
    if not wanted:
        return True
    return wanted == given if given else None


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A discount on those of `diagnostics` (all of them are ordered), or on all once there are `least`."""

    name: str
    diagnostics: frozenset[str] = frozenset()
    least: int | None = None
    transaction: str = ""
    percent: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Tariff:
    """A price list as the computation takes it; amounts are without VAT, `vat_rate` None is the franchise (293 B)."""

    name: str = ""
    size_by: str = SizeBy.SURFACE
    vat_rate: Decimal | None = Decimal("20.00")
    prices: Sequence[Price] = ()
    packs: Sequence[Pack] = ()
    #: What going there costs, by the beginning of the postcode.
    travels: Sequence[tuple[str, Decimal]] = ()
    free_km: int = 0
    per_km: Decimal = ZERO
    travel_most: Decimal | None = None
    urgent_amount: Decimal = ZERO
    urgent_percent: Decimal = ZERO
    weekend_amount: Decimal = ZERO
    evening_amount: Decimal = ZERO
    outbuilding_amount: Decimal = ZERO


# --- for people to read -----------------------------------------------------------------------------------------------


def price_words(one: Price, size_by: str) -> str:
    """Returns what a price is for: “Flat · sale · from 30 to less than 80 m²”."""
    parts = [
        str(PropertyKind(one.property_kind).label) if one.property_kind else "",
        str(Transaction(one.transaction).label) if one.transaction else "",
        size_words(one.start, one.end, size_by),
    ]
    return " · ".join(part for part in parts if part) or _("Any property")


def size_words(start: Decimal | None, end: Decimal | None, size_by: str) -> str:
    """Returns a range of sizes, which goes up to `end` without it: "" when it is all sizes."""
    if not start and end is None:
        return ""
    if size_by == SizeBy.ROOMS:
        first, last = int(start or 1), None if end is None else int(end) - 1
        if last is None:
            return _("%(first)s rooms or more") % {"first": first}
        if last <= first:
            return ngettext("%(count)d room", "%(count)d rooms", first) % {"count": first}
        return _("%(first)s to %(last)s rooms") % {"first": first, "last": last}
    figures = {"least": figure(start or ZERO), "below": figure(end)}
    if end is None:
        return _("%(least)s m² or more") % figures
    return (_("%(least)s to less than %(below)s m²") if start else _("less than %(below)s m²")) % figures


def figure(value: Decimal | None) -> str:
    """Returns a figure as people write it, without useless zeros."""
    if value is None:
        return ""
    places = max(0, -int(value.normalize().as_tuple().exponent))
    return number_format(value, decimal_pos=places, use_l10n=True)


# --- holes and overlaps -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """Sizes of one diagnostic that have no price, or two; an empty text is any property or occasion."""

    diagnostic: str
    transaction: str
    property_kind: str
    start: Decimal | None
    end: Decimal | None

    def words(self, size_by: str) -> str:
        """Returns the fault for people to read: “Gas · Flat · 80 to less than 100 m²”."""
        one = Price(
            diagnostic=self.diagnostic,
            amount=ZERO,
            transaction=self.transaction,
            property_kind=self.property_kind,
            start=self.start,
            end=self.end,
        )
        return f"{DiagnosticKind(self.diagnostic).label} · {price_words(one, size_by)}"


type _Key = tuple[str, str, str]


def _key(one: Price) -> _Key:
    return one.diagnostic, one.transaction, one.property_kind


def overlaps(prices: Iterable[Price]) -> list[Fault]:
    """Returns the sizes that two prices of the same diagnostic, occasion and property are for."""
    found: list[Fault] = []
    for key, group in _grouped(prices, _key).items():
        end: Decimal | None = ZERO
        for one in sorted(group, key=lambda each: each.start or ZERO):
            start = one.start or ZERO
            if end is None or start < end:
                ends = [value for value in (end, one.end) if value is not None]
                found.append(Fault(*key, start, min(ends, default=None)))
            end = None if end is None or one.end is None else max(end, one.end)
    return found


def gaps(prices: Iterable[Price], size_by: str) -> list[Fault]:
    """Returns the sizes without a price, of the occasions and properties that a list speaks of."""
    least = Decimal(1) if size_by == SizeBy.ROOMS else ZERO
    found: list[Fault] = []
    by_kind = _grouped(prices, lambda one: one.diagnostic)
    for diagnostic, rows in by_kind.items():
        for _diagnostic, transaction, property_kind in _grouped(rows, _key):
            # what says less is for these too
            covering = [
                one for one in rows if one.transaction in {"", transaction} and one.property_kind in {"", property_kind}
            ]
            found += [
                Fault(diagnostic, transaction, property_kind, start, end) for start, end in _holes(covering, least)
            ]
    return found


def _holes(rows: Iterable[Price], least: Decimal) -> list[tuple[Decimal, Decimal | None]]:
    holes: list[tuple[Decimal, Decimal | None]] = []
    end = least
    for one in sorted(rows, key=lambda each: each.start or ZERO):
        start = one.start or ZERO
        if start > end:
            holes.append((end, start))
        if one.end is None:
            return holes
        end = max(end, one.end)
    return [*holes, (end, None)]


def _grouped[K](prices: Iterable[Price], key: Callable[[Price], K]) -> dict[K, list[Price]]:
    groups: dict[K, list[Price]] = {}
    for one in prices:
        groups.setdefault(key(one), []).append(one)
    return groups
