"""Template filters of visits."""

from datetime import UTC, datetime

from django import template

from extranet.rules import duration_words

register = template.Library()


@register.filter
def duration(minutes: int) -> str:
    """Returns how long something takes, in words."""
    return duration_words(minutes)


@register.filter
def start_value(moment: datetime) -> str:
    """Returns an instant as the form of times carries it (forms.client_booking)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
