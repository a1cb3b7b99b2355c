"""What a quote adds up to, for any lines."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from extranet.enums_price import LineKind
from extranet.quoting import QuoteTerms, added_up, discounts
from extranet.tariff import cents

AMOUNTS = st.decimals(min_value=0, max_value=5_000, places=2)
LINES = st.lists(
    st.builds(
        QuoteTerms,
        label=st.just("x"),
        unit=AMOUNTS,
        quantity=st.decimals(min_value=Decimal("0.01"), max_value=50, places=2),
        vat_rate=st.sampled_from([None, Decimal("20.00"), Decimal("10.00"), Decimal("8.50"), Decimal("5.50")]),
    ),
    max_size=12,
)


@given(LINES)
def test_lines_add_up_to_the_total_to_the_cent(lines: list[QuoteTerms]) -> None:
    totals = added_up(lines)
    assert totals.net == sum((line.net for line in lines), Decimal(0))
    assert totals.vat == sum(totals.vats, Decimal(0)) == sum((part.vat for part in totals.parts), Decimal(0))
    assert totals.gross == sum((line.net + vat for line, vat in zip(lines, totals.vats, strict=True)), Decimal(0))
    assert totals.net == sum((part.net for part in totals.parts), Decimal(0))
    for part in totals.parts:
        assert part.vat == (cents(part.net * part.rate / 100) if part.rate else 0), "rounded once for each rate"
    assert all(amount == cents(amount) for amount in (totals.net, totals.vat, *totals.vats))


@given(LINES, st.decimals(min_value=0, max_value=100, places=2))
def test_a_discount_never_makes_a_quote_negative(lines: list[QuoteTerms], percent: Decimal) -> None:
    off = discounts(lines, percent=percent, label="Remise", kind=LineKind.DISCOUNT)
    before, after = added_up(lines), added_up([*lines, *off])
    assert not after.is_negative
    assert 0 <= after.gross <= before.gross
    assert len(off) <= len(before.parts)


@given(LINES)
def test_the_order_of_lines_changes_no_total(lines: list[QuoteTerms]) -> None:
    forth, back = added_up(lines), added_up(lines[::-1])
    assert (forth.net, forth.vat, forth.parts) == (back.net, back.vat, back.parts)


def test_more_off_at_one_rate_is_seen_even_where_the_total_is_positive() -> None:
    lines = [
        QuoteTerms(label="a", unit=Decimal(100), vat_rate=Decimal(20)),
        QuoteTerms(label="b", unit=Decimal(-1), vat_rate=Decimal(10)),
    ]
    assert added_up(lines).is_negative
