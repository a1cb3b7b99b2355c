"""The form of a firm's look."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

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
