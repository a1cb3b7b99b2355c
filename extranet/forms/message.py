"""The form of a message."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from extranet.actions.message_model import refuse_unknown_tags
from extranet.enums import ContactKind
from extranet.models import Contact
from extranet.queries.message import contacts_of_kinds
from kernel.errors import DomainError

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
        label=_("Subject"),
        max_length=200,
        widget=forms.TextInput(attrs={"data-tagged": ""}),
        error_messages={"required": _("A message needs a subject.")},
    )
    body = forms.CharField(
        label=_("Message"),
        max_length=MAX_BODY,
        widget=forms.Textarea(attrs={"rows": 7, "data-tagged": ""}),
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


class AnswerForm(forms.Form):
    """What one adds to a conversation."""

    body = forms.CharField(
        label=_("Your answer"),
        max_length=MAX_BODY,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write something: an empty message is not sent.")},
    )


class ContactMessageForm(MessageForm):
    """A message of the firm to any of its contacts: chosen one by one, by their type, or as readers of a dossier."""

    MOST = 200

    contacts = RecipientsField(
        label=_("Recipients"),
        queryset=Contact.objects.filter(user__is_active=True).select_related("user"),
        to_field_name="code",
        required=False,
    )
    kinds = forms.MultipleChoiceField(
        label=_("All contacts of a type"),
        choices=ContactKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    readers = forms.BooleanField(label=_("All who have access to the dossier"), required=False)
    field_order = ("contacts", "kinds", "readers", "subject", "body")

    def __init__(self, *args: Any, readers: list[Contact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._readers = readers
        if not readers:
            del self.fields["readers"]

    def clean(self) -> dict[str, Any]:
        """Returns what was typed with the recipients together, each once; refuses none and too many."""
        data = super().clean() or {}
        chosen: dict[int, Contact] = {contact.pk: contact for contact in data.get("contacts") or []}
        if data.get("kinds"):
            chosen.update({contact.pk: contact for contact in contacts_of_kinds(data["kinds"])[: self.MOST + 1]})
        if data.get("readers"):
            chosen.update({contact.pk: contact for contact in self._readers})
        if not chosen and "contacts" not in self.errors:
            self.add_error("contacts", forms.ValidationError(_("Choose at least one recipient."), code="required"))
        elif len(chosen) > self.MOST:
            text = _("A message goes to at most %(most)d contacts.")
            self.add_error("contacts", forms.ValidationError(text, code="many", params={"most": self.MOST}))
        return data | {"recipients": list(chosen.values())}


class MessageModelForm(MessageForm):
    """A message that the firm writes often."""

    title = forms.CharField(
        label=_("Title"), max_length=80, help_text=_("Only the firm sees it, in the list of models.")
    )
    field_order = ("title", "subject", "body")

    def clean_subject(self) -> str:
        """Returns the subject; raises ValidationError for a tag that there is not."""
        return _known(self.cleaned_data["subject"])

    def clean_body(self) -> str:
        """Returns the text; raises ValidationError for a tag that there is not."""
        return _known(self.cleaned_data["body"])


def _known(text: str) -> str:
    try:
        refuse_unknown_tags(text)
    except DomainError as error:
        raise forms.ValidationError(str(error), code=error.code) from error
    return text
