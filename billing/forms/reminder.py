"""When reminders of what is unpaid leave, and what they say."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.emails_reminder import default_subject, default_text, shown_tags
from billing.models import BillingSettings
from billing.validators import wrong_tags

if TYPE_CHECKING:
    _Form = forms.ModelForm[BillingSettings]
else:
    _Form = forms.ModelForm


class ReminderSettingsForm(_Form):
    """The schedule and the words; where the firm wrote none, ours stand in the fields, and are not saved as its own."""

    class Meta:
        model = BillingSettings
        fields = (
            "remind_unpaid",
            "first_reminder_days",
            "reminder_every_days",
            "max_reminders",
            "reminder_subject",
            "reminder_text",
        )
        widgets = {
            "remind_unpaid": forms.CheckboxInput(attrs={"role": "switch"}),
            "reminder_subject": forms.TextInput(attrs={"data-tagged": ""}),
            "reminder_text": forms.Textarea(attrs={"rows": 10, "data-tagged": ""}),
        }
        labels = {
            "first_reminder_days": gettext_lazy("First reminder after (days)"),
            "reminder_every_days": gettext_lazy("Then every (days)"),
            "max_reminders": gettext_lazy("How many at most"),
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Fills in our words where there are none of the firm's."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.initial["reminder_subject"] = self.instance.reminder_subject or default_subject()
        self.initial["reminder_text"] = self.instance.reminder_text or default_text()

    def clean_reminder_subject(self) -> str:
        """Returns the subject; empty when it is ours."""
        return self._own("reminder_subject", default_subject)

    def clean_reminder_text(self) -> str:
        """Returns the text; empty when it is ours."""
        return self._own("reminder_text", default_text)

    def _own(self, name: str, default: Callable[[], str]) -> str:
        text = str(self.cleaned_data[name]).replace("\r\n", "\n").strip()
        if wrong := wrong_tags(text):
            raise ValidationError([_problem(each.text, each.line, each.column) for each in wrong[:5]])
        return "" if text == default() else text


def _problem(text: str, line: int, column: int) -> str:
    known = " ".join(tag for tag, _meaning in shown_tags())
    return _("“%(text)s” (line %(line)d, character %(column)d) is none of the tags: %(known)s") % {
        "text": text,
        "line": line,
        "column": column,
        "known": known,
    }
