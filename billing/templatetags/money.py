"""Amounts of payments as pages show them."""

from django import template
from django.utils.formats import number_format

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
    return number_format(in_euros(cents), use_l10n=True, force_grouping=False)
