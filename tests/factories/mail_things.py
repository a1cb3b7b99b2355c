"""A firm's own words of a mail, for the tests that need some."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from kernel.models import FirmModel
from mail.actions.text import save_text
from mail.kinds import mail_kinds
from mail.models import MailText, MailTextVersion
from mail.writing import OwnWords

KIND = "dossier_available"


def save_words(
    *,
    user: User,
    kind: str = KIND,
    language: str = "fr",
    subject: str = "Dossier {dossier}",
    body: str = "<p>{nom}</p>",
) -> MailText:
    """Returns a text of the current firm."""
    return save_text(mail_kinds()[kind], language, words=OwnWords(subject, body, "Lire"), user=user)


def mail_text_rows(
    made: dict[type[FirmModel], Any], word: str, staff: User
) -> dict[type[FirmModel], Callable[[], FirmModel]]:
    """Returns the factories of a text and its version, with this word in them."""
    return {
        MailText: lambda: save_words(user=staff, subject=f"{word} {{dossier}}", body=f"<p>{word} {{nom}}</p>"),
        MailTextVersion: lambda: MailTextVersion.objects.get(text=made[MailText]),
    }


def mail_text_arguments(version: MailTextVersion) -> dict[str, dict[str, object]]:
    """Returns the arguments of the addresses of texts."""
    routes = [f"settings-mail{what}" for what in ("", "-preview", "-shown", "-trial", "-default")]
    return {
        **{route: {"kind": KIND} for route in routes},
        "settings-mail-restore": {"kind": KIND, "code": version.code},
    }


def mail_text_data(**changed: str) -> dict[str, Any]:
    """Returns what the form of a text sends."""
    return {"subject": "Votre dossier {dossier}", "body": "<p>{salutation}</p>", "button": "Lire"} | changed
