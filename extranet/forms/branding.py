"""The form of a firm's look."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from themes.actions.branding import LOGIN_FIELDS
from themes.models import Branding

if TYPE_CHECKING:
    _Form = forms.ModelForm[Branding]
else:
    _Form = forms.ModelForm


class BrandingForm(_Form):
    """Logo, names and colours."""

    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG or WebP, 5 MB at most; shown 48 pixels high."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    remove_logo = forms.BooleanField(label=_("Remove the logo"), required=False)
    background = forms.FileField(
        label=_("Background image of the log-in page"),
        required=False,
        help_text=_("PNG, JPEG or WebP, 15 MB at most."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    remove_background = forms.BooleanField(label=_("Remove the background image"), required=False)

    class Meta:
        model = Branding
        fields = ("site_name", "background_color", "button_color", "language", "rows_per_page", "top_offset")
        widgets = {
            "background_color": forms.TextInput(attrs={"type": "color"}),
            "button_color": forms.TextInput(attrs={"type": "color"}),
        }


class LoginPageForm(_Form):
    """What the log-in page says and offers."""

    class Meta:
        model = Branding
        fields = LOGIN_FIELDS
        widgets = {
            **{
                name: forms.CheckboxInput(attrs={"role": "switch"})
                for name in ("offer_account_request", "offer_password_reset")
            },
            **{name: forms.Textarea(attrs={"rows": 4}) for name in ("welcome_text", "welcome_text_en")},
        }
        labels = {
            "offer_account_request": _("Let people ask for an account"),
            "offer_password_reset": _("Let clients choose a new password by e-mail"),
            "welcome_text": _("Words of welcome in French"),
            "welcome_text_en": _("Words of welcome in English"),
        }
        help_texts = {
            "offer_account_request": _("Their requests come into a list, and you decide."),
            "offer_password_reset": _(
                "Off: you send them new access codes. Your own people can always choose a new one."
            ),
            "welcome_text": _("Plain text, above the log-in; an empty line begins a paragraph."),
            "welcome_text_en": _("Empty: the French words are shown."),
        }
