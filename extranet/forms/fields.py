"""Fields that several forms share."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.utils import formats
from django.utils.translation import gettext_lazy as _

_SEPARATORS = re.compile(r"[\s,;]+")
#: Of an address (RFC 5321 § 4.5.3.1.3, without the brackets).
_MAX_LENGTH = 254


class EmailListField(forms.CharField):
    """Several e-mail addresses, separated by commas, semicolons, spaces or lines; cleans to a list without twins."""

    widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocapitalize": "none"})

    def clean(self, value: Any) -> list[str]:
        """Returns the addresses in lower case; raises ValidationError naming the one that is none."""
        text = str(super().clean(value) or "")
        emails: list[str] = []
        for entry in filter(None, _SEPARATORS.split(text)):
            email = entry.lower()
            try:
                MaxLengthValidator(_MAX_LENGTH)(email)
                validate_email(email)
            except ValidationError as error:
                raise ValidationError(
                    _("“%(entry)s” is not an e-mail address.") % {"entry": entry[:100]}, code="invalid"
                ) from error
            if email not in emails:
                emails.append(email)
        return emails


class AmountField(forms.DecimalField):
    """An amount of euros as people type it: 1 234,50 or 1234.5 or 80 €; cleans to a Decimal of at most two places."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_digits": 10, "decimal_places": 2} | kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs take it for a whole number
        """Returns the amount; raises ValidationError when it is none."""
        if isinstance(value, str):
            value = "".join(value.split()).removesuffix("€").replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """Returns what the field shows: two places with the sign of the reader's language."""
        return formats.number_format(value, decimal_pos=2, use_l10n=True) if isinstance(value, Decimal) else value


class SizeField(AmountField):
    """A surface or a count as people type it: 80, 45,5 or 80 m²; cleans to a Decimal of at most two places."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 8} | kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # as above
        """Returns the size; raises ValidationError when it is none."""
        return super().to_python(value.strip().removesuffix("m²") if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        """Returns what the field shows: no zeros behind the sign."""
        if not isinstance(value, Decimal):
            return value
        return formats.number_format(value.normalize(), use_l10n=True) if value else "0"
