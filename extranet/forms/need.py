"""The forms of the rules of what is due, and of zones."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.actions.need import FIELDS
from extranet.enums import DiagnosticKind
from extranet.enums_order import Answer, ZoneKind
from extranet.enums_price import NeedEffect
from extranet.forms.diagnostic import day_field
from extranet.forms.fields import SizeField
from extranet.models import NeedRule
from extranet.needs import FIELDS as CONDITIONS

_MOST_PLACES = 2_000
_SHOWN = 5
_PLACE = re.compile(r"(?P<area>2[AB]|97[1-9]|98[4-9]|[0-9]{5}|[0-9]{2})(?:[\s,;:–-]+(?P<city>\D.*))?", re.IGNORECASE)


class NeedRuleForm(forms.Form):
    """A rule of what is due: its conditions are one field each."""

    kind = forms.ChoiceField(label=gettext_lazy("Diagnostic"), choices=DiagnosticKind.choices)
    effect = forms.ChoiceField(
        label=gettext_lazy("Effect"),
        choices=NeedEffect.choices,
        initial=NeedEffect.REQUIRES,
        help_text=gettext_lazy("An exemption wins over all rules that make the diagnostic mandatory."),
    )
    surface_from = SizeField(label=gettext_lazy("Surface from (m²)"), required=False)
    surface_below = SizeField(label=gettext_lazy("Surface below (m²)"), required=False)
    applies_from = day_field(gettext_lazy("In force from"), help_text=gettext_lazy("Empty: since ever."))
    applies_until = day_field(gettext_lazy("In force until"), help_text=gettext_lazy("Its last day. Empty: no end."))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, help_text=gettext_lazy("Clients read it beside the diagnostic.")
    )
    source = forms.CharField(
        label=gettext_lazy("Legal source"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The article or decree, also shown to clients."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, choices) in CONDITIONS.items():
            self.fields[_form_name(name)] = forms.MultipleChoiceField(
                label=str(label), choices=choices, required=False, widget=forms.CheckboxSelectMultiple
            )

    @property
    def condition_fields(self) -> list[Any]:
        """The fields of the conditions, in order."""
        return [self[_form_name(name)] for name in CONDITIONS]

    @classmethod
    def initial_of(cls, rule: NeedRule) -> dict[str, Any]:
        """Returns what the form shows of a rule."""
        shown = {name: getattr(rule, name) for name in FIELDS if name != "conditions"}
        return shown | {_form_name(name): wanted for name, wanted in rule.conditions.items()}

    def clean(self) -> dict[str, Any]:
        """Returns what was typed; ranges must not be empty."""
        data = super().clean() or self.cleaned_data
        least, below = data.get("surface_from"), data.get("surface_below")
        if least is not None and below is not None and below <= least:
            self.add_error("surface_below", _("This surface must be larger than “from”."))
        first, last = data.get("applies_from"), data.get("applies_until")
        if first and last and last < first:
            self.add_error("applies_until", _("This day is before the first one."))
        return data

    @property
    def values(self) -> Mapping[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        wanted = {name: data[_form_name(name)] for name in CONDITIONS if data[_form_name(name)]}
        return {name: data[name] for name in FIELDS if name != "conditions"} | {"conditions": wanted}


def _form_name(name: str) -> str:
    return name.replace(".", "_")


class ZoneForm(forms.Form):
    """Places of a zone, many at once."""

    zone = forms.ChoiceField(label=gettext_lazy("Zone"), choices=ZoneKind.choices)
    answer = forms.ChoiceField(
        label=gettext_lazy("These places are"),
        choices=[(Answer.YES.value, gettext_lazy("in the zone")), (Answer.NO.value, gettext_lazy("outside the zone"))],
    )
    places = forms.CharField(
        label=gettext_lazy("Places"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One a line: a department (29), a postcode (29200), or either with a commune (29 Brest, 29200 Brest)."
        ),
        error_messages={"required": gettext_lazy("Name one place at least.")},
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The prefect's order and its date, for instance."),
    )

    def clean_places(self) -> list[tuple[str, str]]:
        """Returns the places as (department or postcode, commune); raises ValidationError for lines that are none."""
        found: list[tuple[str, str]] = []
        errors: list[ValidationError] = []
        for number, line in enumerate(self.cleaned_data["places"].splitlines(), 1):
            text = " ".join(line.split())
            if not text:
                continue
            place = _place(text)
            if place is None:
                figures = {"line": number, "text": text[:60]}
                errors.append(
                    ValidationError(_("Line %(line)d: “%(text)s” begins with no department or postcode.") % figures)
                )
            else:
                found.append(place)
        if errors:
            raise ValidationError(errors[:_SHOWN])
        if not found:
            raise ValidationError(_("Name one place at least."))
        if len(found) > _MOST_PLACES:
            raise ValidationError(_("At most %(most)d places at once.") % {"most": _MOST_PLACES})
        return found


def _place(text: str) -> tuple[str, str] | None:
    match = _PLACE.fullmatch(text)
    if match is None:
        return None
    area, city = match["area"].upper(), (match["city"] or "").strip()
    # of two figures, the departments of the mainland; Corsica has its letters
    if len(area) == 2 and area.isdigit() and not ("01" <= area <= "95" and area != "20"):
        return None
    return None if len(city) > 100 else (area, city)
