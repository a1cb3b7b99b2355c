"""What blocks a site may have and what each holds: one literal table, from which forms and checks follow.

A block is data: texts, yes or no, lists of rows of texts. Whatever comes from a form or the database goes through
`clean_values`, so that a page shows nothing of another shape.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from extranet.enums_site import Background, BlockKind, PriceSource
from themes.rich_text import clean_html

type Label = str | Promise
type Value = str | bool | list[dict[str, str]]
type Values = dict[str, Value]

MAX_ITEMS = 60
_CODE = re.compile(r"[0-9a-z]{12}\Z")
_PATH = re.compile(r"/(?!/)[A-Za-z0-9/_.#?=&%-]*\Z")
_ANCHOR = re.compile(r"#[A-Za-z0-9_-]+\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class ShapeError(ValueError):
    """A site's data are not of the shape that it must have; the text says where."""


@dataclass(frozen=True)
class Text:
    """A line of text, or lines when `rows`; `rich` is HTML with the few elements that clean_html leaves."""

    name: str
    label: Label
    most: int = 200
    rows: int = 0
    rich: bool = False
    required: bool = False
    help: Label = ""

    def clean(self, value: object) -> str:
        """Returns the text without control characters; raises ShapeError."""
        text = _text(value, self.name)
        text = clean_html(text) if self.rich else _CONTROL.sub("", text).strip()
        if len(text) > self.most:
            raise ShapeError(f"{self.name}: {len(text)} characters, at most {self.most}")
        return text


@dataclass(frozen=True)
class Link:
    """Where a button leads: a page of the portal or site, an anchor, http(s), mailto or tel."""

    name: str
    label: Label
    most: int = 300
    required: bool = False
    help: Label = ""

    def clean(self, value: object) -> str:
        """Returns the address; raises ShapeError for any that could run something."""
        text = _text(value, self.name).strip()
        if (text and not is_link(text)) or len(text) > self.most:
            raise ShapeError(f"{self.name}: not a link")
        return text


@dataclass(frozen=True)
class Picture:
    """The code of a picture of the site, or nothing."""

    name: str
    label: Label
    required: bool = False
    help: Label = ""

    def clean(self, value: object) -> str:
        """Returns the code; raises ShapeError."""
        text = _text(value, self.name)
        if text and not _CODE.match(text):
            raise ShapeError(f"{self.name}: not the code of a picture")
        return text


@dataclass(frozen=True)
class Choice:
    """One of some words; the first unless something else is said."""

    name: str
    label: Label
    choices: Sequence[tuple[str, Label]]
    required: bool = True
    help: Label = ""

    def clean(self, value: object) -> str:
        """Returns the word; raises ShapeError for another."""
        text = _text(value, self.name) or self.choices[0][0]
        if text not in dict(self.choices):
            raise ShapeError(f"{self.name}: none of the choices")
        return text


@dataclass(frozen=True)
class Switch:
    """Yes or no."""

    name: str
    label: Label
    required: bool = False
    help: Label = ""

    def clean(self, value: object) -> bool:
        """Returns it; raises ShapeError for anything else."""
        if not isinstance(value, bool | None):
            raise ShapeError(f"{self.name}: neither yes nor no")
        return bool(value)


@dataclass(frozen=True)
class Rows:
    """A list of rows, each of the same fields; `add` is what its button says."""

    name: str
    label: Label
    fields: tuple["Text | Link | Picture", ...]
    add: Label
    help: Label = ""

    def clean(self, value: object) -> list[dict[str, str]]:
        """Returns the rows that hold something; raises ShapeError."""
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            raise ShapeError(f"{self.name}: not a list of at most {MAX_ITEMS} rows")
        rows = []
        for row in value:
            if not isinstance(row, dict) or not row.keys() <= {field.name for field in self.fields}:
                raise ShapeError(f"{self.name}: a row is of another shape")
            rows.append({field.name: field.clean(row.get(field.name, "")) for field in self.fields})
        return [row for row in rows if any(row.values())]


type Field = Text | Link | Picture | Choice | Switch | Rows


@dataclass(frozen=True)
class Kind:
    """A kind of block: its icon, what it is good for, its fields; the heading and background are every block's."""

    kind: BlockKind
    icon: str
    about: Label
    fields: tuple[Field, ...] = ()

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """All fields, in the order of the form."""
        own = tuple(field for field in self.fields if not isinstance(field, Choice | Switch))
        looks = tuple(field for field in self.fields if isinstance(field, Choice | Switch))
        if self.kind == BlockKind.HERO:
            return (Text("heading", _("Heading"), 120, required=True), *own, *looks)
        return (Text("heading", _("Heading"), 120), Text("lead", _("Introduction"), 400, rows=2), *own, *looks, _GROUND)


_GROUND = Choice("ground", _("Background"), Background.choices)
_ACCOUNT_HELP = _("A page of your site (/prices/), an address (https://…), mailto:… or tel:…")

