"""The form of what a firm decides about its unpaid dossiers."""

import re
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from extranet.enums import StampPosition
from extranet.models import PortalSettings
from extranet.models.settings import DEFAULT_STAMP
from storage.watermark import Stamp
from themes.css import WHITE, contrast, parse

if TYPE_CHECKING:
    _Form = forms.ModelForm[PortalSettings]
else:
    _Form = forms.ModelForm

#: Paler than this against white paper, nobody would see the mention.
MIN_CONTRAST = 1.5


class UnpaidForm(_Form):
    """The two rules of the manual, and the look of the mention."""

    class Meta:
        model = PortalSettings
        fields = ("block_unpaid", "stamp_unpaid", "stamp_text", "stamp_colour", "stamp_position")
        labels = {
            "stamp_unpaid": _("Put a mention on the PDFs of unpaid dossiers"),
            "block_unpaid": _("Withhold the documents of unpaid dossiers"),
        }
        widgets = {
            "stamp_unpaid": forms.CheckboxInput(attrs={"role": "switch"}),
            "block_unpaid": forms.CheckboxInput(attrs={"role": "switch"}),
            "stamp_text": forms.TextInput(attrs={"autocomplete": "off"}),
            "stamp_colour": forms.TextInput(attrs={"type": "color"}),
            "stamp_position": forms.RadioSelect,
        }
        help_texts = {
            "stamp_unpaid": _(
                "Clients read and download copies with the mention on each page, of PDFs with a digital signature "
                "too; the originals wait for the payment. Pictures, tables and other files are handed over as they "
                "are; archives (zip, e-mails) are withheld."
            ),
            "block_unpaid": _(
                "Nothing can be read or downloaded until the dossier is paid. Only the invoice can, with the mention: "
                "whoever pays must see what for."
            ),
            "stamp_text": _("80 characters at most."),
        }
        error_messages = {
            "stamp_text": {"required": _("Write what is to stand on the pages.")},
            "stamp_position": {"invalid_choice": _("Choose one of the places.")},
        }

    def clean_stamp_text(self) -> str:
        """Returns the text on one line; raises ValidationError when nothing of it can be written."""
        text = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", self.cleaned_data["stamp_text"]).split())
        letters = Stamp(text, "#000000", "top").shown
        if not any(char.isalnum() for char in letters):
            raise forms.ValidationError(_("A PDF cannot show these letters: write the mention in Latin letters."))
        return text

    def clean_stamp_colour(self) -> str:
        """Returns the colour; raises ValidationError for one that nobody would see on white paper."""
        colour: str = self.cleaned_data["stamp_colour"].lower()
        if contrast(parse(colour, "#ffffff"), WHITE) < MIN_CONTRAST:
            raise forms.ValidationError(_("This colour is too pale: nobody would see the mention on white paper."))
        return colour


def stamp_typed(data: "dict[str, str]") -> Stamp:
    """Returns the mention of a form that is being filled in; what is no good is as it was at the start."""
    text = " ".join(data.get("stamp_text", "").replace("\x00", " ").split())[:80] or DEFAULT_STAMP
    colour = data.get("stamp_colour", "")
    position = data.get("stamp_position", "")
    return Stamp(
        text=text,
        colour=colour if re.fullmatch(r"#[0-9a-fA-F]{6}", colour) else "#c0392b",
        position=position if position in StampPosition.values else StampPosition.DIAGONAL,
    )
