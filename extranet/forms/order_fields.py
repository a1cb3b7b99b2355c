"""Fields of orders, as people type them."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

_UNIT = re.compile(r"\s*(m²|m2)\s*$", re.IGNORECASE)
_PHONE = re.compile(r"[+()\d][\d\s().\-/]*")
#: E.164 has fifteen digits at most; six are a short inner number.
_MIN_DIGITS, _MAX_DIGITS = 6, 15


class DayInput(forms.DateInput):
    """A day, as the browser's own picker gives it."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class SurfaceField(forms.DecimalField):
    """Square metres as people type them: 85,5 or 85.5 or 85 m²; cleans to a Decimal above 0 of two places."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 14})

    def __init__(self, **kwargs: Any) -> None:
        limits: dict[str, Any] = {"min_value": Decimal("0.01"), "max_value": Decimal(100_000), "decimal_places": 2}
        super().__init__(**limits | kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs take it for a whole number
        """Returns the surface; raises ValidationError when it is none."""
        if isinstance(value, str):
            value = "".join(_UNIT.sub("", value).split()).replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """Returns what the field shows: the sign of the reader's language, no needless zeros."""
        if not isinstance(value, Decimal):
            return value
        whole = value == value.to_integral_value()
        return formats.number_format(value, decimal_pos=0 if whole else 2, use_l10n=True, force_grouping=False)


class YearField(forms.IntegerField):
    """A year of construction, from the year 1000 to one that is being built."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 4})

    def clean(self, value: Any) -> int | None:
        """Returns the year; raises ValidationError when no building can be of it."""
        year: int | None = super().clean(value)
        if year is not None and not 1000 <= year <= timezone.localdate().year + 5:
            raise ValidationError(_("Give a year in four digits, such as 1975."), code="year")
        return year


class PhoneField(forms.CharField):
    """A phone number as people write it; cleans to the same without what surrounds it."""

    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 30} | kwargs)

    def clean(self, value: Any) -> str:
        """Returns the number; raises ValidationError when it is none."""
        text = str(super().clean(value) or "").strip()
        digits = sum(sign.isdigit() for sign in text)
        if text and not (_PHONE.fullmatch(text) and _MIN_DIGITS <= digits <= _MAX_DIGITS):
            raise ValidationError(_("This is not a phone number."), code="phone")
        return text
