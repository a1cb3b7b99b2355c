"""Where a person puts a pin."""

import math

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class _DegreesField(forms.FloatField):
    """Degrees with a point or a comma, between minus `limit` and `limit`."""

    def __init__(self, *, limit: int, label: object) -> None:
        super().__init__(
            label=str(label) if isinstance(label, str) else label,  # type: ignore[arg-type]
            localize=False,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": "20"}),
        )
        self.limit = limit

    def to_python(self, value: object) -> float | None:  # type: ignore[override]
        """Returns the number; raises ValidationError when it is none or out of the world."""
        degrees = super().to_python(str(value or "").replace(",", ".").strip()[:40])
        if degrees is not None and not (math.isfinite(degrees) and -self.limit <= degrees <= self.limit):
            raise ValidationError(
                _("Give degrees between -%(limit)d and %(limit)d."), code="range", params={"limit": self.limit}
            )
        return degrees


class PlaceForm(forms.Form):
    """Degrees north and east (WGS 84)."""

    latitude = _DegreesField(limit=90, label=_("Latitude"))
    longitude = _DegreesField(limit=180, label=_("Longitude"))
