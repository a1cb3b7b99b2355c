"""The steps of an order, each a form over some of its fields."""

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extranet.actions.order import BUILDING_FIELDS, PEOPLE_FIELDS, PROPERTY_FIELDS, VISIT_FIELDS
from extranet.enums import EnergyLetter, PropertyKind, Transaction
from extranet.enums_order import BuildPeriod, OrdererRole
from extranet.forms.order_fields import DayInput, PhoneField, SurfaceField, YearField
from extranet.models import Order

if TYPE_CHECKING:
    _Form = forms.ModelForm[Order]
else:
    _Form = forms.ModelForm

#: France, overseas and Monaco: what the address service and the rules know.
_POSTCODE = re.compile(r"(0[1-9]|[1-8]\d|9[0-8])\d{3}")
#: Beyond, somebody has mistyped a year.
_FARTHEST = relativedelta(years=3)


class StepForm(_Form):
    """A step of the wizard; `required` names what it cannot do without, unless it is only put aside."""

    #: What must be there before the order is sent.
    required: tuple[str, ...] = ()
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, later: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        for name in self.required:
            self.fields[name].required = not later

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the actions."""
        return {name: value for name, value in self.cleaned_data.items() if name in self._meta.fields}  # type: ignore[operator]

    def _post_clean(self) -> None:
        """Leaves the row alone: the action writes, under a lock."""

    class Meta:
        model = Order
        fields: tuple[str, ...] = ()


class PropertyForm(StepForm):
    """Where it is, and what for."""

    required = ("property_kind", "postcode", "city")
    #: Signed, as the list of addresses gave it (actions.order_place).
    place = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2_000)
    #: Asked only where the address service knows the street under another postcode.
    as_typed = forms.BooleanField(label=_("The address is right as I typed it"), required=False)

    class Meta(StepForm.Meta):
        fields = PROPERTY_FIELDS
        widgets = {
            "transaction": forms.RadioSelect,
            "property_kind": forms.RadioSelect,
            "postcode": forms.TextInput(
                attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 5, "data-address-part": "postcode"}
            ),
            "city": forms.TextInput(attrs={"autocomplete": "off", "data-address-part": "city"}),
            "street": forms.TextInput(attrs={"autocomplete": "off", "data-address-part": "street"}),
        }
        labels = {
            "street": _("Number and street"),
            "street_extra": _("Building, stairs"),
            "floor": _("Floor"),
            "door": _("Door"),
            "lot": _("Lot number"),
            "postcode": _("Postcode"),
            "city": _("Town"),
            "transaction": _("What is planned?"),
            "property_kind": _("What kind of property?"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["property_kind"].choices = PropertyKind.choices  # type: ignore[attr-defined]
        self.fields["transaction"].choices = Transaction.choices  # type: ignore[attr-defined]

    def clean_postcode(self) -> str:
        """Returns the postcode without spaces; raises ValidationError for what is none of France."""
        postcode = "".join(self.cleaned_data["postcode"].split())
        if postcode and not _POSTCODE.fullmatch(postcode):
            raise ValidationError(
                _("A French postcode has five digits: properties abroad cannot be ordered here."), code="postcode"
            )
        return postcode

    def clean(self) -> dict[str, Any]:
        """Returns what was typed; only land may have no street."""
        data = super().clean() or self.cleaned_data
        if self.fields["city"].required and not data.get("street") and data.get("property_kind") != PropertyKind.LAND:
            self.add_error("street", ValidationError(self.fields["street"].error_messages["required"], code="required"))
        return data


class BuildingForm(StepForm):
    """What decides which diagnostics are due, and what they cost."""

    surface = SurfaceField(label=_("Surface (m²)"), required=False)
    year = YearField(label=_("Year of construction"), required=False)
    rooms = forms.IntegerField(
        label=_("Number of rooms"),
        min_value=1,
        max_value=200,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 3}),
    )
    energy_class = forms.ChoiceField(
        label=_("Energy class, if you know it"), choices=[("", "—"), *EnergyLetter.choices], required=False
    )

    class Meta(StepForm.Meta):
        fields = BUILDING_FIELDS
        labels = {
            "build_period": _("Building permit issued"),
            "outbuildings": _("Outbuildings"),
            "co_owned": _("In co-ownership?"),
            "heating": _("Heating"),
            "wood_heating": _("Wood-fired heating?"),
            "pool": _("Private pool?"),
            "gas": _("Gas installation"),
            "electricity": _("Electrical installation"),
            "sewered": _("Connected to the public sewer?"),
            "furnished": _("Let furnished?"),
            "cadastre": _("Land registry reference"),
        }
        help_texts = {
            "build_period": _("The date of the permit decides for asbestos, that of the building for lead."),
            "outbuildings": _("Cellar, garage, attic…"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.transaction != Transaction.RENTAL:
            del self.fields["furnished"]

    def clean(self) -> dict[str, Any]:
        """Returns what was typed; the year fills in the period where it can be no other, and must not contradict it."""
        data = super().clean() or self.cleaned_data
        year, period = data.get("year"), data.get("build_period")
        if year is not None and not self.errors:
            possible = _periods_of(year)
            if not period and len(possible) == 1:
                data["build_period"] = possible[0]
            elif period and period not in possible:
                text = _("The year does not go with the building permit: correct one of them.")
                self.add_error("build_period", ValidationError(text, code="contradiction"))
        return data


def _periods_of(year: int) -> list[str]:
    """Returns when the permit of a building of that year can have been issued: it comes up to some years before."""
    if year < 1949:
        return [BuildPeriod.BEFORE_1949]
    if year <= 1952:
        return [BuildPeriod.BEFORE_1949, BuildPeriod.BEFORE_JULY_1997]
    if year < 1997:
        return [BuildPeriod.BEFORE_JULY_1997]
    if year <= 2002:
        return [BuildPeriod.BEFORE_JULY_1997, BuildPeriod.SINCE_JULY_1997]
    return [BuildPeriod.SINCE_JULY_1997]


class PeopleForm(StepForm):
    """Who orders, who owns, who lives there."""

    required: tuple[str, ...] = ("orderer_name", "orderer_email", "orderer_phone")
    orderer_role = forms.ChoiceField(label=_("You order as"), choices=[("", "—"), *OrdererRole.choices], required=False)
    orderer_phone = PhoneField(label=_("Phone"), required=False)
    owner_phone = PhoneField(label=_("Owner's phone"), required=False)
    occupant_phone = PhoneField(label=_("Occupant's phone"), required=False)
    notary_phone = PhoneField(label=_("Notary's phone"), required=False)

    class Meta(StepForm.Meta):
        fields = PEOPLE_FIELDS
        labels = {
            "orderer_name": _("Name"),
            "orderer_company": _("Company"),
            "orderer_email": _("E-mail"),
            "orderer_address": _("Postal address"),
            "owner_name": _("Name"),
            "owner_email": _("E-mail"),
            "owner_address": _("Postal address"),
            "occupied": _("Is somebody living there?"),
            "occupant_name": _("Name"),
            "occupant_email": _("E-mail"),
            "notary_name": _("Notary"),
            "notary_email": _("E-mail"),
        }
        widgets = {
            name: forms.EmailInput(attrs={"autocomplete": auto, "autocapitalize": "none"})
            for name, auto in (
                ("orderer_email", "email"),
                ("owner_email", "off"),
                ("occupant_email", "off"),
                ("notary_email", "off"),
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner_phone", "occupant_phone", "notary_phone"):
            self.fields[name].label = _("Phone")

    def clean(self) -> dict[str, Any]:
        """Returns what was typed; an owner who orders is the owner."""
        data = super().clean() or self.cleaned_data
        if data.get("orderer_role") == OrdererRole.OWNER and not data.get("owner_name"):
            for name in ("name", "email", "phone", "address"):
                data[f"owner_{name}"] = data.get(f"owner_{name}") or data.get(f"orderer_{name}", "")
        return data


class StaffPeopleForm(PeopleForm):
    """The same as the firm's people fill it in, on the phone: who orders is enough."""

    required = ("orderer_name",)


