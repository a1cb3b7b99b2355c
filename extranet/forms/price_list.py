"""The forms of price lists."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.actions.price_list import FIELDS
from extranet.enums import ContactKind
from extranet.enums_price import SizeBy, VatRate
from extranet.forms.diagnostic import day_field
from extranet.forms.fields import AmountField
from extranet.models import Contact, PriceList
from extranet.queries.price_list import rival_of

_MOST_KM = 1_000
_MOST_FIGURES = 9


def amount_field(label: Any, **options: Any) -> AmountField:
    """Returns a field of euros, without VAT; empty is nothing unless it says otherwise."""
    return AmountField(**{"label": label, "required": False, "max_digits": _MOST_FIGURES} | options)


class ClientField(forms.ModelChoiceField):  # type: ignore[type-arg]  # none at run time
    """A contact by its code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            Contact.objects.filter(erased_at__isnull=True), to_field_name="code", required=False, **options
        )

    def to_python(self, value: Any) -> Any:
        """Returns the contact; raises ValidationError for a code that is none."""
        # the database refuses NUL before it could say that nobody has such a code
        return super().to_python(value.replace("\x00", "") if isinstance(value, str) else value)


class PriceListForm(forms.Form):
    """What a list is, for whom and when, and what comes on top of its prices."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    is_active = forms.BooleanField(
        label=gettext_lazy("In use"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Off: nobody is priced by it, you can prepare it in peace."),
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
    contact_kind = forms.ChoiceField(
        label=gettext_lazy("Type of clients"),
        required=False,
        choices=[("", gettext_lazy("All clients")), *ContactKind.choices],
        help_text=gettext_lazy("A list for a type of clients comes before the one for all."),
    )
    contact = ClientField(
        label=gettext_lazy("One client"), help_text=gettext_lazy("The list of one client comes before all others.")
    )
    valid_from = day_field(
        gettext_lazy("Valid from"), help_text=gettext_lazy("Of several lists, the one that begins last counts.")
    )
    valid_until = day_field(gettext_lazy("Valid until"), help_text=gettext_lazy("Its last day. Empty: no end."))
    size_by = forms.ChoiceField(label=gettext_lazy("Prices go by"), choices=SizeBy.choices)
    vat_rate = forms.ChoiceField(
        label=gettext_lazy("VAT"), choices=VatRate.choices, required=False, initial=VatRate.STANDARD
    )
    travel_free_km = forms.IntegerField(
        label=gettext_lazy("Kilometres included"),
        required=False,
        min_value=0,
        max_value=_MOST_KM,
        help_text=gettext_lazy("One way, from your premises to the property."),
    )
    travel_per_km = amount_field(gettext_lazy("Each kilometre beyond (€)"))
    travel_most = amount_field(gettext_lazy("Travel at most (€)"), help_text=gettext_lazy("Empty: no limit."))
    urgent_amount = amount_field(gettext_lazy("Urgency (€)"))
    urgent_percent = amount_field(
        gettext_lazy("Urgency (%)"),
        max_value=200,
        max_digits=5,
        help_text=gettext_lazy("Of the diagnostics and outbuildings, discount taken off."),
    )
    weekend_amount = amount_field(gettext_lazy("Week-end (€)"))
    evening_amount = amount_field(gettext_lazy("Evening (€)"))
    outbuilding_amount = amount_field(
        gettext_lazy("Each outbuilding (€)"), help_text=gettext_lazy("Cellar, garage, shed.")
    )

    def __init__(self, *args: Any, entry: PriceList | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._entry = entry
        if entry is not None and entry.contact is not None:
            # its client stays a choice, whatever became of it
            field = self.fields["contact"]
            assert isinstance(field, ClientField)
            field.queryset = Contact.objects.filter(erased_at__isnull=True) | Contact.objects.filter(
                pk=entry.contact.pk
            )

    @classmethod
    def initial_of(cls, entry: PriceList) -> dict[str, Any]:
        """Returns what the form shows of a list."""
        shown = {name: getattr(entry, name) for name in FIELDS}
        shown["contact"] = entry.contact.code if entry.contact is not None else ""
        shown["vat_rate"] = "" if entry.vat_rate is None else f"{entry.vat_rate:.2f}"
        return shown

    def clean(self) -> dict[str, Any]:
        """Returns what was typed; a list is for one client or for a type, and begins on a day that no rival does."""
        data = super().clean() or self.cleaned_data
        if data.get("contact") and data.get("contact_kind"):
            self.add_error("contact_kind", _("A list is for one client or for a type of clients, not for both."))
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("This day is before the first one."))
        if not self.errors:
            trial = PriceList(**{name: data[name] for name in ("is_active", "contact", "contact_kind", "valid_from")})
            trial.pk = self._entry.pk if self._entry else None
            if rival := rival_of(trial):
                text = _("“%(name)s” is for the same clients from the same day: only one of them could count.")
                self.add_error("valid_from", text % {"name": rival.name})
        return data

    @property
    def values(self) -> Mapping[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        nothing = {name: 0 for name in FIELDS if name.endswith(("_km", "_amount", "_percent")) and data[name] is None}
        rate = {"vat_rate": Decimal(data["vat_rate"]) if data["vat_rate"] else None}
        return {name: data[name] for name in FIELDS} | nothing | rate


class DuplicateForm(forms.Form):
    """A copy of a list."""

    name = forms.CharField(label=gettext_lazy("Name of the copy"), max_length=80)
    percent = AmountField(
        label=gettext_lazy("Change all prices by (%)"),
        required=False,
        min_value=-90,
        max_value=200,
        help_text=gettext_lazy("3 makes them dearer by that, -5 cheaper. Empty: the same prices."),
    )


class PriceFileForm(forms.Form):
    """A workbook of prices."""

    file = forms.FileField(
        label=gettext_lazy("Excel workbook (.xlsx) or text (.csv)"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )
