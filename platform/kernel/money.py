"""Amounts of money as people read them."""

from decimal import Decimal

from babel.numbers import format_currency
from django.utils.translation import get_language, to_locale


def euros(amount: Decimal) -> str:
    """Returns an amount of euros as the active language writes it: 12 345,00 € or €12,345.00."""
    return format_currency(amount, "EUR", locale=to_locale(get_language() or "fr"))
