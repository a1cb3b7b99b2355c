"""A firm's own words of a mail: kept, put back, given up; each time what they were stays readable."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from kernel.errors import DomainError
from mail.kinds import MailKind
from mail.models import MailText, MailTextVersion
from mail.writing import OwnWords, our_words


@transaction.atomic
def save_text(
    kind: MailKind, language: str, *, words: OwnWords, seen: int | None = None, user: AbstractBaseUser
) -> MailText:
    """Returns the text with these words, clean already; words that are ours are not the firm's own.

    Raises DomainError `changed_meanwhile` when it was saved since its version `seen` (None: whatever it is now).
    """
    with override(language):
        ours = our_words(kind)
    return _write(kind, language, words if words != ours else None, seen=seen, user=user)


@transaction.atomic
def use_our_words(kind: MailKind, language: str, *, user: AbstractBaseUser) -> MailText:
    """Returns the text, from now on ours as the product words it."""
    return _write(kind, language, None, seen=None, user=user)


@transaction.atomic
def restore_version(version: MailTextVersion, *, kind: MailKind, user: AbstractBaseUser) -> MailText:
    """Returns the text as it was in a version, which makes a new one."""
    words = OwnWords(version.subject, version.body, version.button) if version.is_own else None
    return _write(kind, version.text.language, words, seen=None, user=user)


def _write(
    kind: MailKind, language: str, words: OwnWords | None, *, seen: int | None, user: AbstractBaseUser
) -> MailText:
    text, _made = MailText.objects.get_or_create(kind=kind.key, language=language, defaults={"is_own": False})
    text = MailText.objects.select_for_update().get(pk=text.pk)
    if seen is not None and seen != text.number:
        raise DomainError(
            "changed_meanwhile",
            _("Somebody has saved this text meanwhile. Yours is below: read the history, then save once more."),
        )
    text.is_own = words is not None
    text.subject, text.body, text.button = (words.subject, words.body, words.button) if words else ("", "", "")
    text.number += 1
    text.save()
    MailTextVersion.objects.create(
        text=text,
        number=text.number,
        subject=text.subject,
        body=text.body,
        button=text.button,
        is_own=text.is_own,
        author_id=user.pk,
        author_name=str(user)[:120],
    )
    return text
