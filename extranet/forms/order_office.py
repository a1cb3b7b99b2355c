"""The forms of what the firm does with an order."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from extranet.forms.order_fields import DayInput
from extranet.models import PortalSettings

if TYPE_CHECKING:
    _Form = forms.ModelForm[PortalSettings]
else:
    _Form = forms.ModelForm


class CancelForm(forms.Form):
    """Why an order is cancelled."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class NotesForm(forms.Form):
    """What only the firm reads."""

    notes = forms.CharField(
        label=_("Internal notes"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class OrderDossierForm(forms.Form):
    """What the dossier of an order is called; the rest is carried over."""

    title = forms.CharField(label=_("Title"), max_length=200)
    reference = forms.CharField(label=_("Dossier number"), max_length=60, required=False)
    visited_on = forms.DateField(label=_("Visit"), required=False, widget=DayInput)


class OrderSettingsForm(_Form):
    """How a firm takes orders."""

    class Meta:
        model = PortalSettings
        fields = ("visitor_orders", "order_mails")
        widgets = {name: forms.CheckboxInput(attrs={"role": "switch"}) for name in fields}
        help_texts = {
            "visitor_orders": _("By a page of your portal to which your web site can link."),
            "order_mails": _("When it is taken charge of, handled or cancelled. The order itself is always confirmed."),
        }
