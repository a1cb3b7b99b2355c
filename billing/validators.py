"""Whether a text that the firm wrote for its mails is well formed."""

import re
from dataclasses import dataclass

#: The tags of a reminder; each also by its French name, where that is another one.
TAGS = ("client", "dossiers", "total", "date", "firm")
ALIASES = {"cabinet": "firm"}

_TAG = re.compile(r"\{\{\s*([^{}\n]*?)\s*\}\}")
_STRAY = re.compile(r"\{\{|\}\}")


@dataclass(frozen=True)
class WrongTag:
    """Something between braces that is no tag, and where it stands, from 1."""

    text: str
    line: int
    column: int


def tag_of(name: str) -> str | None:
    """Returns the tag that a name between braces means, whatever its case; None for what is none."""
    known = ALIASES.get(name.lower(), name.lower())
    return known if known in TAGS else None


def wrong_tags(text: str) -> list[WrongTag]:
    """Returns what in a text looks like a tag and is none: an unknown name, or braces that do not close."""
    text = text.replace("\r\n", "\n")
    good = [found.span() for found in _TAG.finditer(text) if tag_of(found[1]) is not None]
    wrong = [(found.start(), found[0]) for found in _TAG.finditer(text) if tag_of(found[1]) is None]
    taken = [*good, *((start, start + len(shown)) for start, shown in wrong)]
    wrong += [
        (found.start(), text[found.start() :].split("\n", 1)[0][:30])
        for found in _STRAY.finditer(text)
        if not any(start <= found.start() < end for start, end in taken)
    ]
    return [_placed(text, start, shown) for start, shown in sorted(wrong)]


def _placed(text: str, start: int, shown: str) -> WrongTag:
    before = text[:start]
    return WrongTag(text=shown, line=before.count("\n") + 1, column=start - (before.rfind("\n") + 1) + 1)


def fill_tags(text: str, values: dict[str, str]) -> str:
    """Returns a text with its tags replaced, in one pass: what a value brings is never read as a tag."""

    def value(found: re.Match[str]) -> str:
        tag = tag_of(found[1])
        return values[tag] if tag is not None else found[0]

    return _TAG.sub(value, text)
