"""What a file probably is, told by its name."""

import re

from extranet.enums import FileKind
from kernel.text import fold

_LETTERS = re.compile(r"[a-z]+")
#: In this order: a certificate of asbestos is a certificate. A word ending in * stands for all that begin so.
_WORDS: tuple[tuple[FileKind, tuple[str, ...]], ...] = (
    (FileKind.GENAPI, ("genapi",)),
    (FileKind.MISSION, ("odm",)),
    (FileKind.INVOICE, ("facture*", "invoice*")),
    (FileKind.CERTIFICATE, ("attestation*", "certificat*")),
    (
        FileKind.REPORT,
        (
            *(
                "dpe",
                "amiante*",
                "crep",
                "plomb*",
                "gaz",
                "elec*",
                "termite*",
                "carrez",
                "boutin",
                "erp",
                "ernmt",
                "ddt",
            ),
            *("dta", "dapp", "rapport*", "diagnostic*", "report*"),
        ),
    ),
)


def guess_kind(name: str, content_type: str) -> FileKind:
    """Returns what a file is by the words of its name, else by its type: a picture, or a PDF, which is a report."""
    words = _LETTERS.findall(fold(name.rpartition(".")[0] or name))
    for kind, signs in _WORDS:
        if any(_matches(word, sign) for word in words for sign in signs):
            return kind
    if content_type.startswith("image/"):
        return FileKind.PHOTO
    return FileKind.REPORT if content_type == "application/pdf" else FileKind.OTHER


def _matches(word: str, sign: str) -> bool:
    return word.startswith(sign[:-1]) if sign.endswith("*") else word == sign
