"""Predicates and small computations of payments, without queries."""

from decimal import ROUND_HALF_UP, Decimal

from billing.enums import Mode, Provider


def cents(amount: Decimal) -> int:
    """Returns an amount of euros in cents; raises ValueError for a fraction of a cent."""
    whole = amount * 100
    if whole != whole.to_integral_value():
        raise ValueError(f"{amount} has a fraction of a cent")
    return int(whole)


def in_euros(amount: int) -> Decimal:
    """Returns an amount of cents in euros, with its two decimals."""
    return Decimal(amount).scaleb(-2)


def vat_part(amount: int, rate: Decimal | None) -> int:
    """Returns the cents of VAT within an amount that includes it, at a rate in percent, half a cent rounded up."""
    if not rate:
        return 0
    without = (Decimal(amount) / (1 + rate / 100)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return amount - int(without)


def is_test(provider: str, mode: str) -> bool:
    """Returns whether no money moves; a cheque is real whatever the mode of the account that it is recorded under."""
    return provider != Provider.MANUAL and mode == Mode.TEST
