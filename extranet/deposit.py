"""The deposit of a visit: what is asked and what is given back, pure, in euros."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from extranet.enums_booking import DepositKind

_CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class DepositRules:
    """What a firm asks before it confirms a visit."""

    kind: str = DepositKind.NONE
    amount: Decimal | None = None
    percent: int = 30
    least: Decimal | None = None
    most: Decimal | None = None

    def asked(self, price: Decimal | None) -> Decimal | None:
        """Returns the deposit of a visit of this price, VAT included, never more than that; None: nothing is asked.

        Of a price that is not known a part cannot be taken: the least is asked then, if there is one.
        """
        if self.kind == DepositKind.FIXED:
            found = self.amount
        elif self.kind == DepositKind.PERCENT:
            part = None if price is None else (price * self.percent / 100).quantize(_CENT, rounding=ROUND_HALF_UP)
            found = self._within(part)
        else:
            found = None
        if found is not None and price is not None:
            found = min(found, price)
        return found if found and found > 0 else None

    def _within(self, part: Decimal | None) -> Decimal | None:
        if part is None:
            return self.least
        if self.least is not None:
            part = max(part, self.least)
        return part if self.most is None else min(part, self.most)


def given_back(
    deposit: Decimal, *, starts_at: datetime, now: datetime, full_until_hours: int, then_percent: int
) -> Decimal:
    """Returns what of a paid deposit is given back when the client cancels now."""
    if now <= starts_at - timedelta(hours=full_until_hours):
        return deposit
    return (deposit * then_percent / 100).quantize(_CENT, rounding=ROUND_HALF_UP)
