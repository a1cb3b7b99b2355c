"""The forms of a dossier."""

from django import forms
from django.utils.translation import gettext_lazy as _

from extranet.enums import Payer, PropertyKind, Transaction
from extranet.forms.fields import AmountField


class DossierForm(forms.Form):
    """What the firm says of a dossier, its property and its people."""

    title = forms.CharField(label=_("Title"), max_length=200)
    reference = forms.CharField(label=_("Dossier number"), max_length=60, required=False)
    comments = forms.CharField(
        label=_("Comments"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    transaction = forms.ChoiceField(
        label=_("Made for"),
        choices=Transaction.choices,
        initial=Transaction.SALE,
        required=False,
        help_text=_("How long a diagnostic is valid depends on it."),
    )
    visited_on = forms.DateField(
        label=_("Visit"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    property_kind = forms.ChoiceField(
        label=_("Kind of property"), choices=[("", "—"), *PropertyKind.choices], required=False
    )
    street = forms.CharField(label=_("Address"), max_length=200, required=False)
    street_extra = forms.CharField(label=_("Building, floor, lot"), max_length=200, required=False)
    postcode = forms.CharField(
        label=_("Postcode"), max_length=10, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    city = forms.CharField(label=_("Town"), max_length=100, required=False)
    cadastre = forms.CharField(label=_("Land registry"), max_length=100, required=False)
    owner_name = forms.CharField(label=_("Owner"), max_length=120, required=False)
    owner_email = forms.EmailField(
        label=_("Owner's e-mail"), required=False, help_text=_("For the reminders before a diagnostic expires.")
    )
    owner_phone = forms.CharField(
        label=_("Owner's phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    orderer_name = forms.CharField(label=_("Orderer"), max_length=120, required=False)
    orderer_email = forms.EmailField(label=_("Orderer's e-mail"), required=False)
    occupant_name = forms.CharField(label=_("Occupant"), max_length=120, required=False)
    occupant_phone = forms.CharField(
        label=_("Occupant's phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )

    def clean_transaction(self) -> str:
        """Returns what it is made for; a sale unless said otherwise."""
        return self.cleaned_data["transaction"] or Transaction.SALE


class DossierEditForm(DossierForm):
    """The same, with the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class AmountForm(forms.Form):
    """What is due for a dossier and who pays it."""

    amount = AmountField(label=_("Amount, VAT included (€)"), required=False)
    payer = forms.ChoiceField(label=_("Who pays"), choices=[("", "—"), *Payer.choices], required=False)
    payer_name = forms.CharField(label=_("Name of who pays"), max_length=120, required=False)