class VisitForm(StepForm):
    """When, and how to get in."""

    access_phone = PhoneField(label=_("Phone of this contact"), required=False)

    class Meta(StepForm.Meta):
        fields = VISIT_FIELDS
        labels = {
            "wanted_by": _("Reports wanted by"),
            "signing_on": _("Signature planned on"),
            "urgent": _("It is urgent"),
            "keys": _("Where are the keys?"),
            "access_name": _("Contact for the visit"),
            "access_note": _("How to get in"),
            "remarks": _("Remarks"),
        }
        help_texts = {"access_note": _("Door code, dog, alarm, parking…")}
        widgets = {
            "wanted_by": DayInput,
            "signing_on": DayInput,
            "urgent": forms.CheckboxInput(attrs={"role": "switch"}),
            "remarks": forms.Textarea(attrs={"rows": 3, "maxlength": 5_000}),
        }

    def clean_wanted_by(self) -> date | None:
        """Returns the day; raises ValidationError when it cannot be."""
        return self._coming("wanted_by")

    def clean_signing_on(self) -> date | None:
        """Returns the day; raises ValidationError when it cannot be."""
        return self._coming("signing_on")

    def clean_remarks(self) -> str:
        """Returns the remarks; raises ValidationError when they are a book."""
        text = str(self.cleaned_data["remarks"])
        if len(text) > 5_000:
            raise ValidationError(_("%(limit)d characters at most.") % {"limit": 5_000}, code="max_length")
        return text

    def _coming(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        today = timezone.localdate()
        if day is not None and day != getattr(self.instance, name):
            if day < today:
                raise ValidationError(_("This day is past."), code="past")
            if day > today + _FARTHEST:
                raise ValidationError(_("This day is too far away: check the year."), code="far")
        return day
