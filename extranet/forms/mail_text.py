"""A firm's own words of a mail."""

import html
import re
from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mail.kinds import LINK, MailKind
from mail.tags import unknown_tags
from mail.writing import OwnWords
from themes.rich_text import RichTextField, RichTextWidget, clean_html

_ADDRESS = re.compile(r'href="([^"]*)"')
_END_OF_LINE = re.compile(r"</(?:p|li|h2|h3)>|<br>")
_MARKUP = re.compile(r"<[^>]*>")
MAX_SUBJECT, MAX_BODY, MAX_BUTTON = 200, 20_000, 60
#: How much of the line a wrong tag is shown with, on each side.
_AROUND = 20


class MailTextForm(forms.Form):
    """Subject, text and button; `seen` is the version that the page showed."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"), max_length=MAX_SUBJECT, widget=forms.TextInput(attrs={"data-tagged": ""})
    )
    body = RichTextField(
        label=gettext_lazy("Text"), max_length=MAX_BODY, widget=RichTextWidget(attrs={"data-tagged": ""})
    )
    button = forms.CharField(
        label=gettext_lazy("Label of the button"),
        max_length=MAX_BUTTON,
        required=False,
        widget=forms.TextInput(attrs={"data-tagged": ""}),
    )
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: MailKind, **kwargs: Any) -> None:
        """Keeps the fields that the mail has."""
        super().__init__(*args, **kwargs)
        self.kind = kind
        body = self.fields["body"]
        assert isinstance(body, RichTextField)
        body.link_tags = kind.addresses
        if not kind.has_button:
            del self.fields["button"]

    @property
    def words(self) -> OwnWords:
        """What was typed: safe to show, also when something is wrong with it."""
        typed = self.cleaned_data
        return OwnWords(
            typed.get("subject", self.data.get("subject", "")[:MAX_SUBJECT]),
            typed.get("body", clean_html(self.data.get("body", "")[:MAX_BODY], link_tags=self.kind.addresses)),
            typed.get("button", self.data.get("button", "")[:MAX_BUTTON]) if self.kind.has_button else "",
        )

    def clean_subject(self) -> str:
        """Returns the subject; its tags are those that may stand where everybody sees them."""
        subject = str(self.cleaned_data["subject"])
        _refuse_unknown(subject, self._in_subject(), self.kind)
        return subject

    def clean_button(self) -> str:
        """Returns the button's label."""
        label = str(self.cleaned_data["button"])
        _refuse_unknown(label, self._in_subject(), self.kind)
        return label

    def clean_body(self) -> str:
        """Returns the text, whose tags are whole and known."""
        body = str(self.cleaned_data["body"])
        plain = html.unescape(_MARKUP.sub("", _END_OF_LINE.sub("\n", body)))
        _refuse_unknown(plain, self.kind.names, self.kind)
        if broken := [tag.written for tag in self.kind.tags if plain.count(tag.written) > body.count(tag.written)]:
            raise ValidationError(
                _("Only a part of %(tag)s is formatted: write the tag again, then format the whole of it.")
                % {"tag": broken[0]}
            )
        for address in _ADDRESS.findall(body):
            if "{" in address and address.strip("{} ") not in self.kind.addresses:
                raise ValidationError(
                    _("A tag can be the whole address of a link, not a part of one: %(address)s")
                    % {"address": html.unescape(address)}
                )
        return body

    def clean(self) -> dict[str, Any]:
        """Refuses a text without the codes or the link that the mail is there for."""
        body = self.cleaned_data.get("body")
        if body is None:
            return self.cleaned_data
        missing = [name for name in self.kind.secrets if f"{{{name}}}" not in body]
        if LINK.name in missing and self.cleaned_data.get("button"):
            missing.remove(LINK.name)
        if missing:
            told = ngettext(
                "This tag is missing, without which the e-mail is of no use: %(tags)s",
                "These tags are missing, without which the e-mail is of no use: %(tags)s",
                len(missing),
            )
            self.add_error("body", told % {"tags": " ".join(f"{{{name}}}" for name in missing)})
        return self.cleaned_data

    def _in_subject(self) -> Collection[str]:
        secret = {tag.name for tag in self.kind.in_text}
        return self.kind.names - self.kind.addresses - secret


def _refuse_unknown(text: str, known: Collection[str], kind: MailKind) -> None:
    problems = []
    for wrong in unknown_tags(text, known):
        if wrong.name.strip() in kind.names:
            message = _("%(tag)s (line %(line)d, character %(column)d) may stand in the text alone.")
        else:
            message = _("%(tag)s (line %(line)d, character %(column)d: “%(around)s”) is none of this e-mail’s tags.")
        line = text.split("\n")[wrong.line - 1]
        around = line[max(0, wrong.column - 1 - _AROUND) : wrong.column + len(wrong.name) + 1 + _AROUND].strip()
        told = {"tag": f"{{{wrong.name}}}", "line": wrong.line, "column": wrong.column, "around": around}
        problems.append(message % told)
    if problems:
        raise ValidationError(problems[:5])
