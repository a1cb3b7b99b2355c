"""How to pay by hand, line by line, with what one copies: an account's number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: ISO 13616: a country, two digits, up to 30 letters and digits, in groups of four or without spaces.
_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?:[ \u00a0\u202f]?[A-Z0-9]{4}){2,7}(?:[ \u00a0\u202f]?[A-Z0-9]{1,3})?\b")


@dataclass(frozen=True)
class InstructionLine:
    """A line of a firm's explanation, and the account's number that stands in it."""

    text: str
    copy: str = ""


def lines_to_copy(instructions: str) -> Sequence[InstructionLine]:
    """Returns the lines of an explanation, blank ones left out."""
    found = []
    for text in instructions.splitlines():
        if text.strip():
            iban = _IBAN.search(text)
            found.append(InstructionLine(text.strip(), "".join(iban[0].split()) if iban else ""))
    return found
