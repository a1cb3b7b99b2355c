"""The forms of text messages: the provider's keys, the firm's rules, the texts, a consent."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mail.models import SmsAccount, SmsModel, SmsSettings
from mail.sms.enums import SmsLanguage
from mail.sms.hours import EARLIEST, LATEST
from mail.sms.providers import CARRIERS
from mail.sms.texts import LONGEST_TEXT, TAGS
from mail.tags import unknown_tags

if TYPE_CHECKING:
    _RulesForm = forms.ModelForm[SmsSettings]
else:
    _RulesForm = forms.ModelForm

#: Three to eleven letters and figures, at least one letter (GSMA); or a number that people can answer.
_NAME, _NUMBER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{3,11}"), re.compile(r"\+?[0-9]{5,15}")


class CarrierForm(forms.Form):
    """The keys of an account with a carrier; a secret is never given back to the page, an empty one stays as it is."""

    def __init__(self, *args: Any, carrier: str, account: SmsAccount | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._keys = CARRIERS[carrier].FIELDS
        for key in self._keys:
            attrs = {"spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}
            is_stored = key.secret and account is not None and bool(account.sealed)
            if is_stored:
                attrs["placeholder"] = _("stored")
            widget = (
                forms.PasswordInput(attrs=attrs | {"autocomplete": "new-password"}, render_value=False)
                if key.secret
                else forms.TextInput(attrs=attrs)
            )
            self.fields[key.name] = forms.CharField(
                label=str(key.label),
                max_length=200,
                required=not key.optional and not is_stored,
                help_text=str(key.help_text),
                widget=widget,
                initial=account.identifiers.get(key.name, "") if account is not None and not key.secret else "",
            )

    def clean(self) -> dict[str, Any]:
        """Refuses keys of another shape."""
        found = super().clean() or {}
        for key in self._keys:
            if (value := found.get(key.name)) and not re.fullmatch(key.shape, value):
                self.add_error(key.name, _("This does not look like this key: copy it whole."))
        return found


class SmsRulesForm(_RulesForm):
    """In whose name the firm writes, when, how much."""

    class Meta:
        model = SmsSettings
        fields = (
            "sender",
            "signature",
            "since",
            "until",
            "most_a_day",
            "price",
            "makes_plain",
            "writes_abroad",
            "needs_consent",
        )
        localized_fields = ("price",)
        widgets = {
            **{name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in ("since", "until")},
            **{
                name: forms.CheckboxInput(attrs={"role": "switch"})
                for name in ("makes_plain", "writes_abroad", "needs_consent")
            },
        }
        labels = {
            "sender": gettext_lazy("Sender"),
            "signature": gettext_lazy("Signature"),
            "since": gettext_lazy("Reminders from"),
            "until": gettext_lazy("until"),
            "most_a_day": gettext_lazy("Messages a day at most"),
            "price": gettext_lazy("Price of one message (€ without VAT)"),
            "makes_plain": gettext_lazy("Replace the characters that make a message longer"),
            "writes_abroad": gettext_lazy("Also write to numbers outside France"),
            "needs_consent": gettext_lazy("Only write to those whose consent is noted"),
        }
        help_texts = {
            "sender": gettext_lazy(
                "3 to 11 letters and figures, as declared at the provider; or a number. Nobody can answer a name: left "
                "empty, messages come from a number of the provider’s, and answers and STOP come back here."
            ),
            "signature": gettext_lazy("Added to each message on a line of its own; it counts in its length."),
            "most_a_day": gettext_lazy("What is beyond leaves the next day."),
            "price": gettext_lazy("Shown while you write; left empty, costs are not shown."),
            "makes_plain": gettext_lazy("Such as ê, œ or ’, when a message leaves: one of them halves its length."),
            "needs_consent": gettext_lazy(
                "The law asks for none: these messages are about the reader’s own order. Consents are noted on a "
                "contact’s page."
            ),
        }

    def clean_sender(self) -> str:
        """Returns the sender; raises ValidationError for one that no carrier takes."""
        sender = " ".join(str(self.cleaned_data["sender"]).split())
        if sender and not _NAME.fullmatch(sender) and not _NUMBER.fullmatch(sender):
            raise ValidationError(
                _("3 to 11 letters and figures without accents, at least one letter; or a number."), code="sender"
            )
        return sender

    def clean(self) -> dict[str, Any]:
        """Refuses hours at which nobody may be written to."""
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and since < EARLIEST:
            self.add_error("since", _("Not before 8 o’clock."))
        if until and until > LATEST:
            self.add_error("until", _("Not after 20 o’clock."))
        if since and until and since >= until:
            self.add_error("until", _("The end is before the beginning."))
        return found


class SmsTextForm(forms.Form):
    """The texts of a kind of messages: `text_<language>` and `active_<language>` for each language."""

    def __init__(self, *args: Any, kind: str, models: Mapping[str, SmsModel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known = {tag.name for tag in TAGS[kind]}
        for language in SmsLanguage.values:
            row = models[language]
            self.fields[f"active_{language}"] = forms.BooleanField(
                label=_("Send these messages"),
                required=False,
                initial=row.is_active,
                widget=forms.CheckboxInput(attrs={"role": "switch"}),
            )
            self.fields[f"text_{language}"] = forms.CharField(
                label=_("Text"),
                max_length=LONGEST_TEXT,
                initial=row.text,
                widget=forms.Textarea(attrs={"rows": 4, "data-sms-text": "", "data-tagged": "", "lang": language}),
            )

    def clean(self) -> dict[str, Any]:
        """Refuses tags that these messages do not have, with their place."""
        found = super().clean() or {}
        for language in SmsLanguage.values:
            name = f"text_{language}"
            for wrong in unknown_tags(found.get(name, ""), self._known):
                self.add_error(name, wrong_tag(wrong.name, wrong.line, wrong.column))
        return found


def wrong_tag(name: str, line: int, column: int) -> ValidationError:
    """Returns the error of a tag that a text does not have."""
    told = {"tag": f"{{{name}}}", "line": line, "column": column}
    text = _("%(tag)s is none of the tags of this text (line %(line)d, character %(column)d).") % told
    return ValidationError(text, code="tag")


class ConsentForm(forms.Form):
    """That somebody agreed to text messages: when and how."""

    given_on = forms.DateField(
        label=gettext_lazy("Given on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    how = forms.CharField(label=gettext_lazy("How"), max_length=160, required=False)

    def clean_given_on(self) -> Any:
        """Refuses a day to come."""
        day = self.cleaned_data["given_on"]
        if day > timezone.localdate() or day.year < 2000:
            raise ValidationError(_("This day is not possible."), code="day")
        return day
