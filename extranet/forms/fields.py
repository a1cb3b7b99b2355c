"""Fields that several forms share."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
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
