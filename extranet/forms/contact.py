"""The forms of a contact, of the accounts under it and of what is done to it once and for all."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import USERNAME_LENGTH
from extranet.enums import ContactKind
from extranet.forms.fields import EmailListField
from extranet.models import Contact

_USERNAME = RegexValidator(r"^[\w.@+-]+$", _("Use letters, digits and . @ + - _ only, without spaces."), code="invalid")


class ContactChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A contact by its code; one whose data were erased cannot be chosen."""

    def __init__(self, **kwargs: Any) -> None:
        contacts = Contact.objects.filter(erased_at__isnull=True).select_related("user")
        super().__init__(queryset=contacts, to_field_name="code", **kwargs)

    def clean(self, value: Any) -> Any:
        """Returns the contact; raises ValidationError for a code that is none."""
        # the database refuses NUL before it could say that nobody has such a code
        return super().clean(str(value or "").replace("\x00", "?"))


def username_field() -> forms.CharField:
    """Returns the field of an identifier that may be left to the e-mail."""
    return forms.CharField(
        label=_("Identifier"),
        max_length=60,
        required=False,
        validators=[_USERNAME],
        help_text=_("Left empty, the e-mail is the identifier."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )


class ContactForm(forms.Form):
    """A client: who it is and how it logs in."""

    kind = forms.ChoiceField(label=_("Type"), choices=ContactKind.choices, required=False, initial=ContactKind.OTHER)
    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autofocus": True}))
    company = forms.CharField(label=_("Company"), max_length=120, required=False)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=USERNAME_LENGTH,
        help_text=_("Messages about dossiers are sent to this address."),
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    street = forms.CharField(label=_("Address"), max_length=200, required=False)
    postcode = forms.CharField(
        label=_("Postcode"), max_length=10, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    city = forms.CharField(label=_("Town"), max_length=100, required=False)
    collaborators = EmailListField(
        label=_("Collaborators' e-mails"),
        required=False,
        help_text=_(
            "The people who work with this contact, separated by commas. A dossier mailed to one of these addresses "
            "gives this account access by itself."
        ),
    )
    notes = forms.CharField(
        label=_("Internal notes"),
        max_length=5_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only your firm reads them."),
    )
    reads_unpaid = forms.BooleanField(
        label=_("May read documents even when a dossier is unpaid"),
        required=False,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
    username = username_field()
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class NewContactForm(ContactForm):
    """A new client."""

    inherit_from = ContactChoiceField(
        label=_("Copy the rights and accesses of"),
        required=False,
        error_messages={"invalid_choice": _("Choose a contact from the list.")},
        help_text=_(
            "This client gets an inherited access to each dossier that the other one may read, and may read unpaid "
            "dossiers if the other one may. Type, address, collaborators and messages are not copied."
        ),
    )
    send_codes = forms.BooleanField(
        label=_("Send the access codes by e-mail now"),
        required=False,
        initial=True,
        help_text=_("The password is generated; the client chooses its own at the first log-in."),
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )


class SubAccountForm(forms.Form):
    """A collaborator's own account."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autofocus": True}))
    email = forms.EmailField(
        label=_("E-mail"), max_length=USERNAME_LENGTH, help_text=_("The access codes are sent there.")
    )
    username = username_field()
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class NewSubAccountForm(SubAccountForm):
    """A collaborator's new account."""

    send_codes = forms.BooleanField(
        label=_("Send the access codes by e-mail now"),
        required=False,
        initial=True,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )


class EditSubAccountForm(SubAccountForm):
    """A collaborator's account, changed."""

    is_active = forms.BooleanField(
        label=_("May log in"), required=False, widget=forms.CheckboxInput(attrs={"role": "switch"})
    )


class MergeForm(forms.Form):
    """The contact that goes into another one."""

    other = ContactChoiceField(
        label=_("Contact to merge into it"),
        error_messages={
            "required": _("Choose the contact to merge."),
            "invalid_choice": _("Choose a contact from the list."),
        },
    )


class EraseForm(forms.Form):
    """Whether the firm is sure."""

    sure = forms.BooleanField(
        label=_("I have checked that this person asked for it and I understand that nothing brings the data back."),
        error_messages={"required": _("Tick the box to confirm.")},
    )
