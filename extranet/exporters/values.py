"""Values of other tables, found for many rows at once so that no row costs a query."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Func, Value
from django.db.models.functions import Coalesce, NullIf


def among(keys: Sequence[int]) -> Func:
    """Returns the right side of `__in` for many keys: one parameter, since thousands cost more than their rows."""
    array = Value(list(keys), output_field=ArrayField(BigIntegerField()))
    return Func(array, template="(SELECT unnest(%(expressions)s))", output_field=BigIntegerField())


def joined(pairs: Iterable[tuple[int, str]], *, by: str = ", ") -> Mapping[int, str]:
    """Returns the texts of each key as one, in their order."""
    texts: dict[int, list[str]] = defaultdict(list)
    for key, text in pairs:
        texts[key].append(text)
    return {key: by.join(found) for key, found in texts.items()}


def company_or_name(prefix: str = "") -> Coalesce:
    """Returns what a contact is called in a list: its company, else its name."""
    return Coalesce(NullIf(F(f"{prefix}company"), Value("")), F(f"{prefix}name"))
