"""The forms with which a client chooses and cancels the visit of its order, and the firm's rules for that."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_FORMAT = "%Y-%m-%dT%H:%MZ"


class StartField(forms.CharField):
    """An instant as the page of times writes it, in UTC."""

    def clean(self, value: Any) -> datetime:
        """Returns the instant; raises ValidationError for what is none of this century."""
        text = super().clean(value)
        try:
            found = datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)
        except ValueError as error:
            raise forms.ValidationError(_("Choose one of the times."), code="invalid") from error
        if not 2000 <= found.year <= 2100:
            raise forms.ValidationError(_("Choose one of the times."), code="invalid")
        return found


class SlotForm(forms.Form):
    """The time that was chosen."""

    start = StartField(label=_("Time"), max_length=20, error_messages={"required": _("Choose one of the times.")})


class VisitCancelForm(forms.Form):
    """Why a visit is cancelled."""

    reason = forms.CharField(
        label=_("Why do you cancel?"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Optional; the firm reads it."),
    )
