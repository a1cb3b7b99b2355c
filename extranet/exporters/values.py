"""Values that SQL puts together, one for each row, so that no row costs a query."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, NullIf


def joined(values: QuerySet[Any], *, by: str = ", ") -> Func:
    """Returns the values of a subquery of one column, in its order, as one text."""
    return Func(ArraySubquery(values), Value(by), function="array_to_string", output_field=TextField())


def company_or_name(prefix: str = "") -> Coalesce:
    """Returns what a contact is called in a list: its company, else its name."""
    return Coalesce(NullIf(f"{prefix}company", Value("")), f"{prefix}name")
