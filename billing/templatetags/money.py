"""Amounts of payments as pages show them."""

from django import template

from billing.rules import in_euros
from kernel.money import euros

register = template.Library()


@register.filter
def money(cents: int | None) -> str:
    """Returns cents as euros in the page's language; nothing for none."""
    return euros(in_euros(cents)) if cents is not None else ""


@register.filter
def of_provider(amounts: dict[str, int], provider: str) -> int:
    """Returns the cents of a provider; 0 where it brought none."""
    return amounts.get(provider, 0)
