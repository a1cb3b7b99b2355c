"""The form of an import of dossiers."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ImportWishesForm(forms.Form):
    """What else is done than writing the dossiers."""

    give_access = forms.BooleanField(
        label=_("Give access to whoever ordered the dossier, and to those who get its reports, by their e-mail"),
        required=False,
        help_text=_("An orderer who is no contact yet becomes one; without an e-mail, the name stays in the dossier."),
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
    notify = forms.BooleanField(
        label=_("Notify them by e-mail"),
        required=False,
        help_text=_("For new dossiers and new reports; new contacts get their access codes."),
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )

    def clean(self) -> dict[str, object]:
        """Returns the wishes; nobody is notified who gets no access."""
        data: dict[str, object] = super().clean() or {}
        if data.get("notify") and not data.get("give_access"):
            self.add_error("notify", _("Only those who get access can be notified."))
        return data
