"""Forms about a firm."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from console.forms.base import email_input, language_field, text_area, text_input
from tenants.validators import clean_siret, clean_subdomain


class ChangeFirmForm(forms.Form):
    """A firm's name and number."""

    name = forms.CharField(label=_("Name of the firm"), max_length=120, widget=text_input())
    siret = forms.CharField(label="SIRET", max_length=20, widget=text_input(inputmode="numeric"))

    def clean_siret(self) -> str:
        """Returns the fourteen digits."""
        return clean_siret(self.cleaned_data["siret"])


class CreateFirmForm(ChangeFirmForm):
    """All that a new firm needs."""

    subdomain = forms.CharField(label=_("Subdomain"), max_length=60, widget=text_input(spellcheck="false"))
    admin_name = forms.CharField(label=_("Administrator’s name"), max_length=120, widget=text_input())
    admin_email = forms.EmailField(
        label=_("Administrator’s e-mail"),
        widget=email_input(),
        help_text=_("Gets the access codes, and chooses a password at the first log-in."),
    )
    language = language_field(_("Language"))

    field_order = ["name", "subdomain", "siret", "admin_name", "admin_email", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        domain = {"domain": settings.BASE_DOMAIN}
        self.fields["subdomain"].help_text = _("The portal’s address becomes name.%(domain)s") % domain

    def clean_subdomain(self) -> str:
        """Returns the legal subdomain; whether it is free is the action's to say."""
        return clean_subdomain(self.cleaned_data["subdomain"])


class ReasonForm(forms.Form):
    """Why a portal is closed."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=text_area(),
        help_text=_("For the operators alone: the portal only says that it is closed for the moment."),
    )


class DeleteFirmForm(ReasonForm):
    """Why a firm goes, and the proof that it is this one."""

    confirmation = forms.CharField(label="", max_length=253, widget=text_input(spellcheck="false"))

    def __init__(self, *args: Any, word: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.word = word
        self.fields["confirmation"].label = _("Type “%(word)s” to confirm") % {"word": word}

    def clean_confirmation(self) -> str:
        """Returns what was typed when it is the firm's subdomain."""
        typed: str = self.cleaned_data["confirmation"].strip()
        if typed != self.word:
            raise forms.ValidationError(_("This is not the firm’s subdomain."), code="confirmation")
        return typed


class DomainForm(forms.Form):
    """A host name more."""

    domain = forms.CharField(label=_("Host name"), max_length=253, widget=text_input(spellcheck="false"))
