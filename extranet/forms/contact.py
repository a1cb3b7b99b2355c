"""The form of a contact."""

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import USERNAME_LENGTH
from extranet.forms.fields import EmailListField


class ContactForm(forms.Form):
    """A client: who it is and how it logs in."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autofocus": True}))
    company = forms.CharField(label=_("Company"), max_length=120, required=False)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=USERNAME_LENGTH,
        help_text=_("Messages about dossiers are sent to this address."),
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    collaborators = EmailListField(
        label=_("Collaborators' e-mails"),
        required=False,
        help_text=_("The people who work with this contact, separated by commas."),
    )
    username = forms.CharField(
        label=_("Identifier"),
        max_length=60,
        required=False,
        validators=[
            RegexValidator(r"^[\w.@+-]+$", _("Use letters, digits and . @ + - _ only, without spaces."), code="invalid")
        ],
        help_text=_("Left empty, the e-mail is the identifier."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class NewContactForm(ContactForm):
    """A new client."""

    send_codes = forms.BooleanField(
        label=_("Send the access codes by e-mail now"),
        required=False,
        initial=True,
        help_text=_("The password is generated; the client chooses its own at the first log-in."),
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
