"""What a deposit is and what of it is given back, on examples and on any figures."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extranet.deposit import DepositRules, given_back
from extranet.enums_booking import DepositKind

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(99_999), places=2)


@pytest.mark.parametrize(
    ("rules", "price", "asked"),
    [
        (DepositRules(), "300", None),
        (DepositRules(kind=DepositKind.FIXED, amount=Decimal(50)), "300", "50"),
        (DepositRules(kind=DepositKind.FIXED, amount=Decimal(50)), None, "50"),
        (DepositRules(kind=DepositKind.FIXED, amount=Decimal(50)), "30", "30"),
        (DepositRules(kind=DepositKind.PERCENT, percent=30), "333.33", "100.00"),
        (DepositRules(kind=DepositKind.PERCENT, percent=30), None, None),
        (DepositRules(kind=DepositKind.PERCENT, percent=30, least=Decimal(40)), None, "40"),
        (DepositRules(kind=DepositKind.PERCENT, percent=30, least=Decimal(40)), "100", "40"),
        (DepositRules(kind=DepositKind.PERCENT, percent=30, most=Decimal(60)), "300", "60"),
        (DepositRules(kind=DepositKind.PERCENT, percent=30), "0", None),
    ],
)
def test_what_is_asked(rules: DepositRules, price: str | None, asked: str | None) -> None:
    found = rules.asked(Decimal(price) if price else None)
    assert found == (Decimal(asked) if asked else None)


@given(price=amounts, percent=st.integers(1, 100), least=st.none() | amounts, most=st.none() | amounts)
def test_a_deposit_is_never_more_than_the_price(
    price: Decimal, percent: int, least: Decimal | None, most: Decimal | None
) -> None:
    found = DepositRules(kind=DepositKind.PERCENT, percent=percent, least=least, most=most).asked(price)
    assert found is None or Decimal(0) < found <= price
    if found is not None:
        assert found == found.quantize(Decimal("0.01"))


@given(
    deposit=amounts,
    hours=st.integers(0, 720),
    percent=st.integers(0, 100),
    one=st.integers(-1000, 60_000),
    other=st.integers(-1000, 60_000),
)
def test_the_later_a_client_cancels_the_less_comes_back(
    deposit: Decimal, hours: int, percent: int, one: int, other: int
) -> None:
    def back(minutes: int) -> Decimal:
        starts_at = NOW + timedelta(minutes=minutes)
        return given_back(deposit, starts_at=starts_at, now=NOW, full_until_hours=hours, then_percent=percent)

    assert Decimal(0) <= back(min(one, other)) <= back(max(one, other)) <= deposit
    assert back(hours * 60) == deposit
