"""From a kind of mail and one reader's values to what the mail says: the firm's own words, or ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mail.content import Attachment, Button, MailContent, OwnBody
from mail.kinds import LINK, MailKind, Words
from mail.models import MailText
from mail.queries.text import own_text
from mail.tags import fence, fill_tags
from themes.rich_text import clean_html


@dataclass(frozen=True)
class OwnWords:
    """A text with its tags: a firm's, or ours as a firm begins from it."""

    subject: str
    body: str
    button: str

    @classmethod
    def of(cls, text: MailText) -> "OwnWords":
        """Returns the words of a stored text."""
        return cls(text.subject, text.body, text.button)


class Exact(str):
    """A fact that readers copy, an identifier or a code: it is not fenced."""

    __slots__ = ()


def compose(
    kind: MailKind,
    values: Mapping[str, str],
    *,
    facts: Sequence[tuple[str, str]] = (),
    attachments: Sequence[Attachment] = (),
) -> MailContent:
    """Returns the mail in the active language: the firm's words for it where there are any, else ours.

    Raises LookupError for a value that is none of the kind's tags. Without the value `lien` there is no button.
    """
    own = own_text(kind.key, (get_language() or "").partition("-")[0])
    words = OwnWords.of(own) if own is not None else None
    return write(kind, values, words, facts=facts, attachments=attachments)


def write(
    kind: MailKind,
    values: Mapping[str, str],
    own: OwnWords | None,
    *,
    facts: Sequence[tuple[str, str]] = (),
    attachments: Sequence[Attachment] = (),
) -> MailContent:
    """Returns the mail in these words of a firm, or in ours."""
    told = kind.fenced(values)
    shown = [(fence(label), value if isinstance(value, Exact) else fence(value)) for label, value in facts]
    url = told.get(LINK.name, "")
    if own is None:
        words = kind.words(told)
        return MailContent(
            subject=words.subject,
            greeting=told.get("salutation", ""),
            paragraphs=[paragraph for paragraph in words.paragraphs if paragraph],
            facts=shown,
            button=Button(words.button, url) if url and words.button else None,
            attachments=list(attachments),
        )
    label = fill_tags(own.button, told)
    return MailContent(
        subject=" ".join(fill_tags(own.subject, told).split()),
        paragraphs=[],
        own=OwnBody(own.body, told, kind.addresses),
        # the codes are in the text
        facts=[] if kind.in_text else shown,
        button=Button(label, url) if url and label else None,
        attachments=list(attachments),
    )


def our_words(kind: MailKind) -> OwnWords:
    """Returns our words in the active language as a firm begins from them: with tags in place of values."""
    words: Words = kind.words({tag.name: tag.written for tag in kind.tags})
    paragraphs: list[str] = [escape(paragraph) for paragraph in words.paragraphs if paragraph]
    if "salutation" in kind.names:
        paragraphs.insert(0, "{salutation}")
    labels = {str(value): str(label) for label, value in kind.facts}
    paragraphs += [
        _("%(label)s: %(value)s")
        % {
            "label": escape(capfirst(labels.get(str(tag.sample), str(tag.label)))),
            "value": f"<strong>{tag.written}</strong>",
        }
        for tag in kind.in_text
        if not any(tag.written in paragraph for paragraph in paragraphs)
    ]
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs).replace("\n", "<br>")
    return OwnWords(words.subject, clean_html(body, link_tags=kind.addresses), words.button)
