"""The mail that asks whoever is to pay for what is unpaid, in the active language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from billing.rules import dossier_name, in_euros
from billing.validators import fill_tags
from kernel.money import euros
from mail.content import Button, MailContent
from mail.tags import fence

#: How many dossiers the text names; the table has all of them.
MOST_NAMED = 3


@dataclass(frozen=True)
class AskedLine:
    """A dossier of the mail; `amount` in cents."""

    reference: str
    title: str
    amount: int

    @property
    def name(self) -> str:
        """What it is called, as text that brings neither a line nor a link."""
        return dossier_name(fence(self.reference), fence(self.title))


@dataclass(frozen=True)
class Asking:
    """In whose name one asks: the firm's own words (empty: ours), how to pay, and where answers go."""

    firm: str
    subject: str = ""
    text: str = ""
    #: Whether something can be paid on line, and the labels and explanations of the other means.
    online: bool = False
    by_hand: Sequence[tuple[str, str]] = field(default_factory=list)
    answer_to: str = ""


def default_subject() -> str:
    """Returns the subject of a firm that wrote none, with its tags."""
    return _("Reminder: {{total}} to pay — {{dossiers}}")


def default_text() -> str:
    """Returns the text of a firm that wrote none, with its tags as the active language writes them."""
    text = _(
        "Hello {{client}},\n\n"
        "Unless we are mistaken, {{total}} is still to be paid for your diagnostics ({{dossiers}}).\n\n"
        "Thank you for settling it as soon as you can. If you have just done so, please take no notice of this "
        "message.\n\n"
        "{{firm}}"
    )
    return text.replace("{{firm}}", _firm_tag())


def _firm_tag() -> str:
    return "{{cabinet}}" if get_language() == "fr" else "{{firm}}"


def shown_tags() -> list[tuple[str, str]]:
    """Returns the tags as the active language writes them, and what each says."""
    return [
        ("{{client}}", _("the name of who is to pay")),
        ("{{dossiers}}", _("the dossiers")),
        ("{{total}}", _("the amount that is left to pay")),
        ("{{date}}", _("the date of the e-mail")),
        (_firm_tag(), _("the name of your portal")),
    ]


def reminder_mail(asking: Asking, lines: Sequence[AskedLine], *, client: str, link: str, today: date) -> MailContent:
    """Returns the mail: the firm's words or ours, what each dossier costs, and the way to pay (`link`; empty: none).

    Names are fenced; the firm's own text is not.
    """
    total = euros(in_euros(sum(line.amount for line in lines)))
    values = {
        "client": fence(client) or _("Sir or Madam"),
        "dossiers": _named(lines),
        "total": total,
        "date": date_format(today, "DATE_FORMAT"),
        "firm": fence(asking.firm),
    }
    text = fill_tags(asking.text or default_text(), values)
    facts = [(line.name, euros(in_euros(line.amount))) for line in lines]
    if len(lines) > 1:
        facts.append((_("Total"), total))
    return MailContent(
        subject=fill_tags(asking.subject or default_subject(), values),
        paragraphs=[*_paragraphs(text), *_how(asking, values["firm"])],
        facts=facts,
        button=Button(_("Pay on line") if asking.online else _("See how to pay"), link) if link else None,
    )


def _named(lines: Sequence[AskedLine]) -> str:
    named = ", ".join(line.name for line in lines[:MOST_NAMED])
    more = len(lines) - MOST_NAMED
    if more <= 0:
        return named
    return ngettext("%(names)s and %(n)d other", "%(names)s and %(n)d others", more) % {"names": named, "n": more}


def _paragraphs(text: str) -> list[str]:
    parts = re.split(r"\n[ \t]*\n+", text.replace("\r\n", "\n").strip())
    return [part.strip("\n") for part in parts if part.strip()]


def _how(asking: Asking, firm: str) -> list[str]:
    """Returns what no firm's text has to say: other ways to pay, and where to write."""
    told = [f"{label}\n{explanation}".strip() for label, explanation in asking.by_hand]
    if not asking.online and not told:
        told = [_("To pay, please get in touch with us.")]
    if asking.answer_to:
        text = _("A question, or already paid? Write to %(firm)s: %(email)s")
        told.append(text % {"firm": firm, "email": asking.answer_to})
    return told
