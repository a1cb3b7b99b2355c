"""The forms that let somebody read a dossier."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extranet.actions.guest_link import DEFAULT_DAYS, DEFAULT_USES, MAX_DAYS, MAX_USES
from extranet.enums import AccessKind
from extranet.models import Contact

_KINDS = [
    (AccessKind.DIRECT, _("Direct: this contact's own dossier")),
    (AccessKind.OCCASIONAL, _("Occasional: for this dossier only, on request")),
]


class AccessForm(forms.Form):
    """A contact who gets access."""

    contact = forms.ModelChoiceField(
        label=_("Contact"),
        queryset=Contact.objects.none(),
        to_field_name="code",
        error_messages={"required": _("Choose a contact."), "invalid_choice": _("This contact no longer exists.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind of access"),
        choices=_KINDS,
        initial=AccessKind.DIRECT,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["contact"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Contact.objects.select_related("user").order_by("name", "id")

    def clean_kind(self) -> AccessKind:
        """Returns the kind chosen; direct when none was."""
        return AccessKind(self.cleaned_data["kind"] or AccessKind.DIRECT)


class GuestLinkForm(forms.Form):
    """An address that gets a link, and how long and how often it opens the dossier."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    valid_until = forms.DateField(
        label=_("Valid until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    max_uses = forms.IntegerField(
        label=_("Number of uses"),
        min_value=1,
        max_value=MAX_USES,
        initial=DEFAULT_USES,
        help_text=_("Each browser that opens the link counts once for twelve hours."),
    )
    asks_code = forms.BooleanField(
        label=_("Ask for a code by e-mail"),
        required=False,
        initial=True,
        help_text=_("Whoever opens the link must then also be able to read the mails of this address."),
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        today = timezone.localdate()
        field = self.fields["valid_until"]
        field.initial = today + timedelta(days=DEFAULT_DAYS)
        field.widget.attrs |= {"min": today.isoformat(), "max": (today + timedelta(days=MAX_DAYS)).isoformat()}

    def clean_valid_until(self) -> date:
        """Returns the last day of the link: from today to a year ahead."""
        day: date = self.cleaned_data["valid_until"]
        today = timezone.localdate()
        if day < today:
            raise ValidationError(_("This day is past."), code="past")
        if day > today + timedelta(days=MAX_DAYS):
            raise ValidationError(_("A link works for a year at most."), code="too_late")
        return day

    @property
    def expires_at(self) -> datetime:
        """The end of the last day, in the firm's time."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["valid_until"], time(23, 59, 59)))


class GuestCodeForm(forms.Form):
    """The code that a guest got by e-mail."""

    code = forms.CharField(
        label=_("Code received by e-mail"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
        error_messages={"required": _("Type the code that we sent.")},
    )

    def clean_code(self) -> str:
        """Returns the digits, without the spaces of a copied code."""
        return "".join(str(self.cleaned_data["code"]).split())
