"""The forms of mission orders: the firm's rules and model, a PDF's fields, a signature."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image

from extranet.actions.mission_model import TEXT_FIELDS
from extranet.actions.mission_sign import AGREED, EARLY_START
from extranet.enums_mission import MissionModelKind, MissionSection
from extranet.mission_fields import datum_choices, wrong_tags
from extranet.models import MissionModel, MissionOrder, PortalSettings

if TYPE_CHECKING:
    _RulesForm = forms.ModelForm[PortalSettings]
    _ModelForm = forms.ModelForm[MissionModel]
else:
    _RulesForm = _ModelForm = forms.ModelForm

_DATA_URL = "data:image/png;base64,"
#: Characters of a drawing as the page sends it, and the pixels of its sides.
_DRAWING_MOST, _DRAWING_SIDE = 400_000, 2_400


class MissionRulesForm(_RulesForm):
    """When mission orders are made by themselves, how they are signed and reminded of."""

    class Meta:
        model = PortalSettings
        fields = ("mission_trigger", "mission_code", "mission_remind_days", "mission_remind_most")
        widgets = {
            "mission_trigger": forms.RadioSelect,
            "mission_code": forms.CheckboxInput(attrs={"role": "switch"}),
        }
        help_texts = {
            "mission_code": gettext_lazy("Whoever signs must then also be able to read the mails of that address."),
            "mission_remind_days": gettext_lazy("Counted from the last mail. Empty: never by itself."),
        }


class SectionsField(forms.MultipleChoiceField):
    """The sections that are switched on, in the order in which the form sends them."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> list[str]:
        """Returns the sections, each once."""
        return list(dict.fromkeys(super().clean(value)))


class MissionPagesForm(_ModelForm):
    """Our pages of a firm's mission orders: which sections, and the firm's own texts."""

    sections = SectionsField(label=gettext_lazy("Sections"), choices=MissionSection.choices, required=False)

    class Meta:
        model = MissionModel
        fields = TEXT_FIELDS
        widgets = {
            "before": forms.Textarea(attrs={"rows": 4, "data-tagged": ""}),
            "after": forms.Textarea(attrs={"rows": 4, "data-tagged": ""}),
            "documents": forms.Textarea(attrs={"rows": 5, "data-tagged": ""}),
            "terms": forms.Textarea(attrs={"rows": 10, "data-tagged": ""}),
            "withdrawal": forms.Textarea(attrs={"rows": 8, "data-tagged": ""}),
        }
        help_texts = {
            "withdrawal": gettext_lazy(
                "Added for private persons: they must be told of their right. Have a lawyer look at your words."
            ),
        }

    def clean(self) -> dict[str, Any]:
        """Returns the values; raises ValidationError for tags that do not exist, each with its place."""
        cleaned = super().clean() or {}
        for name in TEXT_FIELDS[1:]:
            text = str(cleaned.get(name, "")).replace("\r\n", "\n").strip()
            cleaned[name] = text
            if wrong := wrong_tags(text):
                self.add_error(name, [_problem(each.text, each.line, each.column) for each in wrong[:5]])
        return cleaned

    def section_rows(self) -> list[tuple[str, str, bool]]:
        """Returns all sections as value, label and whether it is on: those that are on first, in their order."""
        chosen = self["sections"].value() or []
        labels = {str(value): str(label) for value, label in MissionSection.choices}
        known = [str(value) for value in chosen if str(value) in labels]
        return [(value, labels[value], True) for value in known] + [
            (value, label, False) for value, label in labels.items() if value not in known
        ]


class MissionUploadForm(forms.Form):
    """The firm's own PDF, and what is done with it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it for?"),
        choices=[
            (MissionModelKind.FORM, gettext_lazy("A form: its fields are filled in from the order")),
            (MissionModelKind.FRONT, gettext_lazy("Goes before our pages, as it is")),
            (MissionModelKind.BACK, gettext_lazy("Goes after our pages, as it is (an annex)")),
        ],
        initial=MissionModelKind.FORM,
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label=gettext_lazy("PDF"),
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={"required": gettext_lazy("Choose a file first.")},
    )


class MissionFieldsForm(forms.Form):
    """What each field of the firm's PDF shows."""

    def __init__(
        self, data: Any = None, *, fields: Sequence[Mapping[str, Any]], assigned: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        choices = [("", gettext_lazy("— nothing of ours —")), *datum_choices()]
        #: The form's own names of the PDF's fields: these may be anything.
        self.names = {f"field-{rank}": str(field["name"]) for rank, field in enumerate(fields)}
        for rank, field in enumerate(fields):
            self.fields[f"field-{rank}"] = forms.ChoiceField(
                label=field["name"], choices=choices, required=False, initial=assigned.get(field["name"], "")
            )

    def assigned(self) -> dict[str, str]:
        """Returns the key that each field shows, by the field's name."""
        return {name: self.cleaned_data[own] for own, name in self.names.items()}


class MissionSignForm(forms.Form):
    """What who signs types, ticks and draws."""

    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    drawing = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Your first name and name"),
        max_length=120,
        min_length=2,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Type your name: it is your signature.")},
    )
    agreed = forms.BooleanField(label=AGREED, error_messages={"required": gettext_lazy("Tick this box to sign.")})
    early_start = forms.BooleanField(label=EARLY_START, required=False)
    code = forms.CharField(
        label=gettext_lazy("Code received by e-mail"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Type the code that we sent.")},
    )

    def __init__(self, *args: Any, mission: MissionOrder, asks_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sha256"].initial = mission.sha256
        if not mission.for_consumer:
            del self.fields["early_start"]
        if not asks_code:
            del self.fields["code"]

    def clean_name(self) -> str:
        """Returns the name on one line."""
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_code(self) -> str:
        """Returns the digits, without the spaces of a copied code."""
        return "".join(str(self.cleaned_data["code"]).split())

    def clean_drawing(self) -> bytes:
        """Returns the drawn signature as a PNG of ours, nothing when none was drawn; raises ValidationError."""
        text = str(self.cleaned_data["drawing"])
        if not text:
            return b""
        refused = ValidationError(_("The drawing could not be read: draw it again, or leave it out."), code="drawing")
        if not text.startswith(_DATA_URL) or len(text) > _DRAWING_MOST:
            raise refused
        try:
            data = base64.b64decode(text.removeprefix(_DATA_URL), validate=True)
            with Image.open(BytesIO(data), formats=["PNG"]) as picture:
                if max(picture.size) > _DRAWING_SIDE:
                    raise refused
                flat = Image.new("RGB", picture.size, "white")
                drawn = picture.convert("RGBA")
                flat.paste(drawn, mask=drawn.getchannel("A"))
        except (binascii.Error, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise refused from error
        result = BytesIO()
        flat.save(result, "PNG", optimize=True)
        return result.getvalue()


class MissionWithdrawForm(forms.Form):
    """Why a mission order is withdrawn."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)


class MissionPaperForm(forms.Form):
    """A scan of what was signed on paper."""

    name = forms.CharField(label=gettext_lazy("Signed by"), max_length=120)
    file = forms.FileField(
        label=gettext_lazy("Scan (PDF or picture)"),
        widget=forms.FileInput(attrs={"accept": ".pdf,image/*"}),
        error_messages={"required": gettext_lazy("Choose a file first.")},
    )


def _problem(text: str, line: int, column: int) -> str:
    return _("“%(text)s” (line %(line)d, character %(column)d) is no tag: insert one by a click.") % {
        "text": text,
        "line": line,
        "column": column,
    }
