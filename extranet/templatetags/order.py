"""What the pages of orders say in short."""

import re
from collections.abc import Sequence

from django import template

from extranet.models import Order
from extranet.queries.order import diagnostic_labels
from extranet.queries.order import is_late as _is_late

register = template.Library()
#: How many diagnostics a line of the list names.
_NAMED = 4
#: “Energy performance (DPE)” is DPE to the trade.
_ACRONYM = re.compile(r"^.*\(([A-Z]+)\)$")


@register.filter
def kinds_in_short(kinds: Sequence[str]) -> str:
    """Returns the first diagnostics of an order and how many more there are."""
    labels = [_ACRONYM.sub(r"\1", label) for label in diagnostic_labels(kinds)]
    more = len(labels) - _NAMED
    text = ", ".join(labels[:_NAMED])
    return f"{text} + {more}" if more > 0 else text


@register.filter
def is_late(order: Order) -> bool:
    """Whether the day by which the reports are wanted is past and the order still open."""
    return _is_late(order)
