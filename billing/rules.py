"""Predicates and small computations of payments, without queries."""

import calendar
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from dateutil.easter import easter

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


def dossier_name(reference: str, title: str) -> str:
    """Returns how a dossier is named where there is one line: its number unless the title says it, and its title."""
    return f"{reference} — {title}" if reference and reference not in title else title


def is_test(provider: str, mode: str) -> bool:
    """Returns whether no money moves; a cheque is real whatever the mode of the account that it is recorded under."""
    return provider != Provider.MANUAL and mode == Mode.TEST


def is_quiet(day: date) -> bool:
    """Whether nobody is reminded of money on a day: Sundays and the public holidays of France (L3133-1 C. trav.)."""
    return day.weekday() == calendar.SUNDAY or (day.month, day.day) in _HOLIDAYS or day in _moving_holidays(day.year)


def next_sending_day(day: date) -> date:
    """Returns the first day, from this one on, on which reminders leave."""
    while is_quiet(day):
        day += timedelta(days=1)
    return day


_HOLIDAYS = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}


def _moving_holidays(year: int) -> set[date]:
    """Returns Easter Monday, Ascension Day and Whit Monday."""
    sunday = easter(year)
    return {sunday + timedelta(days=after) for after in (1, 39, 50)}
