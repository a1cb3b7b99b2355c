"""The few questions of the page of prices; its answers travel in the address."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from extranet.enums import PropertyKind, Transaction
from extranet.enums_order import Answer, BuildPeriod, HeatingKind, Installation
from extranet.forms.order_fields import SurfaceField
from extranet.models import Order

#: What the answers fill in of an order.
FIELDS = (
    "transaction",
    "property_kind",
    "co_owned",
    "build_period",
    "surface",
    "rooms",
    "heating",
    "gas",
    "electricity",
    "postcode",
    "urgent",
)


class InstantForm(forms.Form):
    """What decides which diagnostics are due, and what they cost."""

    transaction = forms.ChoiceField(
        label=_("What is planned?"),
        choices=[one for one in Transaction.choices if one[0] in {"sale", "rental"}],
        initial=Transaction.SALE,
        widget=forms.RadioSelect,
    )
    property_kind = forms.ChoiceField(label=_("What kind of property?"), choices=PropertyKind.choices)
    co_owned = forms.ChoiceField(label=_("In co-ownership?"), choices=Answer.choices, required=False)
    build_period = forms.ChoiceField(label=_("Building permit"), choices=BuildPeriod.choices, required=False)
    surface = SurfaceField(label=_("Surface (m²)"), required=False)
    rooms = forms.IntegerField(
        label=_("Rooms"),
        required=False,
        min_value=1,
        max_value=200,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 3}),
    )
    heating = forms.ChoiceField(label=_("Heating"), choices=HeatingKind.choices, required=False)
    gas = forms.ChoiceField(label=_("Gas installation"), choices=Installation.choices, required=False)
    electricity = forms.ChoiceField(label=_("Electrical installation"), choices=Installation.choices, required=False)
    postcode = forms.RegexField(
        r"^(0[1-9]|[1-8][0-9]|9[0-8])[0-9]{3}\Z",
        label=_("Postcode"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "5", "autocomplete": "postal-code"}),
        error_messages={"invalid": _("A French postcode has five figures.")},
    )
    urgent = forms.BooleanField(label=_("It is urgent"), required=False)

    @property
    def values(self) -> dict[str, Any]:
        """The answers, as an order holds them."""
        return {name: self.cleaned_data[name] for name in FIELDS}

    @property
    def order(self) -> Order:
        """The order that the answers describe, which is saved nowhere."""
        return Order(**self.values)

    @property
    def query(self) -> str:
        """The answers as the parameters of an address."""
        told = {name: value for name, value in self.values.items() if value not in {None, "", False}}
        return urlencode(told | ({"urgent": "on"} if told.get("urgent") else {}))


def answers_in(query: QueryDict) -> dict[str, Any]:
    """Returns the answers that the address of the page of prices hands over; what is none is left out."""
    form = InstantForm(query)
    form.is_valid()
    return {name: value for name in FIELDS if (value := form.cleaned_data.get(name)) not in {None, "", False}}
