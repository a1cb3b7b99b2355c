"""The form of a message."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from extranet.models import Contact

MAX_BODY = 10_000


class RecipientsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # none at run time
    """Contacts by their codes."""

    def clean(self, value: Any) -> Any:
        """Returns the contacts; raises ValidationError for a code that is none."""
        # the database refuses NUL before it could say that nobody has such a code
        return super().clean([str(code).replace("\x00", "") for code in value or []])


class MessageForm(forms.Form):
    """A subject and a text; neither may be empty."""

    subject = forms.CharField(
        label=_("Subject"), max_length=200, error_messages={"required": _("A message needs a subject.")}
    )
    body = forms.CharField(
        label=_("Message"),
        max_length=MAX_BODY,
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": _("Write something: an empty message is not sent.")},
    )


class DossierMessageForm(MessageForm):
    """A message of the firm about a dossier, to those of its readers that are chosen."""

    contacts = RecipientsField(
        label=_("Recipients"),
        queryset=Contact.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one recipient.")},
    )
    field_order = ("contacts", "subject", "body")

    def __init__(self, *args: Any, readers: list[Contact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["contacts"]
        assert isinstance(choice, RecipientsField)
        choice.queryset = Contact.objects.filter(pk__in=[contact.pk for contact in readers]).select_related("user")
        choice.initial = [contact.code for contact in readers]


class ContactMessageForm(MessageForm):
    """A message of the firm to any of its contacts."""

    MOST = 50

    contacts = RecipientsField(
        label=_("Recipients"),
        queryset=Contact.objects.filter(user__is_active=True).select_related("user"),
        to_field_name="code",
        error_messages={"required": _("Choose at least one recipient.")},
    )
    field_order = ("contacts", "subject", "body")

    def clean_contacts(self) -> Any:
        """Returns the recipients; raises ValidationError when they are too many."""
        chosen = self.cleaned_data["contacts"]
        if len(chosen) > self.MOST:
            raise forms.ValidationError(
                _("A message goes to at most %(most)d contacts."), code="many", params={"most": self.MOST}
            )
        return chosen
