"""The form of an order that is priced to see what comes out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from extranet.enums import DiagnosticKind, PropertyKind, Transaction
from extranet.forms.diagnostic import day_field
from extranet.forms.fields import SizeField
from extranet.forms.price_list import ClientField
from extranet.pricing import PriceRequest

_UNKNOWN = ("", "—")


class PriceTryForm(forms.Form):
    """What is ordered, for whom and when."""

    diagnostics = forms.MultipleChoiceField(
        label=_("Diagnostics"),
        choices=DiagnosticKind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose one diagnostic at least.")},
    )
    transaction = forms.ChoiceField(
        label=_("Made for"), choices=[_UNKNOWN, *Transaction.choices], required=False, initial=Transaction.SALE
    )
    property_kind = forms.ChoiceField(
        label=_("Type of property"), choices=[_UNKNOWN, *PropertyKind.choices], required=False
    )
    surface = SizeField(label=_("Surface (m²)"), required=False)
    rooms = forms.IntegerField(label=_("Rooms"), required=False, min_value=1, max_value=100)
    outbuildings = forms.IntegerField(label=_("Outbuildings"), required=False, min_value=0, max_value=50)
    postcode = forms.RegexField(
        r"^[0-9]{5}\Z",
        label=_("Postcode"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "5"}),
        error_messages={"invalid": _("A French postcode has five figures.")},
    )
    distance_km = SizeField(label=_("Distance (km)"), required=False, max_value=2_000)
    urgent = forms.BooleanField(label=_("Urgent"), required=False)
    weekend = forms.BooleanField(label=_("Week-end"), required=False)
    evening = forms.BooleanField(label=_("Evening"), required=False)
    contact = ClientField(label=_("Client"), help_text=_("Empty: somebody without an account."))
    on = day_field(_("Ordered on"), help_text=_("Empty: today."))
    price_list = forms.CharField(label=_("Price list"), required=False, max_length=16)

    @property
    def request(self) -> PriceRequest:
        """What the computation takes."""
        data: dict[str, Any] = self.cleaned_data
        names = ("diagnostics", "transaction", "property_kind", "surface", "rooms", "postcode", "distance_km")
        return PriceRequest(
            **{name: data[name] for name in (*names, "urgent", "weekend", "evening")},
            outbuildings=data["outbuildings"] or 0,
        )
