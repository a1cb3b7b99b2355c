"""Template filters of visits."""

from datetime import UTC, datetime
from decimal import Decimal

from django import template

from extranet.rules import duration_words
from kernel.money import euros as words

register = template.Library()


@register.filter
def euros(value: Decimal | None) -> str:
    """Returns an amount of euros as people write it; nothing for none."""
    return words(value) if value is not None else ""


@register.filter
def duration(minutes: int) -> str:
    """Returns how long something takes, in words."""
    return duration_words(minutes)


@register.filter
def start_value(moment: datetime) -> str:
    """Returns an instant as the form of times carries it (forms.client_booking)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
