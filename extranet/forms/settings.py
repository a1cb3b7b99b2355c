"""The forms of steps and of what a firm decides about its dossiers."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from extranet.enums import Visibility
from extranet.models import PortalSettings

if TYPE_CHECKING:
    _Form = forms.ModelForm[PortalSettings]
else:
    _Form = forms.ModelForm


class StepForm(forms.Form):
    """A step, of new dossiers or of one."""

    name = forms.CharField(label=_("Step"), max_length=80)
    visibility = forms.ChoiceField(label=_("Seen by"), choices=Visibility.choices, initial=Visibility.CLIENT)


class DossierSettingsForm(_Form):
    """Reminders and retention."""

    class Meta:
        model = PortalSettings
        fields = ("remind_owners", "remind_days_before", "archive_after_months", "delete_after_months")
        widgets = {"remind_owners": forms.CheckboxInput(attrs={"role": "switch"})}
        help_texts = {
            "remind_owners": _(
                "One e-mail a dossier, to the owner's address; once for each expiry, and never to those who declined."
            ),
            "remind_days_before": _("How long before its last day of validity a diagnostic is told of."),
            "archive_after_months": _(
                "Counted from the day the dossier was published; unpaid dossiers stay. Empty: never by itself."
            ),
            "delete_after_months": _(
                "Counted from the day it was archived: its files go too, only a trace stays. Empty: never by itself."
            ),
        }
