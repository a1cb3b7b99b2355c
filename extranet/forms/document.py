"""The forms of the documents asked of the client."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from extranet.actions.document import Wanted
from extranet.enums import RequestKind


class DocumentsForm(forms.Form):
    """Documents to ask for: several of the usual ones at once, or one of another name."""

    kinds = forms.MultipleChoiceField(
        label=_("Usual documents"),
        choices=[choice for choice in RequestKind.choices if choice[0] != RequestKind.OTHER],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    label = forms.CharField(label=_("Other document"), max_length=120, required=False)
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("Shown to the client with these documents.")
    )
    due_on = forms.DateField(
        label=_("Wanted by"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    tell = forms.BooleanField(
        label=_("Ask for them by e-mail now"), required=False, widget=forms.CheckboxInput(attrs={"role": "switch"})
    )

    def clean(self) -> dict[str, Any]:
        """Returns what was typed; at least one document must be asked for."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("kinds") and not data.get("label"):
            raise ValidationError(_("Choose a document, or give it a name."), code="nothing")
        return data

    @property
    def wanted(self) -> list[Wanted]:
        """The documents to ask for."""
        wanted = [Wanted(RequestKind(kind)) for kind in self.cleaned_data["kinds"]]
        if self.cleaned_data["label"]:
            wanted.append(Wanted(RequestKind.OTHER, self.cleaned_data["label"]))
        return wanted


class RefusalForm(forms.Form):
    """Why a document has to be sent again."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("The client reads it in the e-mail and on its page.")
    )
