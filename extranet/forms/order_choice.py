"""Which diagnostics are ordered, and what else decides about them: the zones and the reports that are there."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from extranet.enums import DiagnosticKind
from extranet.enums_order import Answer, ZoneKind
from extranet.forms.order_fields import DayInput
from extranet.models import Order

#: Those of which somebody may still have a valid report.
REPORTS = ("dpe", "audit", "amiante", "crep", "gaz", "elec", "termites", "erp", "anc", "carrez", "boutin")
_ZONE, _VALID = "zone_", "valid_"


class ChoiceForm(forms.Form):
    """The step of the diagnostics; `known` is what the firm knows of the town's zones, `due` what is ticked first."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    diagnostics = forms.MultipleChoiceField(
        label=_("Diagnostics"),
        choices=DiagnosticKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one diagnostic.")},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        order: Order,
        known: Mapping[str, str] | None = None,
        due: list[str] | None = None,
        later: bool = False,
    ) -> None:
        initial: dict[str, Any] = {"version": order.version, "diagnostics": order.diagnostics or due or []}
        initial |= {f"{_ZONE}{kind}": order.zones.get(kind, "") for kind in ZoneKind.values}
        initial |= {f"{_VALID}{kind}": parse_date(order.valid_reports.get(kind, "")) for kind in REPORTS}
        super().__init__(data, initial=initial)
        self.known = known or {}
        self.fields["diagnostics"].required = not later
        for kind, label in ZoneKind.choices:
            self.fields[f"{_ZONE}{kind}"] = forms.ChoiceField(label=label, choices=Answer.choices, required=False)
        for kind in REPORTS:
            self.fields[f"{_VALID}{kind}"] = forms.DateField(
                label=DiagnosticKind(kind).label, required=False, widget=DayInput
            )

    def clean(self) -> dict[str, Any]:
        """Returns what was chosen; a report that is valid no more is none."""
        data = super().clean() or self.cleaned_data
        for kind in REPORTS:
            until: date | None = data.get(f"{_VALID}{kind}")
            if until is not None and until < timezone.localdate():
                self.add_error(f"{_VALID}{kind}", ValidationError(_("This day is past."), code="past"))
        return data

    @property
    def values(self) -> dict[str, Any]:
        """What was chosen, for the actions: in the order of the list of diagnostics."""
        chosen = set(self.cleaned_data["diagnostics"])
        return {
            "diagnostics": [kind for kind in DiagnosticKind.values if kind in chosen],
            "zones": self._given(_ZONE, ZoneKind.values),
            "valid_reports": {kind: day.isoformat() for kind, day in self._given(_VALID, list(REPORTS)).items()},
        }

    @property
    def asked_zones(self) -> list[forms.BoundField]:
        """The fields of the zones that the firm does not know itself."""
        return [self[f"{_ZONE}{kind}"] for kind in ZoneKind.values if not self.known.get(kind)]

    @property
    def reports(self) -> list[forms.BoundField]:
        """The fields of the reports that may still be valid."""
        return [self[f"{_VALID}{kind}"] for kind in REPORTS]

    def _given(self, prefix: str, kinds: list[str]) -> dict[str, Any]:
        return {kind: value for kind in kinds if (value := self.cleaned_data.get(f"{prefix}{kind}"))}
