"""A firm's own texts of mails."""

from collections.abc import Mapping

from kernel.tenancy import in_public
from mail.models import MailText


def own_text(kind: str, language: str) -> MailText | None:
    """Returns what the current firm writes in place of our words of a mail; None where it leaves them."""
    if in_public():
        return None
    return MailText.objects.filter(kind=kind, language=language, is_own=True).first()


def own_languages() -> Mapping[str, list[str]]:
    """Returns in which languages the firm has words of its own, by mail."""
    found: dict[str, list[str]] = {}
    for kind, language in MailText.objects.filter(is_own=True).order_by("language").values_list("kind", "language"):
        found.setdefault(kind, []).append(language)
    return found
