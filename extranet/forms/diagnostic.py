"""The forms of diagnostics and of the rules of their validity."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extranet.actions.diagnostic import FIELDS
from extranet.enums import DiagnosticKind, EnergyLetter, Finding, Transaction
from extranet.models import Diagnostic, ValidityRule
from extranet.rules import tidy_ademe_number

if TYPE_CHECKING:
    _RuleForm = forms.ModelForm[ValidityRule]
else:
    _RuleForm = forms.ModelForm

_LETTERS = [("", "—"), *EnergyLetter.choices]
#: A figure of a label beyond this is a slip of the finger.
_MOST = 9999
_MOST_MONTHS = 1200


def day_field(label: Any, **options: Any) -> forms.DateField:
    """Returns a field for a day, with the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, **options)


class DiagnosticsForm(forms.Form):
    """Several diagnostics at once, made the same day."""

    kinds = forms.MultipleChoiceField(
        label=_("Diagnostics"),
        choices=DiagnosticKind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose one diagnostic at least.")},
    )
    performed_on = day_field(_("Made on"), help_text=_("Of all those chosen; each can be changed afterwards."))

    def clean_performed_on(self) -> Any:
        """Returns the day; nothing was made tomorrow."""
        return past(self.cleaned_data["performed_on"])


def past(day: Any) -> Any:
    """Returns a day that is not ahead of today; raises ValidationError otherwise."""
    if day is not None and day > timezone.localdate():
        raise ValidationError(_("This day is still to come."), code="future")
    return day


class DiagnosticForm(forms.Form):
    """All that is said of one diagnostic."""

    kind = forms.ChoiceField(label=_("Diagnostic"), choices=DiagnosticKind.choices)
    performed_on = day_field(_("Made on"))
    finding = forms.ChoiceField(
        label=_("Finding"),
        choices=Finding.choices,
        help_text=_("For asbestos and lead, how long the diagnostic is valid depends on it."),
    )
    conclusion = forms.CharField(
        label=_("Conclusion"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    energy_letter = forms.ChoiceField(label=_("Energy class"), choices=_LETTERS, required=False)
    energy_value = forms.IntegerField(
        label=_("Consumption (kWh/m²/year)"), required=False, min_value=0, max_value=_MOST
    )
    climate_letter = forms.ChoiceField(label=_("Climate class"), choices=_LETTERS, required=False)
    climate_value = forms.IntegerField(
        label=_("Emissions (kg CO₂/m²/year)"), required=False, min_value=0, max_value=_MOST
    )
    ademe_number = forms.CharField(
        label=_("ADEME number"),
        required=False,
        max_length=20,
        help_text=_("13 characters, on the first page of the DPE."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"}),
    )
    expiry_by_hand = forms.BooleanField(
        label=_("Set the end of validity by hand"),
        required=False,
        help_text=_("Otherwise the rules of validity compute it."),
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
    expires_on = day_field(_("Valid until"), help_text=_("When set by hand; empty means without limit."))

    @classmethod
    def initial_of(cls, diagnostic: Diagnostic) -> dict[str, Any]:
        """Returns what the form shows of a diagnostic."""
        return {name: getattr(diagnostic, name) for name in (*FIELDS, "expiry_by_hand", "expires_on")}

    def clean_performed_on(self) -> Any:
        """Returns the day; nothing was made tomorrow."""
        return past(self.cleaned_data["performed_on"])

    def clean_ademe_number(self) -> str:
        """Returns the number as it is written at the observatory."""
        return tidy_ademe_number(self.cleaned_data["ademe_number"])

    def clean(self) -> dict[str, Any]:
        """Returns what was typed; a diagnostic cannot end before it was made."""
        data = super().clean() or self.cleaned_data
        made, ends = data.get("performed_on"), data.get("expires_on")
        if data.get("expiry_by_hand") and made and ends and ends < made:
            self.add_error("expires_on", _("This day is before the diagnostic was made."))
        return data


class RuleForm(_RuleForm):
    """A rule of validity."""

    class Meta:
        model = ValidityRule
        fields = (
            "kind",
            "transaction",
            "finding",
            "months",
            "applies_from",
            "applies_before",
            "ends_on",
            "source",
            "note",
        )
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            for name in ("applies_from", "applies_before", "ends_on")
        }
        help_texts = {
            "months": _("Empty: without limit. The last day of validity is the eve of the anniversary."),
            "transaction": _("Empty: whatever it is made for."),
            "finding": _("Empty: whatever was found."),
            "applies_from": _("The rule is for diagnostics made on this day or later."),
            "applies_before": _("The rule is for diagnostics made earlier than this day."),
            "ends_on": _("Diagnostics of this rule can be used on this day at the latest."),
            "source": _("The article of law."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = self.fields["months"]
        months.validators.append(MaxValueValidator(_MOST_MONTHS))
        months.widget.attrs["max"] = _MOST_MONTHS
        # what was not stated is no finding that a rule can speak of
        self.fields["finding"] = forms.ChoiceField(
            label=_("Finding"),
            required=False,
            choices=[("", "—"), *(choice for choice in Finding.choices if choice[0] != Finding.UNKNOWN)],
            help_text=_("Empty: whatever was found."),
        )
        self.fields["transaction"] = forms.ChoiceField(
            label=_("Made for"),
            required=False,
            choices=[("", "—"), *Transaction.choices],
            help_text=_("Empty: whatever it is made for."),
        )
        self.order_fields(self.Meta.fields)

    def clean(self) -> dict[str, Any]:
        """Returns what was typed; the two days must leave some time between them."""
        data = super().clean() or self.cleaned_data
        first, before = data.get("applies_from"), data.get("applies_before")
        if first and before and before <= first:
            self.add_error("applies_before", _("This day must come after “made from”."))
        return data
