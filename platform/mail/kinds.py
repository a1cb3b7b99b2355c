"""Every mail that the product sends: what it is, who reads it, our words, and the tags of a firm's own words."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mail.tags import Tag, fence


class Trust(enum.Enum):
    """Where a tag's value comes from, and so what is done to it. All are escaped in HTML."""

    #: Somebody typed it: fenced, so that it brings neither a line nor a link.
    TEXT = "text"
    #: A sentence of ours; names in it are fenced where it is made.
    WORDS = "words"
    MONEY = "money"
    DATE = "date"
    #: A code or an identifier that readers copy: left as it is.
    EXACT = "exact"
    #: An address of ours: a link in HTML, and a link's address.
    URL = "url"


class Reader(models.TextChoices):
    """Who gets a mail."""

    CLIENT = "client", gettext_lazy("Client")
    FIRM = "firm", gettext_lazy("Firm")
    BOTH = "both", gettext_lazy("Client and firm")


class MailGroup(models.TextChoices):
    """Under which heading a mail stands."""

    MAIN = "main", gettext_lazy("The five main e-mails")
    DOSSIERS = "dossiers", gettext_lazy("Dossiers and documents")
    ORDERS = "orders", gettext_lazy("Orders")
    VISITS = "visits", gettext_lazy("Visits")
    QUOTES = "quotes", gettext_lazy("Quotes")
    MISSIONS = "missions", gettext_lazy("Mission orders")
    ACCOUNTS = "accounts", gettext_lazy("Accounts and messages")
    PAYMENTS = "payments", gettext_lazy("Payments")


@dataclass(frozen=True)
class MailTag(Tag):
    """A tag of a mail, with where its value comes from."""

    trust: Trust = Trust.TEXT


@dataclass(frozen=True)
class Words:
    """Our words in the active language, tags filled in; an empty paragraph is left out."""

    subject: str
    paragraphs: list[str]
    button: str = ""


@dataclass(frozen=True)
class MailKind:
    """One mail. `words` returns ours for the tags' values; `key` is the kind that the queue's rows bear."""

    key: str
    group: MailGroup
    reader: Reader
    label: str | Promise
    tags: tuple[MailTag, ...]
    words: Callable[[Mapping[str, str]], Words]
    #: What lets somebody in: a firm's text without one of these is refused. The button counts as `lien`.
    secrets: tuple[str, ...] = ()
    #: What the table of facts may say, for previews.
    facts: tuple[tuple[str | Promise, str | Promise], ...] = ()
    #: Written for the platform, or on a page of its own (the route): not on the page of texts.
    is_platforms: bool = False
    own_page: str = ""

    @property
    def is_editable(self) -> bool:
        """Whether a firm writes it on the page of texts."""
        return not self.is_platforms and not self.own_page

    @property
    def languages(self) -> list[tuple[str, str]]:
        """The languages that its reader may have, with their names: the firm's own people know fewer."""
        only = settings.OFFICE_LANGUAGES if self.reader == Reader.FIRM else dict(settings.LANGUAGES)
        return [(code, name) for code, name in settings.LANGUAGES if code in only]

    @property
    def names(self) -> frozenset[str]:
        """The names of the tags."""
        return frozenset(tag.name for tag in self.tags)

    @property
    def addresses(self) -> frozenset[str]:
        """The names of the tags that are links."""
        return frozenset(tag.name for tag in self.tags if tag.trust is Trust.URL)

    @property
    def has_button(self) -> bool:
        """Whether there is something to do at an address."""
        return LINK.name in self.names

    @property
    def in_text(self) -> tuple[MailTag, ...]:
        """The secrets that our look shows in the table of facts, and that a firm's own text holds itself."""
        return tuple(tag for tag in self.tags if tag.name in self.secrets and tag.trust is not Trust.URL)

    def fenced(self, values: Mapping[str, str]) -> dict[str, str]:
        """Returns a value for each tag, fenced if somebody typed it; raises LookupError for a name that is none."""
        if unknown := set(values) - self.names:
            raise LookupError(f"{self.key} has no tag {', '.join(sorted(unknown))}")
        told = {tag.name: values.get(tag.name, "") for tag in self.tags}
        return told | {tag.name: fence(told[tag.name]) for tag in self.tags if tag.trust is Trust.TEXT}

    def samples(self) -> dict[str, str]:
        """Returns the values of previews, in the active language."""
        return {tag.name: str(tag.sample) for tag in self.tags}


NAME = MailTag("nom", gettext_lazy("the reader’s name"), "Marie Le Goff")
GREETING = MailTag(
    "salutation", gettext_lazy("“Hello” and the name"), gettext_lazy("Hello Marie Le Goff,"), Trust.WORDS
)
FIRM = MailTag("cabinet", gettext_lazy("the name of your portal"), "Armor Diagnostics")
LINK = MailTag("lien", gettext_lazy("the address behind the button"), "https://exemple.fr/lien", Trust.URL)
READER = (GREETING, NAME)


def hello(name: str) -> dict[str, str]:
    """Returns the values of READER's tags; without a name the greeting has none."""
    told = _("Hello %(name)s,") % {"name": fence(name)} if name else _("Hello,")
    return {NAME.name: name, GREETING.name: told}


#: Trials of texts, which somebody sends itself from the page on which it writes them.
TRIAL_KINDS = frozenset({"mail_trial", "unpaid_reminder_trial"})


@cache
def mail_kinds() -> dict[str, MailKind]:
    """Returns every mail by its key, in the order of settings.MAIL_TABLES; raises ValueError for a key twice."""
    found: dict[str, MailKind] = {}
    for table in settings.MAIL_TABLES:
        for kind in import_string(table):
            if kind.key in found:
                raise ValueError(f"two mails are called {kind.key}")
            found[kind.key] = kind
    return found
