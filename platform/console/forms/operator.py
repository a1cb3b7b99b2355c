"""Forms about operators."""

from django import forms
from django.utils.translation import gettext_lazy as _

from console.forms.base import email_input, language_field, text_input


class InviteOperatorForm(forms.Form):
    """Who is to work in the console."""

    full_name = forms.CharField(label=_("Name"), max_length=120, widget=text_input())
    email = forms.EmailField(
        label=_("E-mail"),
        widget=email_input(),
        help_text=_("Gets a first password; then chooses its own and sets up a second factor."),
    )
    language = language_field(_("Language"))
