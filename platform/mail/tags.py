"""Tags (*balises*): names in braces that a firm's own words hold and that are filled with one reader's values.

No template language: a tag is looked up once and its value never read again. Nothing loops, and no value brings a tag.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

_TAG = re.compile(r"\{([^{}\n]{0,60})\}")
#: All white space but the no-break ones of French typography.
_BREAKS = re.compile(r"(?:[^\S\xa0\u202f]|[\x00-\x1f\x7f-\x9f])+")
_TURNS = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
#: Where a mail program would begin to see an address: http://, a dot before letters, an @.
_LINKS = re.compile(r":(?=//)|(?<=\w)\.(?=[^\W\d_]{2})|@(?=\w)")


@dataclass(frozen=True)
class Tag:
    """What may stand in a text: `{name}`, what the reader of the settings calls it, and a value to show in previews."""

    name: str
    label: str | Promise
    sample: str | Promise

    @property
    def written(self) -> str:
        """The tag as it stands in a text."""
        return f"{{{self.name}}}"


@dataclass(frozen=True)
class UnknownTag:
    """A tag that a text may not hold, and where it stands (both from 1)."""

    name: str
    line: int
    column: int


def unknown_tags(text: str, known: Collection[str]) -> Iterator[UnknownTag]:
    """Returns the tags of a text that are not in `known`, in their order."""
    for found in _TAG.finditer(text):
        if found[1].strip() not in known:
            before = text[: found.start()]
            yield UnknownTag(found[1], before.count("\n") + 1, found.start() - before.rfind("\n"))


def fill_tags(text: str, values: Mapping[str, str]) -> str:
    """Returns the text with its tags filled, once; a tag without a value stays as it is written."""
    return _TAG.sub(lambda found: values.get(found[1].strip(), found[0]), text)


def fence(text: str) -> str:
    """Returns a name as words on one line, with a mark that nobody sees wherever a link would begin.

    Mail programs make links of what looks like an address: nobody's name may become one.
    """
    plain = _TURNS.sub("", _BREAKS.sub(" ", text)).strip()
    return _LINKS.sub(lambda found: f"{found[0]}\u200b", plain)
