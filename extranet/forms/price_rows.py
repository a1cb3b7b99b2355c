"""The forms of what a price list holds, several lines at once: prices, packs, travels."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.actions.price_list import PACK_FIELDS, ROW_FIELDS, TRAVEL_FIELDS
from extranet.enums import DiagnosticKind, PropertyKind, Transaction
from extranet.enums_price import SizeBy
from extranet.forms.fields import AmountField, SizeField
from extranet.models import PriceList, PricePack, PriceRow, TravelPrice
from extranet.queries.price_list import price_of
from extranet.tariff import overlaps

if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[Any]
else:
    _FormSet = forms.BaseFormSet

MOST = 200
_ANY = ("", gettext_lazy("Any"))


class LineForm(forms.Form):
    """A line: the names of its fields are read aloud, since a table shows them once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxSelectMultiple):
                field.widget.attrs["aria-label"] = str(field.label)


class RowForm(LineForm):
    """A price of one diagnostic."""

    property_kind = forms.ChoiceField(
        label=gettext_lazy("Type of property"), choices=[_ANY, *PropertyKind.choices], required=False
    )
    transaction = forms.ChoiceField(
        label=gettext_lazy("Made for"), choices=[_ANY, *Transaction.choices], required=False
    )
    size_from = SizeField(label=gettext_lazy("From"), required=False)
    size_to = SizeField(label=gettext_lazy("To"), required=False)
    price = AmountField(label=gettext_lazy("Price without VAT (€)"), max_digits=9)

    def __init__(self, *args: Any, size_by: str = SizeBy.SURFACE, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, last = size_titles(size_by)
        self._whole = size_by == SizeBy.ROOMS
        for name, label in (("size_from", first), ("size_to", last)):
            self.fields[name].label = label
            self.fields[name].widget.attrs["aria-label"] = label

    def clean(self) -> dict[str, Any]:
        """Returns what was typed; a range goes upwards, and rooms are whole."""
        data = super().clean() or self.cleaned_data
        first, last = data.get("size_from"), data.get("size_to")
        for name, value in (("size_from", first), ("size_to", last)):
            if self._whole and value is not None and value != int(value):
                self.add_error(name, _("Rooms are counted in whole numbers."))
        if last is not None and (last < (first or 0) or (last == (first or 0) and not (self._whole and last))):
            self.add_error("size_to", _("The end of the range must be larger than its beginning."))
        return data


def size_titles(size_by: str) -> tuple[str, str]:
    """Returns what the two ends of a range are called."""
    if size_by == SizeBy.ROOMS:
        return _("From (rooms)"), _("To (rooms, included)")
    return _("From (m²)"), _("Below (m²)")


class PackForm(LineForm):
    """A discount."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    least = forms.IntegerField(
        label=gettext_lazy("From how many diagnostics"),
        min_value=1,
        max_value=len(DiagnosticKind.values),
        required=False,
    )
    percent = AmountField(label=gettext_lazy("Discount (%)"), required=False, max_digits=5, max_value=100)
    amount = AmountField(label=gettext_lazy("or discount (€)"), required=False, max_digits=9)
    transaction = forms.ChoiceField(
        label=gettext_lazy("Made for"), choices=[_ANY, *Transaction.choices], required=False
    )
    diagnostics = forms.MultipleChoiceField(
        label=gettext_lazy("Only when all of these are ordered"),
        choices=DiagnosticKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        """Returns what was typed; a pack has a condition, and one discount."""
        data = super().clean() or self.cleaned_data
        if self.errors or data.get("DELETE"):
            return data
        if (data["percent"] is None) == (data["amount"] is None):
            self.add_error("percent", _("Give either a percentage or an amount."))
        if data["least"] is None and not data["diagnostics"]:
            self.add_error("least", _("Say from how many diagnostics on, or which ones."))
        return data


class TravelForm(LineForm):
    """What going to a place costs."""

    postcode = forms.CharField(
        label=gettext_lazy("Beginning of the postcode"),
        max_length=5,
        validators=[RegexValidator(r"^[0-9]{2,5}\Z", gettext_lazy("Two to five figures."))],
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    amount = AmountField(label=gettext_lazy("Price without VAT (€)"), max_digits=9)


class LineSet(_FormSet):
    """Lines, some of them empty or to be taken away."""

    kept: Sequence[str] = ()

    def add_fields(self, form: Any, index: int | None) -> None:
        """Adds the box that takes a line away, with a name of its own."""
        super().add_fields(form, index)
        form.fields["DELETE"].widget.attrs["aria-label"] = _("Delete the line")

    @property
    def values(self) -> list[dict[str, Any]]:
        """The lines that stay, as the action takes them."""
        return [
            {name: form.cleaned_data[name] for name in self.kept if name in form.cleaned_data}
            for form in self.forms
            if getattr(form, "cleaned_data", None) and not form.cleaned_data.get("DELETE")
        ]


class RowLines(LineSet):
    """The prices of one diagnostic; two for the same size are refused."""

    kept = ROW_FIELDS

    def __init__(self, data: Any = None, *, entry: PriceList, diagnostic: str, initial: Any = None) -> None:
        self._entry, self._diagnostic = entry, diagnostic
        super().__init__(data, initial=initial, form_kwargs={"size_by": entry.size_by})

    @property
    def values(self) -> list[dict[str, Any]]:
        """The prices that stay, with their diagnostic."""
        return [{**line, "diagnostic": self._diagnostic} for line in super().values]

    def clean(self) -> None:
        """Raises ValidationError with the sizes that have two prices."""
        if any(self.errors):
            return
        rows = [price_of(PriceRow(**line), size_by=self._entry.size_by) for line in self.values]
        faults = [fault.words(self._entry.size_by) for fault in overlaps(rows)]
        if faults:
            raise ValidationError([_("Two prices for the same case: %(case)s.") % {"case": each} for each in faults])


class PackLines(LineSet):
    """The packs of a list."""

    kept = PACK_FIELDS


class TravelLines(LineSet):
    """The travels by postcode of a list; a postcode stands there once."""

    kept = TRAVEL_FIELDS

    def clean(self) -> None:
        """Raises ValidationError with what stands there twice."""
        if any(self.errors):
            return
        seen: set[str] = set()
        for line in self.values:
            if line["postcode"] in seen:
                raise ValidationError(_("“%(postcode)s” is there twice.") % {"postcode": line["postcode"]})
            seen.add(line["postcode"])


def line_formset(form: type[forms.Form], base: type[LineSet], *, extra: int) -> Any:
    """Returns the class of a set of such lines, with so many empty ones."""
    return forms.formset_factory(
        form, base, extra=extra, can_delete=True, max_num=MOST, validate_max=True, absolute_max=MOST + 50
    )


RowFormSet = line_formset(RowForm, RowLines, extra=2)
PackFormSet = line_formset(PackForm, PackLines, extra=1)
TravelFormSet = line_formset(TravelForm, TravelLines, extra=3)


def lines_of(rows: Iterable[PriceRow | PricePack | TravelPrice], names: Sequence[str]) -> list[dict[str, Any]]:
    """Returns what a set of lines shows of rows."""
    return [{name: getattr(row, name) for name in names} for row in rows]
