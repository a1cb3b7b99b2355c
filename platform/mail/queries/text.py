"""A firm's own texts of mails."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from kernel.tenancy import current_schema, in_public
from mail.models import MailText

type _Found = dict[tuple[str, str, str], MailText | None]
_read: ContextVar[_Found | None] = ContextVar("texts_of_mails_read", default=None)


@contextmanager
def texts_read_once() -> Iterator[None]:
    """Reads each text once within the block: for many mails written one after the other."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def own_text(kind: str, language: str) -> MailText | None:
    """Returns what the current firm writes in place of our words of a mail; None where it leaves them."""
    if in_public():
        return None
    found = _read.get()
    key = (current_schema(), kind, language)
    if found is not None and key in found:
        return found[key]
    text = MailText.objects.filter(kind=kind, language=language, is_own=True).first()
    if found is not None:
        found[key] = text
    return text


def own_languages() -> Mapping[str, list[str]]:
    """Returns in which languages the firm has words of its own, by mail."""
    found: dict[str, list[str]] = {}
    for kind, language in MailText.objects.filter(is_own=True).order_by("language").values_list("kind", "language"):
        found.setdefault(kind, []).append(language)
    return found
