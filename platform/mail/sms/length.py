"""How long a text message is: its encoding, its units and its parts (3GPP TS 23.038 and 23.040).

The same count stands in themes/static/themes/js/sms.js for whoever types; tests/mail/sms_vectors.json holds both to it.
"""

import unicodedata
from dataclasses import dataclass

from mail.sms.enums import Encoding

#: The basic table, its escape apart.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: The extension table: two units each, and never cut in two.
_EXTENSION = frozenset("\f^{}\\[~]|€")
#: Units of a message alone, and of each of several, whose header takes six octets.
_ROOM = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}
#: What says nearly the same in GSM-7; accents are taken off by themselves.
_INSTEAD = {
    "’": "'", "‘": "'", "‚": ",", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "–": "-", "—": "-", "‑": "-", "−": "-", "…": "...", "•": "-", "·": ".", "×": "x", "œ": "oe", "Œ": "OE",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ", "\u00ad": "", "\u200b": "", "™": "TM", "©": "(c)",
    "®": "(R)", "²": "2", "³": "3", "°": "o", "½": "1/2", "¼": "1/4",
}  # fmt: skip


@dataclass(frozen=True)
class SmsLength:
    """What a text takes: units (septets or code units), messages, units that the last message still holds."""

    encoding: Encoding
    units: int
    parts: int
    left: int
    #: What made it UCS-2, each once, in their order.
    foreign: tuple[str, ...] = ()


def measure(text: str) -> SmsLength:
    """Returns the length of a text; the empty one takes no message."""
    foreign = tuple(dict.fromkeys(char for char in text if char not in _BASIC and char not in _EXTENSION))
    encoding = Encoding.UCS2 if foreign else Encoding.GSM7
    sizes = [_size(char, encoding) for char in text]
    alone, several = _ROOM[encoding]
    units = sum(sizes)
    if units <= alone:
        return SmsLength(encoding, units, 1 if units else 0, alone - units, foreign)
    parts, used = 1, 0
    for size in sizes:
        if used + size > several:  # a character of two units goes into the next message whole
            parts, used = parts + 1, 0
        used += size
    return SmsLength(encoding, units, parts, several - used, foreign)


def _size(char: str, encoding: Encoding) -> int:
    if encoding == Encoding.GSM7:
        return 2 if char in _EXTENSION else 1
    return 2 if ord(char) > 0xFFFF else 1


def plain(text: str) -> str:
    """Returns the text with what forces UCS-2 replaced where GSM-7 has something like it; the rest stays."""
    return "".join(_plain_char(char) for char in unicodedata.normalize("NFC", text))


def _plain_char(char: str) -> str:
    if char in _BASIC or char in _EXTENSION:
        return char
    if char in _INSTEAD:
        return _INSTEAD[char]
    bare = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return bare if bare and all(part in _BASIC or part in _EXTENSION for part in bare) else char
