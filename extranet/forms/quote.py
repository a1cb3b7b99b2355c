"""The forms of quotes: what the firm writes, what the client answers."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.actions.quote import FIELDS
from extranet.enums import DiagnosticKind
from extranet.enums_price import LineKind, VatRate
from extranet.enums_quote import AcceptedBy, RefuseReason
from extranet.forms.fields import AmountField
from extranet.forms.order_fields import DayInput, PhoneField
from extranet.forms.price_list import ClientField
from extranet.forms.price_rows import LineForm, LineSet, line_formset
from extranet.models import Quote, QuoteLine
from extranet.quoting import QuoteTerms, added_up, discounts

_MOST_UNIT = 100_000


class QuoteForm(forms.Form):
    """What a draft says beside its lines."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    client_name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    client_company = forms.CharField(label=gettext_lazy("Company"), max_length=120, required=False)
    client_email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    client_phone = PhoneField(label=gettext_lazy("Phone"), required=False)
    client_address = forms.CharField(label=gettext_lazy("Postal address"), max_length=250, required=False)
    property_address = forms.CharField(label=gettext_lazy("Address of the property"), max_length=400, required=False)
    note = forms.CharField(
        label=gettext_lazy("Note to the client"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    terms = forms.CharField(
        label=gettext_lazy("Terms"), max_length=8_000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    discount = AmountField(
        label=gettext_lazy("Discount to add (%)"),
        required=False,
        max_digits=5,
        max_value=100,
        help_text=gettext_lazy("It becomes a line of its own when you save."),
    )

    @staticmethod
    def initial_of(quote: Quote) -> dict[str, Any]:
        """Returns what the form shows of a draft."""
        return {name: getattr(quote, name) for name in (*FIELDS, "version")}

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the action."""
        return {name: self.cleaned_data[name] for name in FIELDS}

    def clean(self) -> dict[str, Any]:
        """Returns what was typed; somebody must be named."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not (data["client_name"] or data["client_company"]):
            self.add_error("client_name", _("Say for whom the quote is."))
        return data


class QuoteLineForm(LineForm):
    """A line: a diagnostic, a free one, or a discount with a negative price."""

    label = forms.CharField(label=gettext_lazy("Service"), max_length=200)
    detail = forms.CharField(label=gettext_lazy("Detail"), max_length=300, required=False)
    quantity = AmountField(label=gettext_lazy("Quantity"), min_value=Decimal("0.01"), max_digits=7, initial=Decimal(1))
    unit = AmountField(
        label=gettext_lazy("Unit price without VAT (€)"), min_value=-_MOST_UNIT, max_value=_MOST_UNIT, max_digits=9
    )
    vat_rate = forms.ChoiceField(
        label=gettext_lazy("VAT"), choices=VatRate.choices, required=False, initial=VatRate.STANDARD
    )
    diagnostic = forms.ChoiceField(
        label=gettext_lazy("Diagnostic"), choices=[("", gettext_lazy("None")), *DiagnosticKind.choices], required=False
    )
    kind = forms.ChoiceField(choices=[("", ""), *LineKind.choices], required=False, widget=forms.HiddenInput)

    def has_changed(self) -> bool:
        """Whether something was typed in an empty line: what it begins with is nothing."""
        return any(name in self.changed_data for name in ("label", "detail", "unit", "diagnostic"))

    def clean(self) -> dict[str, Any]:
        """Returns what was typed; a discount bears no diagnostic."""
        data = super().clean() or self.cleaned_data
        if data.get("unit") is not None and data["unit"] < 0:
            data["diagnostic"] = ""
        return data


class QuoteLineSet(LineSet):
    """The lines of a quote."""

    def clean(self) -> None:
        """Raises ValidationError when more is taken off than asked for."""
        if not any(self.errors) and added_up(self.terms).is_negative:
            raise ValidationError(_("More is taken off than asked for."), code="negative")

    @property
    def terms(self) -> list[QuoteTerms]:
        """The lines that stay, as the action takes them."""
        kept = [
            form.cleaned_data
            for form in self.forms
            if getattr(form, "cleaned_data", None) and not form.cleaned_data.get("DELETE")
        ]
        return [
            QuoteTerms(
                label=data["label"],
                detail=data["detail"],
                quantity=data["quantity"],
                unit=data["unit"],
                vat_rate=Decimal(data["vat_rate"]) if data["vat_rate"] else None,
                diagnostic=data["diagnostic"],
                kind=kind_of_line(unit=data["unit"], diagnostic=data["diagnostic"], kind=data["kind"]),
            )
            for data in kept
        ]

    def with_discount(self, percent: Decimal | None) -> list[QuoteTerms]:
        """Returns the lines with those that take a percentage off their total."""
        lines = self.terms
        if not percent:
            return lines
        label = _("Discount of %(percent)s %%") % {"percent": f"{percent.normalize():f}".replace(".", ",")}
        return [*lines, *discounts(lines, percent=percent, label=label, kind=LineKind.DISCOUNT)]


def kind_of_line(*, unit: Decimal, diagnostic: str, kind: str) -> str:
    """Returns what a line is by its price and its diagnostic; `kind` is what somebody says of any other."""
    if unit < 0:
        return LineKind.DISCOUNT
    if diagnostic:
        return LineKind.DIAGNOSTIC
    return "" if kind in {LineKind.DIAGNOSTIC, LineKind.DISCOUNT} else kind


QuoteLineFormSet = line_formset(QuoteLineForm, QuoteLineSet, extra=1)


def quote_lines_initial(lines: Iterable[QuoteLine]) -> list[dict[str, Any]]:
    """Returns what a set of lines shows of those of a quote."""
    names = ("label", "detail", "quantity", "unit", "diagnostic", "kind")
    return [
        {name: getattr(line, name) for name in names}
        | {"vat_rate": f"{line.vat_rate:.2f}" if line.vat_rate is not None else ""}
        for line in lines
    ]


class NewQuoteForm(forms.Form):
    """For which client a quote without an order is."""

    contact = ClientField(
        label=gettext_lazy("Client"), help_text=gettext_lazy("Empty: you type the name in the quote itself.")
    )


class AcceptForm(forms.Form):
    """The client's agreement."""

    name = forms.CharField(
        label=gettext_lazy("Your first and last name"),
        min_length=2,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    agreed = forms.BooleanField(label=gettext_lazy("I have read the quote and its terms and accept them"))
    #: The sum of the document that the page showed.
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)


class RefuseForm(forms.Form):
    """Why the client does not want it."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=RefuseReason.choices)
    text = forms.CharField(
        label=gettext_lazy("In a few words"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """Returns what was chosen; another reason is told in words."""
        data = super().clean() or self.cleaned_data
        if data.get("reason") == RefuseReason.OTHER and not data.get("text"):
            self.add_error("text", _("Tell the reason in a few words."))
        return data


class RecordForm(forms.Form):
    """An agreement that did not come on line."""

    how = forms.ChoiceField(
        label=gettext_lazy("How"), choices=[one for one in AcceptedBy.choices if one[0] != AcceptedBy.ONLINE]
    )
    name = forms.CharField(label=gettext_lazy("Who accepted"), min_length=2, max_length=120)
    on = forms.DateField(label=gettext_lazy("On"), widget=DayInput, initial=timezone.localdate)


class WithdrawForm(forms.Form):
    """Why a quote no longer holds."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ProlongForm(forms.Form):
    """Until when a quote can be accepted."""

    until = forms.DateField(label=gettext_lazy("Valid until"), widget=DayInput)

    def clean_until(self) -> date:
        """Returns the day; raises ValidationError for one that is past."""
        day: date = self.cleaned_data["until"]
        if day < timezone.localdate():
            raise ValidationError(_("This day is past."), code="past")
        return day
