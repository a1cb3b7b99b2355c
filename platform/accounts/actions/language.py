"""The language in which a person reads us."""

from accounts.models import User


def choose_language(user: User, *, language: str) -> User:
    """Keeps a person's own language, for its pages in every browser and for its mails; returns the person."""
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])
    return user
