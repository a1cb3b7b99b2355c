"""The form of a new key of the API."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actions.api_token import tidy_network
from accounts.models import Scope, User
from accounts.rules import scopes_open_to
from kernel.errors import DomainError


@dataclass(frozen=True)
class KeyPreset:
    """What keys of one kind are ticked for at first."""

    code: str
    label: Promise
    scopes: tuple[Scope, ...]


KEY_PRESETS = (
    KeyPreset(
        "software",
        _("Diagnostic software"),
        (
            Scope.DOSSIERS_READ,
            Scope.DOSSIERS_WRITE,
            Scope.CONTACTS_READ,
            Scope.CONTACTS_WRITE,
            Scope.ORDERS_READ,
            Scope.ORDERS_WRITE,
            Scope.APPOINTMENTS_READ,
        ),
    ),
    KeyPreset("read", _("Reading only"), tuple(scope for scope in Scope if scope.value.endswith(":read"))),
)
#: The words above a group of scopes, by what stands before their colon.
_SCOPE_GROUPS: dict[str, Promise] = {
    "dossiers": _("Dossiers"),
    "contacts": _("Contacts"),
    "orders": _("Orders"),
    "quotes": _("Quotes"),
    "appointments": _("Calendar"),
    "messages": _("Messages"),
    "payments": _("Payments"),
    "documents": _("Documents"),
    "settings": _("Settings"),
    "webhooks": _("Webhooks"),
    "export": _("Export"),
}
_MOST_NETWORKS = 20


class KeyForm(forms.Form):
    """A new key of the API; offers no more than a key of this person can be made for."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What uses it, so that you know later which one to revoke: “Office PC, Liciel”."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("May be used for"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that the key may be used for.")},
        help_text=_("Never more than you may do yourself: what is taken from you is taken from your keys."),
    )
    validity = forms.ChoiceField(
        label=pgettext_lazy("API key", "Valid"),
        choices=[
            ("90", _("90 days")),
            ("365", _("one year")),
            ("day", _("until the day below")),
            ("", _("without end")),
        ],
        required=False,
        initial="365",
    )
    expires_on = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Only for “until the day below”; that day included."),
    )
    networks = forms.CharField(
        label=_("May come from"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "placeholder": "192.0.2.7\n2001:db8::/32"}),
        help_text=_("Addresses or networks, one a line. Empty: from everywhere."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.MultipleChoiceField", self.fields["scopes"]).choices = list(_grouped(scopes_open_to(user)))

    def clean_networks(self) -> list[str]:
        """Returns the networks as they are kept; ValidationError for a line that is none."""
        lines = [line.strip() for line in self.cleaned_data["networks"].splitlines() if line.strip()]
        if len(lines) > _MOST_NETWORKS:
            raise ValidationError(_("At most %(count)s lines."), params={"count": _MOST_NETWORKS})
        try:
            return list(dict.fromkeys(tidy_network(line) for line in lines))
        except DomainError as error:
            raise ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """Asks for the day where one is meant."""
        data = super().clean() or self.cleaned_data
        if data.get("validity") == "day" and not data.get("expires_on") and "expires_on" not in self.errors:
            self.add_error("expires_on", _("Choose a day."))
        return data

    @property
    def expires_at(self) -> datetime | None:
        """When the key of a valid form ends: with the day of the firm's clock; None for never."""
        validity = self.cleaned_data["validity"]
        if not validity:
            return None
        if validity != "day":
            return timezone.now() + timedelta(days=int(validity))
        return timezone.make_aware(datetime.combine(self.cleaned_data["expires_on"], time.max))


def _grouped(scopes: tuple[Scope, ...]) -> Iterator[tuple[Promise, list[tuple[str, Any]]]]:
    for subject, label in _SCOPE_GROUPS.items():
        if found := [(scope.value, scope.label) for scope in scopes if scope.value.partition(":")[0] == subject]:
            yield label, found
