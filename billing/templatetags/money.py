"""Amounts of payments as pages show them."""

from django import template
from django.utils.translation import get_language

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


@register.filter
def plain(cents: int) -> str:
    """Returns cents as one types an amount into a bank's form: 1234,50 or 1234.50, without a sign."""
    mark = "," if (get_language() or "fr").startswith("fr") else "."
    return f"{in_euros(cents):f}".replace(".", mark)
