"""What a mail says, before it has a look."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Button:
    """The one thing that the reader may do."""

    label: str
    url: str


@dataclass(frozen=True)
class Attachment:
    """A small file that goes with a mail; `content_type` may have parameters (RFC 2045)."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class OwnBody:
    """A firm's own text: clean HTML with tags, the values that go in (fenced, not escaped), and which are addresses."""

    html: str
    values: Mapping[str, str]
    addresses: frozenset[str]


@dataclass(frozen=True)
class MailContent:
    """A mail's words, plain text throughout: the template escapes them, so that no name can bring a link.

    With `own` its text stands in place of greeting and paragraphs.
    """

    subject: str
    paragraphs: list[str]
    greeting: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    button: Button | None = None
    attachments: list[Attachment] = field(default_factory=list)
    own: OwnBody | None = None
    #: The line above which an answer is written, before all else.
    above: str = ""
    #: What somebody wrote, shown as it is.
    quote: str = ""
