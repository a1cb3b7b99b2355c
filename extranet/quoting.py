"""What a quote adds up to: pure, to the cent, with the VAT of each rate rounded once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from extranet.tariff import ZERO, cents, vat_shares


@dataclass(frozen=True, kw_only=True)
class QuoteTerms:
    """A line before it is computed; a discount has a negative unit price, no rate is no VAT (CGI art. 293 B)."""

    label: str
    unit: Decimal
    quantity: Decimal = Decimal(1)
    vat_rate: Decimal | None = None
    kind: str = ""
    diagnostic: str = ""
    detail: str = ""

    @property
    def net(self) -> Decimal:
        """The amount without VAT."""
        return cents(self.unit * self.quantity)


@dataclass(frozen=True)
class VatPart:
    """What is taxed at one rate (None: no VAT), and the tax."""

    rate: Decimal | None
    net: Decimal
    vat: Decimal


@dataclass(frozen=True)
class QuoteTotals:
    """`vats` are the lines' own parts, in their order: with `net` they add up to the totals."""

    parts: tuple[VatPart, ...]
    vats: tuple[Decimal, ...]
    net: Decimal
    vat: Decimal

    @property
    def gross(self) -> Decimal:
        """The amount with VAT."""
        return self.net + self.vat

    @property
    def is_negative(self) -> bool:
        """Whether more is taken off than asked for, in all or at one rate."""
        return any(part.net < 0 for part in self.parts)


def added_up(lines: Sequence[QuoteTerms]) -> QuoteTotals:
    """Returns the totals of lines, each taxed at a rate of its own."""
    vats = vat_shares((line.vat_rate, line.net) for line in lines)
    sums: dict[Decimal | None, tuple[Decimal, Decimal]] = {}
    for line, share in zip(lines, vats, strict=True):
        net, vat = sums.get(line.vat_rate, (ZERO, ZERO))
        sums[line.vat_rate] = net + line.net, vat + share
    ordered = sorted(sums.items(), key=lambda item: item[0] or ZERO, reverse=True)
    parts = tuple(VatPart(rate, net, vat) for rate, (net, vat) in ordered)
    return QuoteTotals(
        parts, tuple(vats), sum((part.net for part in parts), ZERO), sum((part.vat for part in parts), ZERO)
    )


def discounts(lines: Iterable[QuoteTerms], *, percent: Decimal, label: str, kind: str) -> list[QuoteTerms]:
    """Returns the lines that take a percentage off, one for each rate of VAT."""
    nets: dict[Decimal | None, Decimal] = {}
    for line in lines:
        nets[line.vat_rate] = nets.get(line.vat_rate, ZERO) + line.net
    return [
        QuoteTerms(label=label, unit=-cents(net * percent / 100), vat_rate=rate, kind=kind)
        for rate, net in nets.items()
        if cents(net * percent / 100) > 0
    ]
