"""Template filters of price lists."""

from decimal import Decimal

from django import template

from extranet.tariff import figure

register = template.Library()


@register.filter
def percent(value: Decimal | None) -> str:
    """Returns a percentage as people write it, without useless zeros; nothing for none."""
    return f"{figure(value)}\u00a0%" if value is not None else ""
