"""The forms of requests for an account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import USERNAME_LENGTH
from extranet.enums import ContactKind
from extranet.forms.contact import ContactChoiceField


class JoinForm(forms.Form):
    """Who asks for an account; `website` is a trap that only programs fill in."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    company = forms.CharField(
        label=_("Company"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    kind = forms.ChoiceField(label=_("You are"), choices=ContactKind.choices, initial=ContactKind.OWNER)
    email = forms.EmailField(
        label=_("E-mail"), max_length=USERNAME_LENGTH, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    message = forms.CharField(
        label=_("Message"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, the trap apart."""
        return {name: value for name, value in self.cleaned_data.items() if name != "website"}


class AcceptForm(forms.Form):
    """To which contact the person belongs; none: a new one is made."""

    twin = ContactChoiceField(
        label=_("Contact"), required=False, error_messages={"invalid_choice": _("Choose a contact from the list.")}
    )


class RefuseForm(forms.Form):
    """Why there will be no account, and whether the person is told."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    tell = forms.BooleanField(
        label=_("Tell the person by e-mail"),
        required=False,
        initial=True,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