KINDS: tuple[Kind, ...] = (
    Kind(
        BlockKind.HERO,
        "layout-navbar",
        _("The first thing that visitors see: who you are and what they can do."),
        (
            Text("lead", _("Introduction"), 400, rows=3),
            Text("button", _("Text of the button"), 40),
            Link("link", _("Where the button leads"), help=_ACCOUNT_HELP),
            Text("second", _("Text of the second button"), 40),
            Link("second_link", _("Where the second button leads"), help=_ACCOUNT_HELP),
            Picture("picture", _("Picture")),
        ),
    ),
    Kind(
        BlockKind.TEXT,
        "align-left",
        _("Paragraphs, lists and links, with a picture beside them if you like."),
        (
            Text("body", _("Text"), 20_000, rows=10, rich=True),
            Picture("picture", _("Picture")),
            Choice(
                "side",
                _("Side of the picture"),
                [("right", pgettext_lazy("side", "Right")), ("left", pgettext_lazy("side", "Left"))],
            ),
        ),
    ),
    Kind(
        BlockKind.SERVICES,
        "list-details",
        _("The diagnostics that you make, each in a sentence or two."),
        (
            Rows(
                "entries",
                _("Services"),
                (
                    Text("title", _("Name"), 80, required=True),
                    Text("text", _("In a few words"), 400, rows=3),
                    Link("link", _("Link")),
                ),
                add=_("Add a service"),
            ),
        ),
    ),
    Kind(
        BlockKind.PRICES,
        "receipt-euro",
        _("What diagnostics cost: from your price list or as you write it."),
        (
            Choice("source", _("Prices"), PriceSource.choices),
            Rows(
                "entries",
                _("Prices written by hand"),
                (
                    Text("label", _("Diagnostic"), 100, required=True),
                    Text("price", _("Price"), 40),
                    Text("note", _("Note"), 160),
                ),
                add=_("Add a price"),
            ),
            Text("note", _("Below the prices"), 300, rows=2),
            Switch("calculator", _("Button to the page that computes a price")),
        ),
    ),
    Kind(
        BlockKind.ZONE,
        "map-pin",
        _("The towns where you work; a map that is loaded only when a visitor asks for it."),
        (
            Rows(
                "entries",
                _("Towns"),
                (Text("name", _("Town"), 80, required=True), Text("postcode", _("Postcode"), 10)),
                add=_("Add a town"),
            ),
            Switch("map", _("Offer a map around the office")),
        ),
    ),
    Kind(
        BlockKind.CERTIFICATIONS,
        "certificate",
        _("Certifications and insurance, with their numbers: what the law lets clients ask for."),
        (
            Rows(
                "entries",
                _("Certifications and insurance"),
                (
                    Text("title", _("What"), 120, required=True),
                    Text("body", _("Given by"), 120),
                    Text("number", _("Number"), 60),
                    Text("until", _("Valid until"), 40),
                ),
                add=_("Add a certification"),
            ),
        ),
    ),
    Kind(
        BlockKind.TEAM,
        "users",
        _("Who comes to the door."),
        (
            Rows(
                "entries",
                _("People"),
                (
                    Text("name", _("Name"), 80, required=True),
                    Text("role", _("What they do"), 120),
                    Text("text", _("In a few words"), 400, rows=2),
                    Picture("picture", _("Picture")),
                ),
                add=_("Add a person"),
            ),
        ),
    ),
    Kind(
        BlockKind.FAQ,
        "help-circle",
        _("Questions that fold out; search engines show them too."),
        (
            Rows(
                "entries",
                _("Questions"),
                (
                    Text("question", _("Question"), 200, required=True),
                    Text("answer", _("Answer"), 2_000, rows=4, required=True),
                ),
                add=_("Add a question"),
            ),
        ),
    ),
    Kind(BlockKind.HOURS, "clock", _("The hours, address, phone and e-mail of the settings of the site.")),
    Kind(
        BlockKind.CONTACT,
        "mail",
        _("A form; what visitors write reaches you by e-mail and on the page “Visitors' messages”."),
        (Text("button", _("Text of the button"), 40),),
    ),
    Kind(
        BlockKind.QUOTE,
        "file-invoice",
        _("A band that leads to the price in one minute or to an order."),
        (
            Text("button", _("Text of the button"), 40),
            Choice(
                "target",
                _("Where it leads"),
                [("instant", _("The page that computes a price")), ("order", _("An order"))],
            ),
        ),
    ),
    Kind(
        BlockKind.WORDS,
        "quote",
        _("Opinions of clients, with their consent."),
        (
            Rows(
                "entries",
                _("Opinions"),
                (Text("text", _("What they said"), 600, rows=3, required=True), Text("who", _("Who"), 80)),
                add=_("Add an opinion"),
            ),
        ),
    ),
    Kind(
        BlockKind.LEGAL,
        "scale",
        _("Who publishes the site (LCEN, article 6): your legal details of the settings, and what you add."),
        (
            Text("director", _("Director of publication"), 120),
            Text("body", _("More"), 10_000, rows=6, rich=True),
        ),
    ),
    Kind(
        BlockKind.COOKIES,
        "cookie",
        _("Says what is true: the site sets no cookie and follows nobody."),
        (Text("body", _("More"), 5_000, rows=4, rich=True),),
    ),
)
KIND_OF: Mapping[str, Kind] = {entry.kind.value: entry for entry in KINDS}


def clean_values(kind: str, given: object) -> Values:
    """Returns the values of a block, all of its fields, each in its shape; raises ShapeError."""
    found = KIND_OF.get(kind)
    if found is None:
        raise ShapeError(f"no such block: {kind!r:.40}")
    fields = found.all_fields
    if not isinstance(given, dict) or not given.keys() <= {field.name for field in fields}:
        raise ShapeError(f"{kind}: fields of another shape")
    return {field.name: field.clean(given.get(field.name, _EMPTY.get(type(field), ""))) for field in fields}


_EMPTY: Mapping[type, object] = {Switch: None, Rows: None}


def is_link(text: str) -> bool:
    """Whether an address leads somewhere and can run nothing: ours, http(s), mailto or tel."""
    if _CONTROL.search(text) or any(char.isspace() or char in "\\\"'<>" for char in text):
        return False
    if _PATH.match(text) or _ANCHOR.match(text):
        return True
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    if parts.scheme in {"http", "https"}:
        return bool(parts.hostname) and "@" not in parts.netloc
    return parts.scheme in {"mailto", "tel"} and len(parts.path) > 2 and not parts.netloc


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise ShapeError(f"{name}: not a text")
    return value
